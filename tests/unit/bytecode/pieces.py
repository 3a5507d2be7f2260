"""Pieces in a directory, without a store around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class KeptPieces:
    """Remembers what was kept, and what was asked for."""

    directory: Path
    kept: list[str] = field(default_factory=list)

    def find(self, key: str) -> Path | None:
        path = self.directory / key
        return path if path.exists() else None

    def keep(self, key: str, made: Path | bytes) -> Path:
        path = self.directory / key
        path.write_bytes(made if isinstance(made, bytes) else made.read_bytes())
        self.kept.append(key)
        return path
