"""Who signs, as a user says it: on the command line, or in the settings of a hook.

Never in a table: a project that is built by somebody else is not theirs to sign, and its
tables must not start programs. Nor is a passphrase ever said so.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from repackage.errors import Problems, SigningError, UsageError
from repackage.signing._command import Checked, CommandSigner
from repackage.signing._gpg_signer import GpgSigner
from repackage.signing._several import Several

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.signing._protocol import Signer

#: What settings are called.
KEY, COMMAND, PUBLIC_KEY = "sign-key", "sign-command", "sign-public-key"
SETTINGS: Final = (KEY, COMMAND, PUBLIC_KEY)


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningOptions:
    """Keys that gpg has, or a command and its public key; nothing: nobody signs."""

    keys: tuple[str, ...] = ()
    command: str = ""
    """A program and its arguments, quoted as for a shell."""
    public_key: Path | None = None

    def signer(self) -> Signer | None:
        """Have who signs ready; all that is wrong with it is told at once.

        Raises:
            UsageError: What was said contradicts itself.
            SigningError: A key is not there, or cannot sign.
        """
        self._check()
        if self.command and self.public_key:
            command = CommandSigner(command=_words(self.command))
            return Checked(signer=command, public_key=self.public_key)
        signers: list[GpgSigner] = []
        problems = Problems()
        for name in dict.fromkeys(self.keys):
            try:
                signers.append(GpgSigner.of(name))
            except SigningError as error:  # noqa: PERF203 - all are looked for
                problems.extend(error.problems)
        problems.raise_if_any(SigningError)
        if len(signers) > 1:
            return Several(signers=tuple(signers))
        return signers[0] if signers else None

    def _check(self) -> None:
        problems = Problems()
        if self.keys and self.command:
            problems.add(f"{KEY} and {COMMAND} are both given", advice="give one of them")
        if self.command and not self.public_key:
            problems.add(
                f"{COMMAND} needs {PUBLIC_KEY}: what it returns is verified",
                advice="give the file of the public key that is imported where packages are"
                " installed",
            )
        if self.public_key and not self.command:
            problems.add(f"{PUBLIC_KEY} is for {COMMAND}", advice="gpg has its public keys")
        if "" in self.keys:
            problems.add(f"{KEY} is empty", advice="give the fingerprint of a key")
        problems.raise_if_any(UsageError)


def split_signing(
    settings: Mapping[str, str | Sequence[str]],
) -> tuple[SigningOptions, dict[str, str | Sequence[str]]]:
    """Take what is about signing out of settings; the rest is somebody else's.

    Raises:
        UsageError: What is one is given twice.
    """
    problems = Problems()
    texts = {name: _texts(settings.get(name, ())) for name in SETTINGS}
    for name in (COMMAND, PUBLIC_KEY):
        if len(texts[name]) > 1:
            problems.add(f"{name} is given {len(texts[name])} times", advice="give it once")
    problems.raise_if_any(UsageError)
    public_key = next(iter(texts[PUBLIC_KEY]), "")
    options = SigningOptions(
        keys=texts[KEY],
        command=next(iter(texts[COMMAND]), ""),
        public_key=Path(public_key) if public_key else None,
    )
    return options, {name: value for name, value in settings.items() if name not in SETTINGS}


def _texts(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _words(command: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError.of(f"{command!r} cannot be read: {error}", where=COMMAND) from error
    if not words:
        raise UsageError.of("is empty", where=COMMAND, advice="name a program")
    return words
