"""The indexes that a user has told uv of: their names, and the credentials for them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, urlsplit

from repackage.errors import ConfigError
from repackage.network import Login, is_requestable, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NOT_IN_VARIABLES = re.compile(r"[^A-Z0-9]")

#: Variables that hold index URLs; of several, separated by white space, each may be named.
_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")


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


def login_of(parts: SplitResult, source: str) -> Login | None:
    """The login that is written in a URL, if one is."""
    if parts.username is None:
        return None
    return Login(
        username=unquote(parts.username), password=unquote(parts.password or ""), source=source
    )


def _index(name: str, url: str, source: str) -> Index:
    bare = Index(name=name, url=without_credentials(url), login=None)
    username, password = (os.environ.get(variable) for variable in bare.variables)
    login = login_of(urlsplit(url), source)
    if username is not None or password is not None:
        inside = login or Login(username="", password="", source="")
        login = Login(
            username=inside.username if username is None else username,
            password=inside.password if password is None else password,
            source=" and ".join(bare.variables),
        )
    return Index(name=name, url=bare.url, login=login)


def environment_indexes() -> Iterator[Index]:
    """The indexes that uv's variables name."""
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


def project_indexes(project: Path | None) -> Iterator[Index]:
    """The indexes that ``uv.toml`` or ``pyproject.toml`` names."""
    return (index for index, _ in _declared_indexes(project))


def _declared_indexes(project: Path | None) -> Iterator[tuple[Index, Mapping[object, object]]]:
    """The indexes of both places that uv has for them; of two defaults, the last counts.

    What is wrong with a table uv says, not we.
    """
    if project is None:
        return
    for path, settings in _settings(project):
        for entry in _listed(settings.get("index")):
            match entry:
                case {"url": str(url), "name": str(name), **more} if is_requestable(url):
                    yield _index(name, url, str(path)), more
                case {"url": str(url), **more} if is_requestable(url):
                    yield _index("", url, str(path)), more
        # as uv's first versions had it
        older = [(url, False) for url in _listed(settings.get("extra-index-url"))]
        for one, default in (*older, (settings.get("index-url"), True)):
            if isinstance(one, str) and is_requestable(one):
                yield _index("", one, str(path)), {"default": default}


def _settings(project: Path) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """The tables of uv's settings: that of ``pyproject.toml``, and ``uv.toml``, which wins."""
    match _document(path := project / "pyproject.toml"):
        case {"tool": {"uv": dict(settings)}}:
            yield path, settings
        case _:
            pass
    yield (path := project / "uv.toml"), _document(path)


def _document(path: Path) -> Mapping[str, object]:
    """Read a file of uv's settings, if there is one."""
    import tomli  # only when something is downloaded or built

    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError.of(f"cannot be read: {error}", where=str(path)) from error


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
