"""Signing with gpg: the key is in its agent, on a card, or on another machine."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from repackage.errors import SigningError
from repackage.signing._gpg import Gpg
from repackage.signing._keys import Key, chosen_key, vouched_since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.signing._gpg import Said

#: Codes of libgpg-error, which stand in the lower half of what gpg tells.
_REFUSALS: Final = {
    11: "the passphrase is wrong",
    17: "the secret key is not here",
    62: "nobody has typed the passphrase in time",
    77: "there is no agent",
    85: "there is no program to type the passphrase in",
    86: "there is no program to type the passphrase in",
    99: "it was cancelled",
    177: "there is no passphrase",
    198: "it was cancelled",
}
_UNLOCK: Final = (
    "unlock the key in gpg-agent before, set GPG_TTY to have it ask, or see"
    " REPACKAGE_SIGN_PASSPHRASE_FILE"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class GpgSigner:
    """Signs with a key that gpg has; the passphrase is between the user and the agent.

    It is asked for by the agent, unless it is in ``REPACKAGE_SIGN_PASSPHRASE``, or in the
    first line of the file that ``REPACKAGE_SIGN_PASSPHRASE_FILE`` names (``/dev/fd/3`` is
    one). Then gpg reads it from a pipe.
    """

    key: Key
    gpg: Gpg = field(default_factory=Gpg)
    since: int = 0
    """No signature is dated before that."""

    @classmethod
    def of(cls, name: str, *, home: Path | None = None) -> GpgSigner:
        """Choose a key by fingerprint, key id or user id; ``!`` behind it: no subkey of it.

        Raises:
            SigningError: There is no such key, or it cannot sign.
        """
        gpg = Gpg(home=home)
        key = chosen_key(gpg, name)
        return cls(key=key, gpg=gpg, since=vouched_since(gpg, key))

    def sign(self, data: bytes, *, date: int) -> bytes:
        """Sign bytes: binary, detached, with SHA-256."""
        with _passphrase() as (options, descriptors):
            said = self.gpg.run(
                *options,
                "--faked-system-time", f"{max(date, self.since)}!",
                "--no-armor", "--no-textmode", "--digest-algo", "SHA256",
                "--local-user", f"{self.key.fingerprint}!",
                "--output", "-", "--detach-sign",
                data=data,
                descriptors=descriptors,
            )  # fmt: skip
        if said.code or not said.output:
            raise self._refused(said)
        return said.output

    def verify(self, data: bytes, signature: bytes) -> None:
        """Verify a signature, which must be of this key."""
        fingerprint, _ = self.gpg.verify(data, signature)
        if fingerprint != self.key.fingerprint:
            raise SigningError.of(
                f"the signature is of {fingerprint}", where=self.key.fingerprint
            )

    def _refused(self, said: Said) -> SigningError:
        code = next(iter(said.words("FAILURE")[1:]), "0")
        number = int(code) & 0xFFFF if code.isdigit() else 0
        reason = _REFUSALS.get(number, said.reason)
        return SigningError.of(
            f"gpg does not sign: {reason}", where=self.key.fingerprint, advice=_UNLOCK
        )


@contextmanager
def _passphrase() -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Lay a passphrase into a pipe, if the environment has one; say how gpg finds it."""
    secret = _from_environment()
    if secret is None:
        yield (), ()
        return
    with ExitStack() as stack:
        reading, writing = os.pipe()
        stack.callback(os.close, reading)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(secret + b"\n")
        yield ("--pinentry-mode", "loopback", "--passphrase-fd", str(reading)), (reading,)


def _from_environment() -> bytes | None:
    """Read the passphrase; what is longer than a pipe is none."""
    named = os.environ.get("REPACKAGE_SIGN_PASSPHRASE_FILE")
    given = os.environ.get("REPACKAGE_SIGN_PASSPHRASE")
    if not named:
        secret = None if given is None else os.fsencode(given)
    else:
        try:
            with Path(named).open("rb") as file:
                secret = file.readline(4096).rstrip(b"\r\n")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SigningError.of(
                f"cannot be read: {reason}", where="REPACKAGE_SIGN_PASSPHRASE_FILE"
            ) from error
    if secret is not None and (len(secret) >= 4096 or b"\n" in secret):  # noqa: PLR2004 - less than any pipe holds
        raise SigningError.of("the passphrase is not one line of less than 4096 bytes")
    return secret
