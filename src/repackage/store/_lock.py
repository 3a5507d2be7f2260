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
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock file ``path`` and tell so; it is removed afterwards.

    Whoever holds it is waited for, or, without ``wait``, left alone: then it is not ours.
    """
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _acquire(path, wait=wait)
    if descriptor is None:
        yield False
        return
    try:
        yield True
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path, *, wait: bool) -> int | None:
    """Lock the file that has this name now, not one that was removed while we waited."""
    if sys.platform == "win32":
        # Without these locks, two downloads can spoil each other; digests still tell.
        return None if not wait and path.exists() else os.open(path, os.O_RDWR | os.O_CREAT)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except FileNotFoundError:
            pass  # removed by who held it: take the next one
        os.close(descriptor)
