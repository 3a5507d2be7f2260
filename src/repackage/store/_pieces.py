"""Parts of artifacts, whole files under a key, for :class:`repackage.format.Pieces`."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.lock import sha256_of
from repackage.scratch import temporary_directory
from repackage.store._disk import move, storing, synchronise

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.store._seen import Seen
    from repackage.store._shelf import Shelf


@dataclass(frozen=True, kw_only=True, slots=True)
class Pieces:
    """Files by key; the digest of each, its seal, lies apart, so that a piece is its bytes."""

    directory: Path
    scratch: Path
    """Of the same file system."""
    seals: Shelf
    seen: Seen

    def find(self, key: str) -> Path | None:
        """The file that was kept under a key, if it is there and undamaged."""
        path = self._path(key)
        sealed = self.seals.read(key)
        try:
            found = self.seen.sha256(path)
        except OSError:
            return None
        if sealed is None:
            return None  # perhaps not yet: another process moves the file in before it seals it
        if sealed.decode("ascii", "replace") == found:
            return path
        if self.seals.read(key) == sealed:  # else it was just replaced
            with storing(path):
                path.unlink(missing_ok=True)
        return None

    def keep(self, key: str, made: Path | bytes) -> Path:
        """Move a file in under a key, from wherever it is, or write one; say where it lies."""
        path = self._path(key)
        with storing(path), temporary_directory(self.scratch) as scratch:
            arrived = scratch / key
            if isinstance(made, bytes):
                arrived.write_bytes(made)
            else:
                shutil.move(made, arrived)
            digest = sha256_of(arrived)
            synchronise(arrived)
            arrived.chmod(0o444)
            move(arrived, path)
        self.seals.write(key, digest.encode())
        return path

    def _path(self, key: str) -> Path:
        return self.directory / key[:2] / key
