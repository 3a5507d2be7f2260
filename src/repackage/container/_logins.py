"""Who may talk to which registry: what ``docker login``, ``podman login`` and others keep.

``$REGISTRY_AUTH_FILE``, if it is set; else podman's ``auth.json`` and then Docker's
``config.json``, in which programs may be named that know the login (credential helpers).
"""

from __future__ import annotations

import json
import os
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repackage.container._helper import ask_helper
from repackage.errors import UsageError
from repackage.network import Login

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from repackage.container._reference import Reference

#: What stands in place of a user name where there is a token instead of a password.
_NOBODY = "<token>"


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityToken:
    """What a registry's server of tokens has given in place of a password, never shown."""

    token: str = field(repr=False)
    source: str
    """Where it was found, for messages."""


Identity = Login | IdentityToken


@dataclass(frozen=True, kw_only=True, slots=True)
class Logins:
    """Everything that is known about logging in, read once."""

    files: tuple[tuple[Path, Mapping[str, Any]], ...]
    places: tuple[Path, ...]

    @classmethod
    def of_environment(cls) -> Logins:
        """Read the files that there are."""
        places = tuple(dict.fromkeys(_places()))
        found = ((path, _read(path)) for path in places)
        return cls(files=tuple((path, table) for path, table in found if table), places=places)

    def find(self, reference: Reference) -> Identity | None:
        """Find the login for a registry; the nearest that is written down counts."""
        for path, table in self.files:
            found = _of_helper(reference, path, table) or _written(reference, path, table)
            if found is not None:
                return found
        return None

    def looked_for(self) -> str:
        """Name the places that :meth:`find` looks at, for advice."""
        return ", ".join(map(str, self.places))


def _places() -> Iterator[Path]:
    """Name the files in the order of containers-auth.json(5), then Docker's."""
    chosen = os.environ.get("REGISTRY_AUTH_FILE")
    if chosen:
        yield Path(chosen)
        return
    home = Path("~").expanduser()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        yield Path(runtime, "containers", "auth.json")
    elif hasattr(os, "getuid"):
        yield Path("/run/containers", str(os.getuid()), "auth.json")
    yield Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "containers", "auth.json")
    yield Path(os.environ.get("DOCKER_CONFIG") or home / ".docker", "config.json")


def _read(path: Path) -> dict[str, Any]:
    try:
        table = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        raise UsageError.of(
            f"cannot be read: {reason}",
            where=str(path),
            advice="it holds the logins of registries: log in again, or set REGISTRY_AUTH_FILE",
        ) from error
    return table if isinstance(table, dict) else {}


def _of_helper(reference: Reference, path: Path, table: Mapping[str, Any]) -> Identity | None:
    """Ask the program that a file names for the registry, or for all of them."""
    helpers = table.get("credHelpers")
    for key, name in _nearest(helpers, reference):
        if isinstance(name, str):
            return _asked(name, key, path)
    store = table.get("credsStore")
    return _asked(store, reference.host, path) if isinstance(store, str) and store else None


def _asked(name: str, server: str, path: Path) -> Identity | None:
    answer = ask_helper(name, server, where=str(path))
    if answer is None:
        return None
    username, secret = answer
    source = f"docker-credential-{name}"
    if username == _NOBODY:
        return IdentityToken(token=secret, source=source)
    return Login(username=username, password=secret, source=source)


def _written(reference: Reference, path: Path, table: Mapping[str, Any]) -> Identity | None:
    for _, entry in _nearest(table.get("auths"), reference):
        if isinstance(entry, dict) and (found := _login(entry, str(path))):
            return found
    return None


def _login(entry: Mapping[str, Any], source: str) -> Identity | None:
    match entry:
        case {"identitytoken": str(token)} if token:
            return IdentityToken(token=token, source=source)
        case {"auth": str(pair)} if pair:
            username, password = _pair(pair, source)
        case {"username": str(username), "password": str(password)} if username:
            pass
        case _:
            return None  # Docker leaves an empty entry where a helper knows the login
    return Login(username=username, password=password, source=source)


def _pair(text: str, source: str) -> tuple[str, str]:
    try:
        username, colon, password = (
            b64decode(text, validate=True).decode("utf-8").partition(":")
        )
    except ValueError:
        colon = username = password = ""
    if not colon:
        raise UsageError.of(
            "a login in it is not a user name and a password in base64",
            where=source,
            advice="log in again",
        )
    return username, password.rstrip("\0")


def _nearest(table: object, reference: Reference) -> list[tuple[str, Any]]:
    """Entries of the registry: those of the longest part of the repository's path first."""
    if not isinstance(table, dict):
        return []
    names = {_registry(key): (key, value) for key, value in sorted(table.items())}
    path = reference.place
    found = []
    while path:
        if path in names:
            found.append(names[path])
        path = path.rpartition("/")[0]
    return found


def _registry(key: str) -> str:
    """Read a key as Docker's first versions wrote it, too: ``https://registry.example/v1/``."""
    scheme, there, rest = key.partition("://")
    name = rest.partition("/")[0] if there else scheme
    host, slash, path = name.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")
