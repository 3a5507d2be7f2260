"""Digests by the algorithms that a lock records."""

from __future__ import annotations

import errno
import hashlib
import stat
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Algorithm = Literal["md5", "sha256", "sha384", "sha512", "blake2b"]

#: Length of each digest in hexadecimal; blake2b has 256 bits here.
DIGITS: Final[Mapping[Algorithm, int]] = {
    "md5": 32,
    "sha256": 64,
    "sha384": 96,
    "sha512": 128,
    "blake2b": 64,
}
_CHUNK = 1 << 20


class Digest(Protocol):
    """A running digest of :mod:`hashlib`."""

    def update(self, data: bytes, /) -> None:
        """Go on with more bytes."""

    def hexdigest(self) -> str:
        """The digest of everything so far."""


def new_digest(algorithm: str) -> Digest:
    """Start a digest; ``blake2b`` is the 256-bit one, unlike that of :func:`hashlib.new`."""
    if algorithm == "blake2b":
        return hashlib.blake2b(digest_size=DIGITS["blake2b"] // 2)
    return hashlib.new(algorithm, usedforsecurity=False)


def hash_file(path: Path, algorithms: Iterable[str]) -> dict[str, str]:
    """Digest a regular file by several algorithms at once.

    Raises:
        OSError: When there is no such file, or it is no file.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    digests = {name: new_digest(name) for name in algorithms}
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            for digest in digests.values():
                digest.update(data)
    return {name: digest.hexdigest() for name, digest in digests.items()}


def sha256_of(path: Path) -> str:
    """Digest a regular file as the store does."""
    return hash_file(path, ["sha256"])["sha256"]
