"""Who may download from where: credentials that uv's users already have.

In this order: those of the URL itself; ``UV_INDEX_<NAME>_USERNAME`` and ``_PASSWORD`` of
an index that ``pyproject.toml`` or ``UV_INDEX`` names; those in the URL of such an index;
netrc; the keyring, which is asked only when a server wants a login, or when the others know
a user without a password. They are sent to the origin they belong to, and nowhere else.
"""

from __future__ import annotations

import netrc
import os
import re
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, urlsplit

from repackage.errors import ConfigError, FetchError
from repackage.fetch._keyring import Keyring
from repackage.fetch._url import is_requestable, origin, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NOT_IN_VARIABLES = re.compile(r"[^A-Z0-9]")

#: Variables that hold index URLs; of several, separated by white space, each may be named.
_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """An index that has a name, or credentials in its URL."""

    name: str
    url: str
    """Without credentials."""
    login: Login | None

    @property
    def url_with_login(self) -> str:
        """The URL as installers take it, credentials included."""
        if self.login is None:
            return self.url
        login = f"{quote(self.login.username, safe='')}:{quote(self.login.password, safe='')}"
        parts = urlsplit(self.url)
        return parts._replace(netloc=f"{login}@{parts.netloc}").geturl()

    @property
    def variables(self) -> tuple[str, str]:
        """The environment variables of uv for it; empty texts if it has no name."""
        if not self.name:
            return "", ""
        name = _NOT_IN_VARIABLES.sub("_", self.name.upper())
        return f"UV_INDEX_{name}_USERNAME", f"UV_INDEX_{name}_PASSWORD"


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
        indexes = (*_environment_indexes(), *_project_indexes(project))
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
            return _login_of(parts, "the URL")
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


def _login_of(parts: SplitResult, source: str) -> Login | None:
    if parts.username is None:
        return None
    return Login(
        username=unquote(parts.username), password=unquote(parts.password or ""), source=source
    )


def _index(name: str, url: str, source: str) -> Index:
    bare = Index(name=name, url=without_credentials(url), login=None)
    username, password = (os.environ.get(variable) for variable in bare.variables)
    login = _login_of(urlsplit(url), source)
    if username is not None or password is not None:
        inside = login or Login(username="", password="", source="")
        login = Login(
            username=inside.username if username is None else username,
            password=inside.password if password is None else password,
            source=" and ".join(bare.variables),
        )
    return Index(name=name, url=bare.url, login=login)


def _environment_indexes() -> Iterator[Index]:
    for variable in _INDEX_VARIABLES:
        for word in os.environ.get(variable, "").split():
            name, equals, url = word.partition("=")
            named = equals and re.fullmatch(r"[\w.-]+", name)
            name, url = (name, url) if named else ("", word)
            if is_requestable(url):  # a flat index may be a directory
                yield _index(name, url, variable)


def index_urls(project: Path | None) -> tuple[str, ...]:
    """The indexes of a project for its build requirements, as installers take them.

    The default one is first, or an empty text; those for chosen packages only are not
    there. Credentials are in the URLs: they are for the environment, never for a command.
    """
    default, others = "", []
    for index, entry in _declared_indexes(project):
        if entry.get("default"):
            default = index.url_with_login
        elif not entry.get("explicit"):
            others.append(index.url_with_login)
    return (default, *others) if default or others else ()


def _project_indexes(project: Path | None) -> Iterator[Index]:
    return (index for index, _ in _declared_indexes(project))


def _declared_indexes(project: Path | None) -> Iterator[tuple[Index, Mapping[object, object]]]:
    if project is None:
        return
    import tomli  # only when something is downloaded

    path = project / "pyproject.toml"
    try:
        document = tomli.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise ConfigError.of(f"cannot be read: {error}", where=str(path)) from error
    for entry in _entries(document):
        match entry:
            case {"url": str(url), "name": str(name), **more} if is_requestable(url):
                yield _index(name, url, str(path)), more
            case {"url": str(url), **more} if is_requestable(url):
                yield _index("", url, str(path)), more
            case _:  # uv, not we, says what is wrong with its tables
                continue


def _entries(document: object) -> list[object]:
    """The array ``tool.uv.index``, whatever else stands there."""
    match document:
        case {"tool": {"uv": {"index": list(entries)}}}:
            return entries
        case _:
            return []


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
