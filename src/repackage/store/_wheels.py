"""Wheels by what they are, for artifacts that name them instead of holding them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.lock import Hash

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.store._store import Store
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptWheels:
    """The wheels of a store, and others that are at hand."""

    store: Store
    at_hand: tuple[Path, ...] = ()

    def find(self, sha256: str, filename: str) -> Wheel | None:
        """The wheel of a digest, if it is kept undamaged."""
        for path in self.at_hand:
            if path.name == filename and path.is_file():
                wheel = self.verified(path)
                if wheel.sha256 == sha256:
                    return wheel
        kept = self.store.find(Hash(algorithm="sha256", digest=sha256), filename)
        return None if kept is None else self.verified(kept)

    def verified(self, path: Path) -> Wheel:
        """The wheel of a file, which is looked into only once."""
        return self.store.wheel(path)
