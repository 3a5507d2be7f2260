"""What of a payload belongs together, so that it can be kept from one build to the next."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.tree import Directory, File, Symlink

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from repackage.tree import Entry

#: What an entry takes besides its content, about: for nothing but sizes that are compared.
_HEADER = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """Entries that are compressed together, apart from all others."""

    entries: tuple[Entry, ...]

    def key(self, *circumstances: str) -> str:
        """Digest everything that the bytes of the share depend on, in these circumstances."""
        digest = hashlib.sha256(repr(circumstances).encode())
        for entry in self.entries:
            digest.update(ascii(_facts(entry)).encode())
        return digest.hexdigest()


def shares(entries: Iterable[Entry], *, application: str, least: int) -> list[Share]:
    """Divide a tree: directories first, then dependencies, then what is the application's.

    A dependency of at least so many bytes is a share; smaller ones share with their
    neighbours by name. So a new release of the application changes the first share and
    the last one. What is small as a whole is not divided: to compress it anew is cheap.
    """
    entries = tuple(entries)
    if sum(map(_size, entries)) <= least:
        return [Share(entries=entries)] if entries else []
    directories = tuple(entry for entry in entries if isinstance(entry, Directory))
    by_origin: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if not isinstance(entry, Directory):
            origin = "" if entry.origin == application else entry.origin
            by_origin[origin].append(entry)
    last = tuple(by_origin.pop("", ()))
    found = [
        directories,
        *_gathered([by_origin[name] for name in sorted(by_origin)], least),
        last,
    ]
    return [Share(entries=each) for each in found if each]


def _gathered(groups: Sequence[Sequence[Entry]], least: int) -> list[tuple[Entry, ...]]:
    """Join small groups until they are large enough, beside those that are so by themselves."""
    found: list[tuple[Entry, ...]] = []
    small: list[Entry] = []
    for group in groups:
        if sum(map(_size, group)) >= least:
            found.append(tuple(group))
            continue
        small += group
        if sum(map(_size, small)) >= least:
            found.append(tuple(small))
            small = []
    return [*found, tuple(small)]


def _size(entry: Entry) -> int:
    return _HEADER + (entry.size if isinstance(entry, File) else 0)


def _facts(entry: Entry) -> tuple[object, ...]:
    match entry:
        case File(path=path, mode=mode, mtime=mtime, size=size, digests=digests):
            return ("file", path, mode, mtime, size, digests.sha256)
        case Directory(path=path, mode=mode, mtime=mtime):
            return ("directory", path, mode, mtime)
        case Symlink(path=path, target=target, mtime=mtime):
            return ("symlink", path, target, mtime)
