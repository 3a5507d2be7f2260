"""Paths of a Nix store, and how they follow from what they hold (Nix's ``store-api.cc``)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: No ``e``, ``o``, ``t`` and ``u``, so that no word comes about.
_ALPHABET: Final = "0123456789abcdfghijklmnpqrsvwxyz"
STORE: Final = "/nix/store"
#: A hash part, as a pattern.
HASH_PART: Final = f"[{_ALPHABET}]{{32}}"
_HASH_PART_BYTES = 20
#: What may stand behind the hash; Nix 2.20 and later refuse a leading dot.
NAME = re.compile(r"[0-9a-zA-Z+_?=-][0-9a-zA-Z+._?=-]{0,210}", re.ASCII)
_PATH = re.compile(rf"{STORE}/({HASH_PART})-({NAME.pattern})", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class StorePath:
    """A path below the store, taken apart; sorted as its text is."""

    hash_part: str
    name: str

    def __str__(self) -> str:
        return f"{STORE}/{self.base}"

    @property
    def base(self) -> str:
        """The last part of the path."""
        return f"{self.hash_part}-{self.name}"


def store_path(text: str) -> StorePath | None:
    """Take a path apart; None: it is not one directly below the store."""
    found = _PATH.fullmatch(text)
    return found and StorePath(hash_part=found[1], name=found[2])


def nix32(data: bytes) -> str:
    """Spell bytes as Nix does: groups of five bits, the last ones first."""
    number = int.from_bytes(data, "little")
    digits = (8 * len(data) - 1) // 5 + 1
    return "".join(_ALPHABET[number >> 5 * at & 31] for at in reversed(range(digits)))


def from_nix32(text: str, size: int) -> bytes | None:
    """Read bytes that are spelled so; None: they are not, or not so many."""
    number = 0
    for character in text:
        if character not in _ALPHABET:
            return None
        number = number << 5 | _ALPHABET.index(character)
    if len(text) != (8 * size - 1) // 5 + 1 or number >> 8 * size:
        return None
    return number.to_bytes(size, "little")


def content_addressed(name: str, nar: bytes, references: Iterable[StorePath]) -> StorePath:
    """Name a tree by the SHA-256 of its archive: what Nix calls ``fixed:r:sha256``."""
    kind = ":".join(["source", *map(str, sorted(references))])
    fingerprint = f"{kind}:sha256:{nar.hex()}:{STORE}:{name}"
    digest = hashlib.sha256(fingerprint.encode()).digest()
    folded = bytearray(_HASH_PART_BYTES)
    for index, byte in enumerate(digest):
        folded[index % _HASH_PART_BYTES] ^= byte
    return StorePath(hash_part=nix32(bytes(folded)), name=name)
