"""gpg, run without a terminal; what it says is read from its status lines (doc/DETAILS)."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from repackage.errors import SigningError
from repackage.scratch import temporary_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_STATUS: Final = "[GNUPG:] "
#: What neither gpg nor a command sees: gpg is given it otherwise.
SECRETS: Final = ("REPACKAGE_SIGN_PASSPHRASE", "REPACKAGE_SIGN_PASSPHRASE_FILE")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a run of gpg has left."""

    code: int
    output: bytes
    status: tuple[tuple[str, ...], ...]
    """Words of each status line."""
    talk: tuple[str, ...]
    """What it said to people."""

    @property
    def reason(self) -> str:
        """The last thing it said to people."""
        return self.talk[-1].removeprefix("gpg: ") if self.talk else f"status {self.code}"

    def words(self, keyword: str) -> tuple[str, ...]:
        """The words of the last status line of a kind, without its keyword."""
        found = [line[1:] for line in self.status if line[0] == keyword]
        return found[-1] if found else ()

    def has(self, *keywords: str) -> bool:
        """Whether there is a status line of one of these kinds."""
        return any(line[0] in keywords for line in self.status)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gpg:
    """The program, and the home that it works in."""

    program: str = field(default_factory=lambda: _found("gpg"))
    home: Path | None = None
    """None: what GNUPGHOME says, else the user's own."""

    def run(self, *arguments: str, data: bytes = b"", descriptors: Sequence[int] = ()) -> Said:
        """Run it; a failure is the caller's to judge."""
        home = [] if self.home is None else ["--homedir", str(self.home)]
        command = [self.program, *home, "--batch", "--status-fd", "2", *arguments]
        environment = without_secrets({**os.environ, "LC_ALL": "C.UTF-8"})
        try:
            done = subprocess.run(  # noqa: S603 - the program was looked up, and no shell is there
                command,
                input=data,
                capture_output=True,
                check=False,
                env=environment,
                pass_fds=tuple(descriptors),
            )
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SigningError.of(f"cannot be run: {reason}", where=self.program) from error
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        told = (
            line.removeprefix(_STATUS).split() for line in lines if line.startswith(_STATUS)
        )
        return Said(
            code=done.returncode,
            output=done.stdout,
            status=tuple(tuple(words) for words in told if words),
            talk=tuple(line for line in lines if line and not line.startswith(_STATUS)),
        )

    def verify(self, data: bytes, signature: bytes) -> tuple[str, ...]:
        """Verify a detached signature; return the fingerprints of its key, and of the primary.

        Raises:
            SigningError: It is not good, or nobody knows the key.
        """
        with temporary_directory() as scratch:
            file = scratch / "signature"
            file.write_bytes(signature)
            said = self.run(
                "--trust-model", "always", "--no-auto-key-retrieve", "--verify", str(file), "-",
                data=data,
            )  # fmt: skip
        valid = said.words("VALIDSIG")
        if said.has("BADSIG"):
            raise SigningError.of("the signature is not good: it is of something else")
        if said.has("NO_PUBKEY"):
            raise SigningError.of(
                f"the signature is of a key that is not here: {' '.join(said.words('NO_PUBKEY'))}",
                advice="give the public key of who signs",
            )
        if said.has("EXPKEYSIG", "REVKEYSIG", "EXPSIG"):
            raise SigningError.of("the signature, or the key of it, has expired or is revoked")
        if said.code or not said.has("GOODSIG") or not valid:
            raise SigningError.of(f"the signature cannot be verified: {said.reason}")
        return valid[0], valid[-1]


@contextmanager
def keyring(public_key: Path) -> Iterator[Gpg]:
    """Make a home that knows nothing but what is in a file of public keys.

    Raises:
        SigningError: There is no key in it.
    """
    with ExitStack() as stack:
        scratch = stack.enter_context(temporary_directory())
        gpg = Gpg(home=scratch)
        try:
            keys = public_key.read_bytes()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SigningError.of(f"cannot be read: {reason}", where=str(public_key)) from error
        said = gpg.run("--no-autostart", "--import", data=keys)
        if not said.has("IMPORT_OK"):
            raise SigningError.of(
                "there is no public key in it",
                where=str(public_key),
                advice="'gpg --armor --export KEY' writes one",
            )
        yield gpg


def without_secrets(environment: dict[str, str]) -> dict[str, str]:
    """The variables that a program may see."""
    return {name: value for name, value in environment.items() if name not in SECRETS}


def _found(name: str) -> str:
    """Find a program, or say which package has it."""
    found = shutil.which(name)
    if found is None:
        raise SigningError.of(
            f"the program {name!r} is needed to sign, and not installed",
            advice="install the package 'gnupg' (Debian) or 'gnupg2' (Fedora, EL)",
        )
    return found
