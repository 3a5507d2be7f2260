"""Digests of files, against those of the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from repackage.lock import Digest, new_digest

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.lock import Hash

#: Bytes that are read at a time.
CHUNK = 1 << 18


class Memory(Protocol):
    """Digests of files that have not changed since they were hashed."""

    def sha256(self, path: Path) -> str:
        """The SHA-256 of a file."""


def hasher(expected: Hash | None) -> Digest:
    """Start the digest that the lock records; sha256 if it records none."""
    return new_digest("sha256" if expected is None else expected.algorithm)


def digest_into(running: Digest, path: Path) -> int:
    """Feed a file to a running digest; return its size."""
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            running.update(chunk)
            size += len(chunk)
    return size


def differs(path: Path, expected: Hash, *, seen: Memory | None = None) -> str:
    """Say how a file's digest differs from the expected one; empty if it does not.

    A file that was seen with these bytes is not read again, unless it has changed.
    """
    if seen is not None and expected.algorithm == "sha256":
        found = seen.sha256(path)
        return "" if found == expected.digest else _difference(found, expected)
    running = hasher(expected)
    digest_into(running, path)
    return mismatch(running, expected)


def mismatch(running: Digest, expected: Hash) -> str:
    """Say how a finished digest differs from the expected one; empty if it does not."""
    found = running.hexdigest()
    return "" if found == expected.digest else _difference(found, expected)


def _difference(found: str, expected: Hash) -> str:
    return (
        "has other bytes than the lock says: "
        f"expected {expected.algorithm}:{expected.digest}, got {expected.algorithm}:{found}"
    )
