"""The keyring: asked when a server wants a login that nothing else tells.

Which one, ``UV_KEYRING_PROVIDER`` says, or else ``PIP_KEYRING_PROVIDER``: ``disabled``,
``import`` (the library, of the extra ``repackage[keyring]``) or ``subprocess`` (the program
``keyring``). Without either it is the library, if it is installed.

Both run in a process of their own that has no terminal: nobody is ever prompted, a backend
that hangs is waited for so long and no longer, and it is imported by nobody else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

from repackage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Seconds that a keyring may take: some fetch a token from a server.
_PATIENCE = 60

#: uv's and pip's words; ``native`` is uv's for what the operating system has.
_PROVIDERS = ("disabled", "import", "native", "subprocess", "auto")

Answer = tuple[str, str]
"""A user name and a password."""


@dataclass(slots=True)
class Keyring:
    """A keyring, and what it has answered."""

    command: tuple[str, ...]
    """Empty: it is not asked."""
    name: str
    """What it is, for advice."""
    _answers: dict[tuple[str, str], Answer | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of_environment(cls) -> Keyring:
        """Choose what the environment says; nothing is asked or imported yet."""
        for variable in ("UV_KEYRING_PROVIDER", "PIP_KEYRING_PROVIDER"):
            chosen = os.environ.get(variable, "")
            if chosen and chosen not in _PROVIDERS:
                raise UsageError.of(
                    f"{chosen!r} is no provider of keyrings",
                    where=variable,
                    advice=f"known: {', '.join(_PROVIDERS)}",
                )
            if chosen == "disabled":
                return cls((), f"no keyring ({variable} is 'disabled')")
            if chosen == "subprocess":
                return cls(("keyring",), "the program 'keyring'")
            if chosen:
                break
        if find_spec("keyring") is None:
            return cls((), "no keyring (repackage[keyring] is not installed)")
        return cls((sys.executable, "-m", "keyring"), "the keyring")

    def ask(self, services: Sequence[str], username: str = "") -> Answer | None:
        """Find a login for the first service that has one; each is asked for once."""
        with self._lock:
            for service in services:
                key = (service, username)
                if key not in self._answers:
                    self._answers[key] = self._get(service, username)
                if (answer := self._answers[key]) is not None:
                    return answer
        return None

    def remembered(self, services: Sequence[str]) -> Answer | None:
        """What :meth:`ask` found already."""
        known = (self._answers.get((service, "")) for service in services)
        return next(filter(None, known), None)

    def _get(self, service: str, username: str) -> Answer | None:
        if not self.command:
            return None
        asked = ("get", service, username) if username else ("--mode", "creds", "get", service)
        lines = self._run(asked)
        if username and len(lines) == 1:
            return username, lines[0]
        return (lines[0], lines[1]) if not username and len(lines) == 2 else None  # noqa: PLR2004 - a name and a password

    def _run(self, arguments: tuple[str, ...]) -> list[str]:
        """Run it where no module of the user's shadows it, and no terminal can be asked."""
        try:
            done = subprocess.run(  # noqa: S603 - the user's own keyring
                [*self.command, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=_PATIENCE,
                cwd=sys.prefix,
                start_new_session=True,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self.name += ", which cannot be asked"
            self.command = ()
            return []
        return done.stdout.splitlines() if done.returncode == 0 else []
