"""Digests by the algorithms that a lock records."""

from __future__ import annotations

import hashlib
from typing import Protocol

#: A lock's blake2b is blake2b-256, in bytes.
_BLAKE2B_SIZE = 32


class Digest(Protocol):
    """A running digest of :mod:`hashlib`."""

    def update(self, data: bytes, /) -> None:
        """Go on with more bytes."""

    def hexdigest(self) -> str:
        """The digest of everything so far."""


def new_digest(algorithm: str) -> Digest:
    """Start a digest; ``blake2b`` is the 256-bit one, unlike that of :func:`hashlib.new`."""
    if algorithm == "blake2b":
        return hashlib.blake2b(digest_size=_BLAKE2B_SIZE)
    return hashlib.new(algorithm, usedforsecurity=False)
