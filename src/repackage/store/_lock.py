"""Locks that threads and processes of one machine respect."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from repackage.store._disk import storing

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``, waiting for it; it is removed afterwards."""
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _acquire(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def held(path: Path) -> bool:
    """Whether somebody holds the lock file ``path`` now."""
    if sys.platform == "win32":
        return path.exists()
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _acquire(path: Path) -> int:
    """Lock the file that has this name now, not one that was removed while we waited."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        # Without these locks, two downloads can spoil each other; digests still tell.
        if sys.platform == "win32" or _lock(descriptor, path):
            return descriptor
        os.close(descriptor)


if sys.platform != "win32":  # pragma: no branch

    def _lock(descriptor: int, path: Path) -> bool:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            return path.stat().st_ino == os.fstat(descriptor).st_ino
        except FileNotFoundError:
            return False
