"""The store's way to the disk: whole files or none, and errors that say what to do."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from repackage.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRIES = 100


@contextmanager
def storing(directory: Path) -> Iterator[None]:
    """Turn errors of the system into those of the store."""
    try:
        yield
    except OSError as error:
        advice = "name a writable directory with --cache-dir or REPACKAGE_CACHE_DIR"
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            advice = "run 'repackage cache prune', or name another directory with --cache-dir"
        raise StoreError.of(
            f"the cache cannot be used: {error.strerror or error}",
            where=str(error.filename or directory),
            advice=advice,
        ) from error


@contextmanager
def unless_cleared(store: Path) -> Iterator[None]:
    """Tell of what was found in the store and is gone that somebody has cleared it meanwhile."""
    try:
        yield
    except FileNotFoundError as error:
        if (
            not isinstance(error.filename, (str, Path))
            or store not in Path(error.filename).parents
        ):
            raise
        raise StoreError.of(
            "a part of the cache is gone since the build began",
            where=str(error.filename),
            advice="it was cleared meanwhile: build again",
        ) from error


def write_atomically(path: Path, data: bytes, *, scratch: Path) -> None:
    """Write a whole file under a temporary name, and rename it."""
    scratch.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=scratch)
    temporary = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(data)
        move(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def move(temporary: Path, path: Path) -> None:
    """Rename a file to its place, whose directory others remove whenever it is empty."""
    for _ in range(_TRIES):
        # FileExistsError: it was there for mkdir(), and gone when that looked again
        with suppress(FileNotFoundError, FileExistsError):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(path)
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary.replace(path)


def synchronise(path: Path) -> None:
    """Have the bytes of a file on the disk before its name is."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
