"""A kind of thing that the store keeps: sealed bytes under a key."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.store._disk import storing, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_SEAL = hashlib.sha256().digest_size
_DAY = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """Bytes by key. Each file begins with the SHA-256 of what follows: its seal."""

    directory: Path
    scratch: Path

    def path(self, key: str) -> Path:
        """Where the bytes of a key lie; a key is made by :func:`key_of`."""
        return self.directory / key[:2] / key

    def read(self, key: str) -> bytes | None:
        """The bytes of a key, if they are there and undamaged."""
        path = self.path(key)
        with storing(path):
            try:
                sealed = path.read_bytes()
            except FileNotFoundError:
                return None
            if _sealed(sealed[_SEAL:]) != sealed:
                path.unlink(missing_ok=True)
                return None
            _mark_used(path)
        return sealed[_SEAL:]

    def write(self, key: str, data: bytes) -> None:
        """Keep bytes under a key."""
        path = self.path(key)
        with storing(path):
            write_atomically(path, _sealed(data), scratch=self.scratch)


def key_of(*parts: str) -> str:
    """Make a key of texts: the same for the same texts only."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _sealed(data: bytes) -> bytes:
    return hashlib.sha256(data).digest() + data


def _mark_used(path: Path) -> None:
    """Let the date of the file tell when it was used last, to the day."""
    try:
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)
    except FileNotFoundError:  # pruned meanwhile; its bytes are at hand
        return
