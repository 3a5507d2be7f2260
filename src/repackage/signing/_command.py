"""Signing with a program of the user's: a key service, a hardware module, another machine."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Final

from repackage.errors import SigningError
from repackage.signing._gpg import keyring, without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repackage.signing._protocol import Signer

#: More than any signature has.
_LARGEST: Final = 1 << 16
_TAIL: Final = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandSigner:
    """Signs with a program: the bytes are on its standard input, the signature on its output.

    It is started without a shell, and sees ``SOURCE_DATE_EPOCH``: the date that the
    signature is to have. What it says on standard error is shown if it fails.
    """

    command: Sequence[str]

    def sign(self, data: bytes, *, date: int) -> bytes:
        """Have bytes signed."""
        environment = without_secrets({**os.environ, "SOURCE_DATE_EPOCH": str(date)})
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
            given.write(data)
            given.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603 - whose choice it is, runs it
                    self.command,
                    stdin=given,
                    stdout=subprocess.PIPE,
                    stderr=told,
                    env=environment,
                )
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                raise SigningError.of(
                    f"cannot be run: {reason.lower()}",
                    where=self._name,
                    advice="--sign-command is a program and its arguments; no shell reads it",
                ) from error
            found, status = _output_of(process)
            told.seek(max(told.seek(0, os.SEEK_END) - _TAIL, 0))
            said = told.read().decode("utf-8", "replace").strip()
        if len(found) > _LARGEST:
            raise SigningError.of(f"writes more than {_LARGEST} bytes", where=self._name)
        if status:
            raise SigningError.of(f"failed with status {status}", where=self._name, advice=said)
        if not found:
            raise SigningError.of("wrote no signature", where=self._name, advice=said)
        return found

    @property
    def _name(self) -> str:
        return next(iter(self.command), "--sign-command")


def _output_of(process: subprocess.Popen[bytes]) -> tuple[bytes, int]:
    """Read what a program writes, and no more than a signature has; it never outlives us."""
    with process, process.stdout or BytesIO() as stdout:
        try:
            found = stdout.read(_LARGEST + 1)
            if len(found) > _LARGEST:
                process.kill()
            return found, process.wait()
        except BaseException:
            process.kill()
            raise


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """Whoever signs, and the public key by which gpg verifies each signature.

    For a signer that cannot tell by itself: a command, or a function of yours.
    """

    signer: Signer
    public_key: Path
    """A file of public keys, armored or not; those that verifiers have."""

    def sign(self, data: bytes, *, date: int) -> bytes:
        """Have bytes signed."""
        return self.signer.sign(data, date=date)

    def verify(self, data: bytes, signature: bytes) -> None:
        """Verify a signature by the public key alone."""
        with keyring(self.public_key) as gpg:
            try:
                gpg.verify(data, signature)
            except SigningError as error:
                where = str(self.public_key)
                raise SigningError(
                    *(replace(each, where=where) for each in error.problems)
                ) from error
