"""What is read, held to what was said of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO

from repackage.errors import InputError
from repackage_formats.nix_store._narinfo import sha256 as spelled
from repackage_formats.nix_store._path import StorePath, content_addressed

if TYPE_CHECKING:
    from collections.abc import Iterable


class Digested:
    """A stream that is digested as it is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self.size = 0
        self._stream = stream
        self._digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        """Read on."""
        data = self._stream.read(size)
        self._digest.update(data)
        self.size += len(data)
        return data

    @property
    def sha256(self) -> bytes:
        """Digest what was read."""
        return self._digest.digest()


def check_digest(digested: Digested, *, sha256: bytes, size: int, where: str) -> None:
    """Compare what was read to the end with what it should be.

    Raises:
        InputError: It is something else.
    """
    if (digested.sha256, digested.size) != (sha256, size):
        raise InputError.of(
            f"it has {digested.size} bytes with {spelled(digested.sha256)}, and should have"
            f" {size} with {spelled(sha256)}",
            where=where,
            advice="the file is truncated or altered: do not use it",
        )


def check_path(path: StorePath, nar: bytes, references: Iterable[StorePath]) -> None:
    """Compare a path with the one that follows from the bytes.

    Raises:
        InputError: It is another.
    """
    expected = content_addressed(path.name, nar, references)
    if path != expected:
        raise InputError.of(
            f"what it holds is {expected}, and not {path}",
            advice="it is altered, or no content-addressed path: Nix can tell by its signature",
        )
