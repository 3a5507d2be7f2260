"""Where the bytes of a file lie."""

from __future__ import annotations

import hashlib
import mmap
import os
import weakref
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from repackage.errors import WheelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

#: Wheels that are open at a time, at the most: a map takes a file descriptor, of which
#: macOS gives a program 256, and an application may have a thousand distributions.
KEPT_OPEN = 64

#: Bytes of maps that are used before their pages are given back to the system, which counts
#: them as memory of this process. They can be read again, from its cache at the least.
_KEPT_PAGES = 8 << 20
#: The most that is looked at in one go of what lies in a wheel.
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Inline:
    """Bytes that we generated: a launcher, a RECORD, a ``pyvenv.cfg``."""

    data: bytes


class Mapped:
    """A wheel, memory-mapped when it is used, and until enough others were."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: tuple[int, ...] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapped) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    @cached_property
    def view(self) -> memoryview:
        """The whole file."""
        try:
            with self.path.open("rb") as file:
                identity = _identity(os.fstat(file.fileno()))
                if self._file not in {None, identity}:
                    raise changed(self.path)
                self._file = identity
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (FileNotFoundError, ValueError) as error:  # ValueError: it is empty
            raise changed(self.path) from error
        _open.append(weakref.ref(self))
        if len(_open) > KEPT_OPEN:
            _close(_open.popleft()())
        return memoryview(mapped)

    def sha256(self) -> str:
        """Digest the file that was looked at, whatever its path leads to meanwhile.

        Raises:
            WheelError: It was not one and the same.
        """
        digest = hashlib.sha256()
        for start in range(0, len(self.view), _CHUNK):
            digest.update(self.part(start, min(_CHUNK, len(self.view) - start)))
        return digest.hexdigest()

    def part(self, offset: int, size: int) -> memoryview:
        """Some bytes of the file.

        Raises:
            WheelError: When they are not there any more.
        """
        view = self.view
        length = view.obj.size() if isinstance(view.obj, mmap.mmap) else len(view)
        if offset + size > min(length, len(view)):  # beyond the end there is only SIGBUS
            raise changed(self.path)
        _used.count(self, size)
        return view[offset : offset + size]

    def forget_pages(self) -> None:
        """Give all pages back; what is still looked at is read again."""
        view = vars(self).get("view")
        if view and isinstance(view.obj, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            view.obj.madvise(mmap.MADV_DONTNEED)


def _identity(status: os.stat_result) -> tuple[int, ...]:
    """What a file keeps while it is renamed, and while its dates are set."""
    return status.st_dev, status.st_ino, status.st_size


class _Used:
    """Counts what is looked at of all maps, so that its pages never add up."""

    def __init__(self) -> None:
        self._size = 0
        self._maps: dict[int, Mapped] = {}

    def count(self, mapped: Mapped, size: int) -> None:
        """Note that a part is looked at; several threads may, and none needs to be exact."""
        self._maps[id(mapped)] = mapped
        self._size += size
        if self._size > _KEPT_PAGES:
            maps, self._maps, self._size = self._maps, {id(mapped): mapped}, size
            for each in list(maps.values()):
                each.forget_pages()


_used = _Used()
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

    @property
    def chunks(self) -> Iterator[memoryview]:
        """The same in parts, so that memory does not grow with the member."""
        end = self.offset + self.compressed_size
        for start in range(self.offset, end, _CHUNK):
            yield self.wheel.part(start, min(_CHUNK, end - start))


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDisk:
    """Bytes of a file of this machine: of a root or a venv that is being examined."""

    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """Bytes inside an artifact that is being examined: found again when they are asked for."""

    find: Callable[[], BinaryIO]
    """Opens them anew; in the middle of a compressed stream that takes its time."""
