"""Remembers the digests of files that have not changed since they were hashed.

A file is taken for unchanged when its device, inode, size, time of modification and time
of status change are all as they were. The last one cannot be set by a program, so that
even an edit that restores the others is noticed. What is not noticed is a disk that
changes bytes by itself. A file that changed less than two seconds before it was hashed is
not remembered: a further change could leave the same times (git calls this "racy").
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.lock import sha256_of
from repackage.store._shelf import Shelf, key_of

if TYPE_CHECKING:
    from pathlib import Path

#: The coarsest clock of a file system in use (FAT) ticks every two seconds.
RACY = 2_500_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """The memory of hashed files."""

    shelf: Shelf

    def sha256(self, path: Path) -> str:
        """The SHA-256 of a file, from memory if the file has not changed.

        Raises:
            OSError: When there is no such file.
        """
        key = key_for(path)
        status = _status(path)
        remembered = self._recall(key)
        if remembered is not None and remembered[1] == status:
            return remembered[0]
        now = time.time_ns()
        digest = sha256_of(path)
        changed = max(status[-2:])
        if _status(path) == status and now - changed > RACY:
            self.shelf.write(key, json.dumps([digest, status]).encode())
        return digest

    def _recall(self, key: str) -> tuple[str, list[int]] | None:
        data = self.shelf.read(key)
        if data is None:
            return None
        digest, status = json.loads(data)
        return digest, status


def key_for(path: Path) -> str:
    """The key of a file: its absolute path."""
    return key_of("seen", os.path.abspath(path))  # noqa: PTH100 - resolve() follows links


def _status(path: Path) -> list[int]:
    status = path.stat()
    return [
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    ]
