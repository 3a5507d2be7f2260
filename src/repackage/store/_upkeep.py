"""What the store holds, and how it is kept from growing for ever."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from repackage.store._disk import storing
from repackage.store._lock import locked
from repackage.store._seen import key_for
from repackage.store._shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Kinds that only ever hold leftovers: what is a day, or a week, old is nobody's.
_LEFTOVERS = {"scratch": 1, "partial": 7}
_DAY = 86_400

#: The kind whose directories, repositories of git, stay or go as a whole.
MIRRORS = "git"
#: The kind whose files are parts of artifacts, and the bytes that there may be of it.
PIECES = "pieces"
MOST_PIECES = 4 << 30


@dataclass(frozen=True, kw_only=True, slots=True)
class KindInfo:
    """How much there is of one kind."""

    name: str
    files: int
    size: int
    """Bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreInfo:
    """How much the store holds, by kind."""

    directory: Path
    kinds: tuple[KindInfo, ...]

    @property
    def files(self) -> int:
        """Files of all kinds."""
        return sum(kind.files for kind in self.kinds)

    @property
    def size(self) -> int:
        """Bytes of all kinds."""
        return sum(kind.size for kind in self.kinds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """How much was removed."""

    files: int
    size: int
    """Bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Item:
    path: Path
    kind: str
    size: int
    used: float
    files: int = 1


def info(directory: Path) -> StoreInfo:
    """Count what lies in the store's directory."""
    with storing(directory):
        items = list(_items(directory))
    kinds = {item.kind for item in items} | {"artifacts", "manifests"}
    return StoreInfo(
        directory=directory,
        kinds=tuple(
            KindInfo(
                name=kind,
                files=sum(item.files for item in items if item.kind == kind),
                size=sum(item.size for item in items if item.kind == kind),
            )
            for kind in sorted(kinds)
        ),
    )


def prune(directory: Path, *, max_age_days: float | None, max_size: int | None) -> Removed:
    """Remove leftovers, what is old, and the oldest of what is too much."""
    now = time.time()
    items = sorted(_free_items(directory), key=lambda item: (item.used, item.path))
    doomed = [item for item in items if _is_old(item, now=now, max_age_days=max_age_days)]
    if max_size is not None:
        gone = set(map(id, doomed))
        kept = [item for item in items if id(item) not in gone]
        doomed += _excess(kept, max_size)
    return _remove(doomed, directory)


def trim(directory: Path) -> Removed:
    """Remove the pieces that were used longest ago, until the rest is small enough."""
    with storing(directory):
        items = list(_items(directory, only=PIECES))  # after every build: no other kinds
    items.sort(key=lambda item: (item.used, item.path))
    doomed = list(_excess(items, MOST_PIECES))
    return _remove(doomed, directory) if doomed else Removed(files=0, size=0)


def clear(directory: Path) -> Removed:
    """Remove everything but what running processes are about to use."""
    return _remove(_free_items(directory), directory)


def _is_old(item: _Item, *, now: float, max_age_days: float | None) -> bool:
    limits = (_LEFTOVERS.get(item.kind), max_age_days)
    return any(now - item.used > days * _DAY for days in limits if days is not None)


def _excess(items: list[_Item], max_size: int) -> Iterator[_Item]:
    """The first of the items, until the rest is small enough."""
    size = sum(item.size for item in items)
    for item in items:
        if size <= max_size:
            return
        if item.kind not in _LEFTOVERS:
            size -= item.size
            yield item


def _free_items(directory: Path) -> list[_Item]:
    """Every file but the temporary ones of today."""
    now = time.time()
    with storing(directory):
        return [
            item
            for item in _items(directory)
            if not (item.kind == "scratch" and now - item.used <= _DAY)
        ]


def _items(directory: Path, *, only: str = "") -> Iterator[_Item]:
    """Every file of the store, or of one kind; others may remove some meanwhile."""
    seen = Shelf(directory=directory / "seen", scratch=directory / "scratch")
    for parent, directories, names in os.walk(directory / only, onerror=_unless_gone):
        if Path(parent) == directory / MIRRORS:
            yield from (_mirror(Path(parent, name)) for name in directories)
            directories.clear()
        for path in (Path(parent, name) for name in names):
            status = _status(path)
            if status is not None:
                kind = path.relative_to(directory).parts[0]
                used = _used(path, status, kind=kind, seen=seen)
                yield _Item(path=path, kind=kind, size=status.st_size, used=used)


def _mirror(path: Path) -> _Item:
    """A mirror, with all that is in it."""
    inside = [Path(parent, name) for parent, _, names in os.walk(path) for name in names]
    found = [status for status in map(_status, inside) if status is not None]
    return _Item(
        path=path,
        kind=MIRRORS,
        size=sum(status.st_size for status in found),
        used=max((status.st_mtime for status in found), default=0),
        files=len(found),
    )


def _used(path: Path, status: os.stat_result, *, kind: str, seen: Shelf) -> float:
    """When a file was used last, as far as it can be told."""
    used = status.st_mtime
    if kind in ("artifacts", PIECES):
        memory = _status(seen.path(key_for(path)))
        used = max(used, 0 if memory is None else memory.st_mtime)
    elif kind in _LEFTOVERS:  # may have been unpacked with dates of long ago
        used = max(used, status.st_ctime)
    return used


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _remove(items: Iterable[_Item], directory: Path) -> Removed:
    """Remove files, and the directories that are empty then."""
    files = size = 0
    with storing(directory):
        for item in items:
            if _remove_unused(item):
                files += item.files
                size += item.size
        for parent, names, _ in os.walk(directory, topdown=False, onerror=_unless_gone):
            if Path(parent) != directory:  # those of each kind stay: everybody needs them
                kind = Path(parent).relative_to(directory).parts[0]
                for path in (Path(parent, name) for name in names if kind != MIRRORS):
                    _remove_unused_directory(path, kind=kind)
    return Removed(files=files, size=size)


def _remove_unused(item: _Item) -> bool:
    """Remove a file, unless it is something that somebody is at; tell whether it was."""
    if item.kind not in {"partial", MIRRORS}:
        item.path.unlink(missing_ok=True)
        return True
    lock = item.path.with_suffix(".lock")
    with locked(lock, wait=False) as ours:
        if ours and item.path != lock:  # the lock goes with the end of this block
            _remove_whole(item.path)
    return ours


def _remove_whole(path: Path) -> None:
    """Remove a file, or a mirror: renamed first, so that none is ever seen in parts."""
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    doomed = path.with_suffix(".removed")
    path.replace(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def _remove_unused_directory(path: Path, *, kind: str) -> None:
    """Remove a directory that is empty, unless a process may be at work in it."""
    status = _status(path)
    fresh = status is not None and time.time() - status.st_ctime <= _DAY
    if not (fresh and kind == "scratch"):
        with suppress(OSError):  # not empty, or removed by others
            path.rmdir()
