"""Streams of what a function gives."""

from __future__ import annotations

import io
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable


def pulled(
    pull: Callable[[int], bytes],
    *,
    opened: ExitStack | None = None,
    buffer_size: int = io.DEFAULT_BUFFER_SIZE,
) -> BinaryIO:
    """Make a stream of what a function gives: at most as much as it is asked for, b"" at the end.

    What was opened for it is closed with it.
    """
    return cast(
        "BinaryIO", io.BufferedReader(_Pulled(pull, opened or ExitStack()), buffer_size)
    )


class _Pulled(io.RawIOBase):
    def __init__(self, pull: Callable[[int], bytes], opened: ExitStack) -> None:
        self._pull = pull
        self._opened = opened

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # all that io ever gives
        """Read on; 0 only at the end."""
        data = self._pull(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close everything."""
        if not self.closed:
            self._opened.close()
        super().close()
