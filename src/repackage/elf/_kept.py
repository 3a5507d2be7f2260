"""What was found in ELF files, kept from one build to the next: they are large, it is little."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, fields
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

from repackage.elf._model import Elf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from repackage.tree import File

#: To be raised whenever something else is found in the same files.
_VERSION = "elf 1"


class Pieces(Protocol):
    """Files by the hex SHA-256 of all that they depend on, as formats are given them."""

    def find(self, key: str) -> Path | None:
        """The file that was kept under a key, if it is there and undamaged."""

    def keep(self, key: str, made: bytes) -> Path:
        """Write a file under a key, and say where it lies now."""


def scan_kept(
    candidates: Iterable[File],
    *,
    skipped: tuple[str, ...],
    pieces: Pieces,
    scan: Callable[[Sequence[File]], tuple[Elf, ...]],
) -> tuple[Elf, ...]:
    """Look only into distributions that were not looked into before; sorted by path.

    What is damaged is told each time: nothing of its distribution is kept.
    """
    by_origin: dict[str, list[File]] = defaultdict(list)
    for file in candidates:
        by_origin[file.origin].append(file)
    found: dict[str, Elf] = {}
    unknown: dict[str, list[File]] = {}
    for files in by_origin.values():
        key = _key(files, skipped)
        kept = pieces.find(key)
        if kept is None:
            unknown[key] = files
        else:
            found |= {elf.path: elf for elf in map(_elf, json.loads(kept.read_bytes()))}
    if unknown:  # pyelftools is slow to import
        scanned = {elf.path: elf for elf in scan([*chain.from_iterable(unknown.values())])}
        for key, files in unknown.items():
            _keep([scanned[f.path] for f in files if f.path in scanned], key, pieces)
        found |= scanned
    return tuple(found[path] for path in sorted(found, key=str.encode))


def _key(files: Sequence[File], skipped: tuple[str, ...]) -> str:
    known = [(file.path, file.size, file.digests.sha256) for file in files]
    shape = [field.name for field in fields(Elf)]
    return hashlib.sha256(ascii((_VERSION, shape, skipped, known)).encode()).hexdigest()


def _keep(elves: Sequence[Elf], key: str, pieces: Pieces) -> None:
    pieces.keep(key, json.dumps([asdict(elf) for elf in elves]).encode())


def _elf(found: dict[str, Any]) -> Elf:
    return Elf(
        **{
            **found,
            "needed": tuple(found["needed"]),
            "versions": tuple((library, node) for library, node in found["versions"]),
            "search_paths": tuple(found["search_paths"]),
        }
    )
