"""Who we are to a server."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """A user name and a password, never shown."""

    username: str
    password: str = field(repr=False)
    source: str
    """Where they were found, for messages."""

    @property
    def header(self) -> str:
        """The value of ``Authorization`` (RFC 7617)."""
        pair = f"{self.username}:{self.password}".encode()
        return f"Basic {b64encode(pair).decode('ascii')}"
