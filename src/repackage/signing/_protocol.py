"""Who signs: a program, an agent, a service; the key need not be on this machine."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


class Signer(Protocol):
    """Signs bytes; what a signature looks like is up to the format that asks for it.

    For OpenPGP that is one detached signature packet or more, binary or armored. The key,
    and what unlocks it, are the signer's own business.
    """

    def sign(self, data: bytes, *, date: int) -> bytes:
        """Sign bytes, and date the signature, where that is for the signer to choose.

        ``date``, in seconds, belongs to what is signed, so that signing it again gives the
        same signature where the algorithm allows it.

        Raises:
            SigningError: It cannot be done.
        """


@runtime_checkable
class Verifies(Protocol):
    """A signer that can tell whether a signature is good, by the public key."""

    def verify(self, data: bytes, signature: bytes) -> None:
        """Verify one signature of bytes.

        Raises:
            SigningError: It is not good.
        """
