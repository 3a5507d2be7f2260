"""What lies in the store, and when it was used last."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from repackage.store._seen import key_for
from repackage.store._shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The kind whose directories, repositories of git, stay or go as a whole.
MIRRORS: Final = "git"
#: The kind whose files are parts of artifacts, and the kind that has their digests.
PIECES: Final = "pieces"
SEALS: Final = "seals"
SEEN: Final = "seen"
#: Kinds that only ever hold leftovers: what is a day, or a week, old is nobody's.
LEFTOVERS: Final = {"scratch": 1, "partial": 7}


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A file, or a mirror."""

    path: Path
    kind: str
    size: int
    used: float
    files: int = 1


def items(directory: Path, *, only: str = "") -> Iterator[Item]:
    """Every file of the store, or of one kind; others may remove some meanwhile."""
    for parent, directories, names in os.walk(directory / only, onerror=unless_gone):
        if Path(parent) == directory / MIRRORS:
            yield from (_mirror(Path(parent, name)) for name in directories)
            directories.clear()
        for path in (Path(parent, name) for name in names):
            status = status_of(path)
            if status is not None:
                kind = path.relative_to(directory).parts[0]
                used = _used(path, status, kind=kind, store=directory)
                yield Item(path=path, kind=kind, size=status.st_size, used=used)


def noted(item: Item, directory: Path) -> Iterator[Path]:
    """What was noted of a file in other places, and is of no use without it."""
    if item.kind in ("artifacts", PIECES):
        yield _shelf(directory, SEEN).path(key_for(item.path))
    if item.kind == PIECES:
        yield _shelf(directory, SEALS).path(item.path.name)


def status_of(path: Path) -> os.stat_result | None:
    """The status of a file, unless others have removed it."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def unless_gone(error: OSError) -> None:
    """Go on where others have removed a directory."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _mirror(path: Path) -> Item:
    """A mirror, with all that is in it."""
    inside = [Path(parent, name) for parent, _, names in os.walk(path) for name in names]
    found = [status for status in map(status_of, inside) if status is not None]
    return Item(
        path=path,
        kind=MIRRORS,
        size=sum(status.st_size for status in found),
        used=max((status.st_mtime for status in found), default=0),
        files=len(found),
    )


def _used(path: Path, status: os.stat_result, *, kind: str, store: Path) -> float:
    """When a file was used last, as far as it can be told."""
    used = status.st_mtime
    if kind in ("artifacts", PIECES):
        memory = status_of(_shelf(store, SEEN).path(key_for(path)))
        used = max(used, 0 if memory is None else memory.st_mtime)
    elif kind in LEFTOVERS:  # may have been unpacked with dates of long ago
        used = max(used, status.st_ctime)
    return used


def _shelf(store: Path, kind: str) -> Shelf:
    return Shelf(directory=store / kind, scratch=store / "scratch")
