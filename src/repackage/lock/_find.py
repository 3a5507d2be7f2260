"""Finding the lock that belongs to a wheel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from repackage.errors import LockError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Names that PEP 751 allows for its lock.
PYLOCK = re.compile(r"pylock(\.[^.]+)?\.toml")


def find_lock(*starts: Path) -> Path:
    """Find the nearest ``uv.lock``, else ``pylock.toml``, upwards from each start in turn."""
    for start in starts:
        for name in ("uv.lock", "pylock.toml"):
            for directory in _upwards(start):
                if (directory / name).is_file():
                    return directory / name
    raise LockError.of(
        f"no uv.lock or pylock.toml in or above {' or '.join(dict.fromkeys(map(str, starts)))}",
        advice=_advice(starts),
    )


def _advice(starts: Iterable[Path]) -> str:
    """Which of several locks of one directory is meant, only a user can say."""
    for start in starts:
        for directory in _upwards(start):
            for named in _pylocks(directory):
                return f"there is {named}: name it with --lock"
    return "run 'uv lock', or name one with --lock"


def _upwards(start: Path) -> tuple[Path, ...]:
    directory = start.absolute()
    return (directory, *directory.parents)


def _pylocks(directory: Path) -> list[Path]:
    """Locks with a name of their own, sorted; a directory that cannot be listed has none."""
    try:
        return sorted(path for path in directory.iterdir() if PYLOCK.fullmatch(path.name))
    except OSError:
        return []
