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
#: Seconds within which it is no matter when something was used.
_HOUR = 3_600


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """Bytes by key. Each file begins with a digest of its key and of what follows: its seal.

    What lies under the name of another key is therefore damaged, whole as it may be.
    """

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
            if _sealed(key, sealed[_SEAL:]) != sealed:
                path.unlink(missing_ok=True)
                return None
            _mark_used(path)
        return sealed[_SEAL:]

    def write(self, key: str, data: bytes) -> None:
        """Keep bytes under a key."""
        path = self.path(key)
        with storing(path):
            write_atomically(path, _sealed(key, data), scratch=self.scratch)


def key_of(*parts: str) -> str:
    """Make a key of texts: the same for the same texts only."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _sealed(key: str, data: bytes) -> bytes:
    return hashlib.sha256(b"%s\0%s" % (key.encode(), data)).digest() + data


def _mark_used(path: Path) -> None:
    """Let the date of the file tell to the hour when it was used last, on any mount."""
    try:
        if time.time() - path.stat().st_mtime > _HOUR:
            os.utime(path)
    except FileNotFoundError:  # pruned meanwhile; its bytes are at hand
        return
