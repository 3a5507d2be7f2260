"""Finding the lock that belongs to a wheel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from repackage.errors import LockError

if TYPE_CHECKING:
    from pathlib import Path

#: Names that PEP 751 allows for its lock.
_PYLOCK = re.compile(r"pylock(\.[^.]+)?\.toml")


def find_lock(*starts: Path) -> Path:
    """Find the nearest ``uv.lock``, upwards from each directory in turn."""
    for start in starts:
        for directory in _upwards(start):
            if (directory / "uv.lock").is_file():
                return directory / "uv.lock"
    for start in starts:
        for directory in _upwards(start):
            for other in _pylocks(directory):
                raise LockError.of(
                    "pylock.toml is not supported yet",
                    where=str(other),
                    advice="name a uv.lock with --lock",
                )
    raise LockError.of(
        f"no uv.lock in or above {' or '.join(dict.fromkeys(map(str, starts)))}",
        advice="run 'uv lock', or name one with --lock",
    )


def _upwards(start: Path) -> tuple[Path, ...]:
    directory = start.absolute()
    return (directory, *directory.parents)


def _pylocks(directory: Path) -> list[Path]:
    """Files named as PEP 751 says, sorted; a directory that cannot be listed has none."""
    try:
        return sorted(path for path in directory.iterdir() if _PYLOCK.fullmatch(path.name))
    except OSError:
        return []
