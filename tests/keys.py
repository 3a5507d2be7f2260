"""Throw-away keys, made by gpg in a home of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: When keys are made: before everything that tests sign.
BORN = "20200101T000000"


@dataclass(frozen=True)
class Keyring:
    """A home of gpg; its path is short, because its agent listens in it."""

    home: Path

    def make(
        self,
        name: str,
        *,
        algorithm: str = "ed25519",
        usage: str = "sign",
        expires: str = "never",
        passphrase: str = "",
        born: str = BORN,
    ) -> str:
        """Make a key, and return its fingerprint."""
        options = ("--faked-system-time", born, "--pinentry-mode", "loopback")
        user = f"{name} <{name}@keys.example>"
        self.gpg(
            *options, "--passphrase", passphrase,
            "--quick-generate-key", user, algorithm, usage, expires,
        )  # fmt: skip
        return self.fingerprints(f"{name}@keys.example")[0]

    def add(self, fingerprint: str, *, algorithm: str = "ed25519", born: str = BORN) -> str:
        """Add a subkey for signing, and return its fingerprint."""
        before = self.fingerprints(fingerprint)
        self.gpg(
            "--faked-system-time", born, "--pinentry-mode", "loopback", "--passphrase", "",
            "--quick-add-key", fingerprint, algorithm, "sign", "never",
        )  # fmt: skip
        (made,) = set(self.fingerprints(fingerprint)) - set(before)
        return made

    def fingerprints(self, name: str) -> list[str]:
        """List a key and its subkeys."""
        listed = self.gpg("--with-colons", "--with-subkey-fingerprint", "-K", name)
        lines = (line.split(":") for line in listed.decode().splitlines())
        return [fields[9] for fields in lines if fields[0] == "fpr"]

    def export(self, name: str, to: Path) -> Path:
        """Write the public key to a file, as people hand it out."""
        to.write_bytes(self.gpg("--armor", "--export", name))
        return to

    def gpg(self, *arguments: str) -> bytes:
        """Run gpg."""
        done = subprocess.run(
            ["gpg", "--homedir", str(self.home), "--batch", "--yes", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        if done.returncode:
            raise AssertionError(f"gpg failed ({done.returncode}):\n{done.stderr.decode()}")
        return done.stdout


@contextmanager
def keyring() -> Iterator[Keyring]:
    """Make a home for keys, and end its agent with it."""
    home = Path(tempfile.mkdtemp(prefix="keys-"))
    # nobody is asked: an agent that would ask fails instead
    (home / "gpg-agent.conf").write_text("pinentry-program /bin/false\n")
    try:
        yield Keyring(home)
    finally:
        subprocess.run(
            ["gpgconf", "--homedir", str(home), "--kill", "all"],
            check=False,
            capture_output=True,
        )
        shutil.rmtree(home, ignore_errors=True)
