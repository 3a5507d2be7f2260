"""Whole files among the pieces of earlier builds, each with a note of what it is."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from repackage.format import Pieces


def find_noted(key: str, pieces: Pieces) -> tuple[Path, dict[str, Any]] | None:
    """The file that was kept under a key, and its note."""
    path, note = pieces.find(key), pieces.find(_beside(key))
    if path is None or note is None:
        return None
    return path, json.loads(note.read_bytes())


def keep_noted(key: str, pieces: Pieces, made: Path, note: Mapping[str, Any]) -> Path:
    """Move a file in under a key, with a note, and say where it lies now."""
    path = pieces.keep(key, made)
    pieces.keep(_beside(key), json.dumps(note).encode())
    return path


def _beside(key: str) -> str:
    return hashlib.sha256(f"{key} facts".encode()).hexdigest()
