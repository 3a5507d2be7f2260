"""The payload of an rpm: a cpio archive of the new ASCII kind, or rpm's own short one."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from repackage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LONGEST_NAME = 4096
_CHUNK = 1 << 20
#: How many bytes of a member's header follow its magic, which is 6.
_FULL, _SHORT = 104, 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A member; its content is read from the stream before the next one is asked for."""

    name: str
    """As an absolute path; empty in a short archive."""
    index: int
    """The number of the file in the header; -1 where there is a name instead."""
    size: int
    mode: int = 0
    """With the bits that tell its kind; of a short archive, as the date, it is told by the header."""
    mtime: int = 0


class Cpio:
    """Iterates over the members of a stream, skipping what was not read of each.

    Where it is not the last part of a payload, it has no end of its own, and is followed by
    others after a whole member.
    """

    def __init__(
        self, stream: BinaryIO, *, size_of: Callable[[int], int], last: bool = True
    ) -> None:
        self._stream = stream
        self._size_of = size_of
        self._last = last
        self.position = 0
        """Bytes of the stream that were read."""
        self._left = 0

    def __iter__(self) -> Iterator[Member]:
        while (member := self._next()) is not None:
            self._left = member.size
            yield member
            while self.read(_CHUNK):
                pass
            if self._left:
                raise _damaged("it ends in a file")
            self._pad()

    def read(self, size: int = -1) -> bytes:
        """Read on in the current member."""
        data = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self.position += len(data)
        return data

    def skip(self) -> None:
        """Pass over what is left of the current member, in a stream that can seek forwards."""
        self._stream.seek(self._left, io.SEEK_CUR)
        self.position += self._left
        self._left = 0

    def _next(self) -> Member | None:
        magic = self._stream.read(6)
        if not magic and not self._last:
            return None
        if len(magic) < 6:  # noqa: PLR2004 - as below
            raise _damaged("it ends before its end is told")
        self.position += 6
        if magic == b"07070X":
            index = _number(self._exactly(_SHORT))
            self._pad()
            return Member(name="", index=index, size=self._size_of(index))
        if magic != b"070701":
            raise _damaged("a member does not begin as one")
        head = self._exactly(_FULL)
        size, length = _number(head[48:56]), _number(head[88:96])
        if not 0 < length <= _LONGEST_NAME + 2:
            raise _damaged(f"a name of {length} bytes")
        name = self._exactly(length).rstrip(b"\0").decode("utf-8", "surrogateescape")
        self._pad()
        if name == "TRAILER!!!":
            if not self._last:
                raise _damaged("its end is told before it ends")
            return None
        return Member(
            name=f"/{name.removeprefix('./').lstrip('/')}",
            index=-1,
            size=size,
            mode=_number(head[8:16]),
            mtime=_number(head[40:48]),
        )

    def _exactly(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            raise _damaged("it ends before its end is told")
        self.position += size
        return data

    def _pad(self) -> None:
        self._exactly(-self.position % 4)


def _number(digits: bytes) -> int:
    try:
        return int(digits, 16)
    except ValueError as error:
        raise _damaged("a number is none") from error


def _damaged(reason: str) -> InputError:
    return InputError.of(
        f"damaged payload: {reason}", advice="the file is truncated or altered"
    )
