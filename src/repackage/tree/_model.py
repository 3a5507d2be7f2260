"""The entries of a tree, and the tree itself."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.tree._content import Inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.tree._content import OnDisk, Packed, Zipped


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
    content: Inline | Zipped | OnDisk | Packed
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


def origins(entries: Iterable[Entry]) -> dict[str, set[str]]:
    """Whose entries lie below each directory above entries, however deep."""
    found: dict[str, set[str]] = {}
    for directory, origin in {(e.path.rpartition("/")[0], e.origin): None for e in entries}:
        for above in parents(f"{directory}/") if directory else ():
            found.setdefault(above, set()).add(origin)
    return found
