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
from repackage.store._items import (
    LEFTOVERS,
    MIRRORS,
    PIECES,
    SEALS,
    SEEN,
    Item,
    items,
    noted,
    status_of,
    unless_gone,
)
from repackage.store._lock import locked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DAY = 86_400

#: What may be asked for by name, to be removed alone.
KINDS = (
    "aliases",
    "artifacts",
    "built",
    MIRRORS,
    "manifests",
    "partial",
    PIECES,
    "prepared",
    SEALS,
    SEEN,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class KindInfo:
    """How much there is of one kind."""

    name: str
    files: int
    size: int
    """Bytes."""
    limit: int | None = None
    """The bytes of it that a build leaves behind; None: as many as there are."""


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
class Limits:
    """What may stay."""

    max_age_days: float | None = None
    max_size: int | None = None
    kind: str | None = None
    """The kind that is meant; None: all of them together."""


def info(directory: Path, *, most_pieces: int) -> StoreInfo:
    """Count what lies in the store's directory."""
    with storing(directory):
        found = list(items(directory))
    kinds = {item.kind for item in found} | {"artifacts", "manifests", PIECES}
    return StoreInfo(
        directory=directory,
        kinds=tuple(
            KindInfo(
                name=kind,
                files=sum(item.files for item in found if item.kind == kind),
                size=sum(item.size for item in found if item.kind == kind),
                limit=most_pieces if kind == PIECES else None,
            )
            for kind in sorted(kinds)
        ),
    )


def prune(directory: Path, limits: Limits) -> Removed:
    """Remove leftovers, what is old, and the oldest of what is too much."""
    now = time.time()
    free = sorted(_free_items(directory), key=_by_age)
    doomed = [item for item in free if _is_old(item, now=now, limits=limits)]
    if limits.max_size is not None:
        gone = set(map(id, doomed))
        kept = [item for item in free if id(item) not in gone and _is_meant(item, limits.kind)]
        doomed += _excess(kept, limits.max_size)
    return _remove(doomed, directory)


def trim(directory: Path, *, most_pieces: int) -> Removed:
    """Remove the pieces that were used longest ago, until the rest is small enough."""
    with storing(directory):  # of no other kinds: to walk all takes time, after every build
        found = sorted(items(directory, only=PIECES), key=_by_age)
    doomed = list(_excess(found, most_pieces))
    return _remove_items(doomed, directory)  # their directories are soon used again


def clear(directory: Path, *, kind: str | None = None) -> Removed:
    """Remove everything, or all of a kind, but what running processes are about to use."""
    doomed = [item for item in _free_items(directory) if _is_meant(item, kind)]
    return _remove(doomed, directory)


def _by_age(item: Item) -> tuple[float, Path]:
    return item.used, item.path


def _is_meant(item: Item, kind: str | None) -> bool:
    return kind in (None, item.kind)


def _is_old(item: Item, *, now: float, limits: Limits) -> bool:
    days: list[float | None] = [LEFTOVERS.get(item.kind)]
    if _is_meant(item, limits.kind):
        days.append(limits.max_age_days)
    return any(now - item.used > each * _DAY for each in days if each is not None)


def _excess(found: list[Item], max_size: int) -> Iterator[Item]:
    """The first of the items, until the rest is small enough."""
    size = sum(item.size for item in found)
    for item in found:
        if size <= max_size:
            return
        if item.kind not in LEFTOVERS:
            size -= item.size
            yield item


def _free_items(directory: Path) -> list[Item]:
    """Every file but the temporary ones of today."""
    now = time.time()
    with storing(directory):
        return [
            item
            for item in items(directory)
            if not (item.kind == "scratch" and now - item.used <= _DAY)
        ]


def _remove(doomed: Iterable[Item], directory: Path) -> Removed:
    """Remove files, and the directories that are empty then."""
    removed = _remove_items(doomed, directory)
    with storing(directory):
        for parent, names, _ in os.walk(directory, topdown=False, onerror=unless_gone):
            if Path(parent) != directory:  # those of each kind stay: everybody needs them
                kind = Path(parent).relative_to(directory).parts[0]
                for path in (Path(parent, name) for name in names if kind != MIRRORS):
                    _remove_unused_directory(path, kind=kind)
    return removed


def _remove_items(doomed: Iterable[Item], directory: Path) -> Removed:
    """Remove files, and before each what was noted of it.

    Whoever ends in between leaves a file that nobody believes, and that is counted and removed
    with others of its kind: a note alone would stay. What another process puts in
    its place meanwhile may lose its note or lose its file, and is then made again.
    """
    files = size = 0
    with storing(directory):
        for item in doomed:
            for note in noted(item, directory):
                note.unlink(missing_ok=True)
            if _remove_unused(item):
                files += item.files
                size += item.size
    return Removed(files=files, size=size)


def _remove_unused(item: Item) -> bool:
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
    status = status_of(path)
    fresh = status is not None and time.time() - status.st_ctime <= _DAY
    if not (fresh and kind == "scratch"):
        with suppress(OSError):  # not empty, or removed by others
            path.rmdir()
