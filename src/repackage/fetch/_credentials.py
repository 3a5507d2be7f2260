"""Who may download from where: credentials that uv's users already have.

In this order: those of the URL itself; ``UV_INDEX_<NAME>_USERNAME`` and ``_PASSWORD`` of
an index that ``pyproject.toml`` or ``UV_INDEX`` names; those in the URL of such an index;
netrc; the keyring, which is asked only when a server wants a login, or when the others know
a user without a password. They are sent to the origin they belong to, and nowhere else.
"""

from __future__ import annotations

import netrc
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from repackage.errors import FetchError
from repackage.fetch._indexes import (
    Index,
    environment_indexes,
    login_of,
    project_indexes,
)
from repackage.fetch._keyring import Keyring
from repackage.network import Login, origin, without_credentials


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """Everything that is known about logging in, read once."""

    indexes: tuple[Index, ...]
    netrc: netrc.netrc | None
    netrc_path: Path
    keyring: Keyring

    @classmethod
    def read(cls, project: Path | None) -> Credentials:
        """Collect from ``pyproject.toml``, the environment and netrc."""
        indexes = (*environment_indexes(), *project_indexes(project))
        path = _netrc_path()
        return cls(
            indexes=indexes,
            netrc=_read_netrc(path),
            netrc_path=path,
            keyring=Keyring.of_environment(),
        )

    def find(self, url: str, *, index: str = "") -> Login | None:
        """Find the login for a URL, which an index of the lock may have named."""
        login = self._written(url, index)
        if login is None:
            return self._of_keyring(self.keyring.remembered(self._services(url, index)))
        if login.password or not login.username:
            return login
        services = self._services(url, index)
        return self._of_keyring(self.keyring.ask(services, login.username)) or login

    def ask(self, url: str, *, index: str = "") -> Login | None:
        """Ask the keyring for a login that the server of a URL wants."""
        return self._of_keyring(self.keyring.ask(self._services(url, index)))

    def _written(self, url: str, index: str) -> Login | None:
        """The login that is written down in some place."""
        parts = urlsplit(url)
        if parts.username is not None:
            return login_of(parts, "the URL")
        for known in self._near(url, index):
            if known.login is not None:
                return known.login
        return self._from_netrc(parts.hostname or "")

    def _services(self, url: str, index: str) -> tuple[str, str]:
        """What keyrings call the place of a URL: its index, as uv and pip do, and its host."""
        parts = urlsplit(without_credentials(url))
        root = f"{parts.scheme}://{parts.netloc}/"
        near = [known.url for known in self._near(url, index)]
        if index and origin(index) == origin(url):
            near.insert(0, without_credentials(index))
        return (near[0] if near else root), parts.netloc

    def _of_keyring(self, answer: tuple[str, str] | None) -> Login | None:
        if answer is None:
            return None
        return Login(username=answer[0], password=answer[1], source=self.keyring.name)

    def looked_for(self, url: str, *, index: str = "") -> str:
        """Name the places that :meth:`find` looks at, for advice."""
        variables = [" and ".join(known.variables) for known in self._near(url, index)]
        places = [*dict.fromkeys(filter(None, variables)), str(self.netrc_path)]
        if len(places) == 1:
            places.insert(0, "an index of [[tool.uv.index]] at that host (there is none)")
        return "; ".join((*places, self.keyring.name))

    def _near(self, url: str, index: str) -> list[Index]:
        """Indexes of the URL's origin: the one of the lock, then by length of common path."""
        same = [known for known in self.indexes if origin(known.url) == origin(url)]
        return sorted(
            same,
            key=lambda known: (
                known.url.rstrip("/") != index.rstrip("/"),
                not url.startswith(known.url),
                -len(known.url),
            ),
        )

    def _from_netrc(self, host: str) -> Login | None:
        found = self.netrc.authenticators(host) if self.netrc is not None else None
        if found is None:
            return None
        login, account, password = found
        return Login(
            username=login or account or "",
            password=password or "",
            source=str(self.netrc_path),
        )


def _netrc_path() -> Path:
    chosen = os.environ.get("NETRC")
    return Path(chosen) if chosen else Path("~/.netrc").expanduser()


def _read_netrc(path: Path) -> netrc.netrc | None:
    try:
        return netrc.netrc(path)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, netrc.NetrcParseError) as error:
        reason = error.msg if isinstance(error, netrc.NetrcParseError) else error
        raise FetchError.of(
            f"cannot be read: {reason}", where=str(path), advice="netrc holds credentials"
        ) from error
