"""Where the bytes of a file lie."""

from __future__ import annotations

import mmap
import weakref
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from repackage.errors import WheelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

#: Wheels that are open at a time, at the most: a map takes a file descriptor, of which
#: macOS gives a program 256, and an application may have a thousand distributions.
KEPT_OPEN = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Inline:
    """Bytes that we generated: a launcher, a RECORD, a ``pyvenv.cfg``."""

    data: bytes


class Mapped:
    """A wheel, memory-mapped when it is used, and until enough others were."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapped) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    @cached_property
    def view(self) -> memoryview:
        """The whole file."""
        try:
            with self.path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (FileNotFoundError, ValueError) as error:  # ValueError: it is empty
            raise changed(self.path) from error
        _open.append(weakref.ref(self))
        if len(_open) > KEPT_OPEN:
            _close(_open.popleft()())
        return memoryview(mapped)

    def part(self, offset: int, size: int) -> memoryview:
        """Some bytes of the file.

        Raises:
            WheelError: When they are not there any more.
        """
        view = self.view
        length = view.obj.size() if isinstance(view.obj, mmap.mmap) else len(view)
        if offset + size > min(length, len(view)):  # beyond the end there is only SIGBUS
            raise changed(self.path)
        return view[offset : offset + size]


_open: deque[weakref.ref[Mapped]] = deque()


def _close(mapped: Mapped | None) -> None:
    """Forget a map; it is closed with the last of its views."""
    if mapped is not None:
        vars(mapped).pop("view", None)


def changed(path: Path) -> WheelError:
    """Complain of a wheel whose bytes are not those that were verified."""
    return WheelError.of(
        "the wheel was changed or removed after it was verified",
        where=str(path),
        advice="run it again, with nothing else at work on the file",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Zipped:
    """Bytes of a member of a verified wheel, still compressed where they lie."""

    wheel: Mapped
    offset: int
    """Where the member's data begin (after its local header), in bytes."""
    compressed_size: int
    deflated: bool
    """Raw deflate data if true, stored bytes if not."""

    @property
    def compressed(self) -> memoryview:
        """The member's data as they lie in the wheel."""
        return self.wheel.part(self.offset, self.compressed_size)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDisk:
    """Bytes of a file of this machine: of a root or a venv that is being examined."""

    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """Bytes inside an artifact that is being examined: found again when they are asked for."""

    find: Callable[[], BinaryIO]
    """Opens them anew; in the middle of a compressed stream that takes its time."""
