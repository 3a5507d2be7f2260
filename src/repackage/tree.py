"""The staging root, described: what will be installed, with nothing of this machine in it.

A :class:`Tree` is a sorted sequence of entries. Paths are relative to the root that the
package is installed into, use ``/`` and never start or end with it. Sorted by raw bytes,
a parent comes before its children. A file's bytes are not held: they lie in a wheel of
the store (:class:`Zipped`) unless we made them (:class:`Inline`).
"""

from __future__ import annotations

import hashlib
import io
import mmap
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Inline:
    """Bytes that we generated: a launcher, a RECORD, a ``pyvenv.cfg``."""

    data: bytes


class Mapped:
    """A file of the store, memory-mapped at its first use and kept open."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapped) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    @cached_property
    def view(self) -> memoryview:
        """The whole file."""
        with self.path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


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
        return self.wheel.view[self.offset : self.offset + self.compressed_size]


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDisk:
    """Bytes of a file of this machine: of a root or a venv that is being examined."""

    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Digests:
    """Digests of a file's bytes; each is what some container asks for."""

    sha256: str
    md5: str
    crc32: int

    @classmethod
    def of(cls, data: bytes) -> Digests:
        """Digest bytes at hand."""
        return cls(
            sha256=hashlib.sha256(data).hexdigest(),
            md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
            crc32=zlib.crc32(data),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A regular file. ``mode`` is 0o644 or 0o755, ``mtime`` seconds since the epoch."""

    path: str
    mode: int
    mtime: int
    size: int
    digests: Digests
    content: Inline | Zipped | OnDisk
    origin: str = ""
    """Normalised name of the distribution that owns it; empty: the package itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """A directory, always 0o755."""

    path: str
    mtime: int
    origin: str = ""

    @property
    def mode(self) -> int:
        """The one mode that a directory has."""
        return 0o755


@dataclass(frozen=True, kw_only=True, slots=True)
class Symlink:
    """A symbolic link; ``target`` is what readlink returns."""

    path: str
    target: str
    mtime: int
    origin: str = ""


Entry = File | Directory | Symlink


def inline_file(
    path: str, data: bytes, *, mtime: int, mode: int = 0o644, origin: str = ""
) -> File:
    """Make a file of bytes at hand."""
    return File(
        path=path,
        mode=mode,
        mtime=mtime,
        size=len(data),
        digests=Digests.of(data),
        content=Inline(data=data),
        origin=origin,
    )


def open_file(file: File) -> BinaryIO:
    """Open a file of a tree for reading, inflating as it is read.

    The bytes were verified against RECORD when the wheel entered the store.
    """
    match file.content:
        case Inline(data=data):
            return io.BytesIO(data)
        case Zipped(deflated=True) as zipped:
            return io.BufferedReader(_Inflating(zipped.compressed), buffer_size=1 << 18)
        case Zipped() as zipped:
            return io.BytesIO(zipped.compressed)
        case OnDisk(path=path):
            return path.open("rb")


def read_file(file: File) -> bytes:
    """Return the bytes of a file of a tree."""
    match file.content:
        case Inline(data=data):
            return data
        case Zipped(deflated=True) as zipped:
            return zlib.decompress(zipped.compressed, -zlib.MAX_WBITS, file.size or 1)
        case Zipped() as zipped:
            return bytes(zipped.compressed)
        case OnDisk(path=path):
            return path.read_bytes()


@dataclass(frozen=True, slots=True)
class Tree:
    """The staging root: entries sorted by raw bytes, parents first, no path twice."""

    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, entries: list[Entry]) -> Tree:
        """Sort entries into a tree; every parent must be among them."""
        ordered = tuple(sorted(entries, key=sort_key))
        directories = {""}
        previous = None
        for entry in ordered:
            parent = entry.path.rpartition("/")[0]
            if entry.path == previous:
                raise ValueError(f"{entry.path!r} is in the tree twice")
            if parent not in directories:
                raise ValueError(f"the parent of {entry.path!r} is not a directory")
            if isinstance(entry, Directory):
                directories.add(entry.path)
            previous = entry.path
        return cls(ordered)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def files(self) -> Iterator[File]:
        """The regular files, in order."""
        return (entry for entry in self.entries if isinstance(entry, File))

    @property
    def size(self) -> int:
        """Bytes of all regular files."""
        return sum(file.size for file in self.files)

    def get(self, path: str) -> Entry | None:
        """The entry at a path, if there is one."""
        return next((entry for entry in self.entries if entry.path == path), None)


def sort_key(entry: Entry) -> bytes:
    """The raw bytes of an entry's path."""
    return entry.path.encode("utf-8", "surrogateescape")


def parents(path: str) -> Iterator[str]:
    """The directories above a path, outermost first: ``a``, ``a/b`` for ``a/b/c``."""
    position = path.find("/")
    while position != -1:
        yield path[:position]
        position = path.find("/", position + 1)


class _Inflating(io.RawIOBase):
    """Raw deflate data, inflated as they are read; memory does not grow with the file."""

    def __init__(self, compressed: memoryview) -> None:
        self._compressed = compressed
        self._position = 0
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as possible; 0 only at the end."""
        while True:
            data = self._inflater.unconsumed_tail
            if not data:
                data = bytes(self._compressed[self._position : self._position + (1 << 18)])
                self._position += len(data)
            inflated = self._inflater.decompress(data, len(buffer))
            if inflated or (not data and self._inflater.eof):
                buffer[: len(inflated)] = inflated
                return len(inflated)
            if not data:
                raise EOFError("the deflate data end before the file does")
