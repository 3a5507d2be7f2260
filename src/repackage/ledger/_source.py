"""From the sources of a lock to what may be told of them in public."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from repackage.ledger._model import (
    FromDirectory,
    FromFile,
    FromGit,
    FromIndex,
    FromTree,
    FromUrl,
)
from repackage.lock import (
    DirectUrl,
    Git,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    SourceTree,
)

if TYPE_CHECKING:
    from repackage.ledger._model import Origin
    from repackage.lock import Source


def origin_of(source: Source) -> Origin:
    """Tell a source of a lock without credentials and without paths of this machine."""
    match source:
        case RegistryUrl(url=url):
            return FromIndex(url=url and public_url(url))  # pylock.toml need not tell it
        case RegistryPath():
            return FromDirectory()
        case Git(url=url, commit=commit, subdirectory=subdirectory):
            return FromGit(url=public_url(url), commit=commit, subdirectory=subdirectory)
        case DirectUrl(url=url, subdirectory=subdirectory):
            return FromUrl(url=public_url(url), subdirectory=subdirectory)
        case LocalArchive(path=path):
            return FromFile(filename=path.name)
        case SourceTree(kind=kind):
            return FromTree(kind=kind)


def public_url(url: str) -> str:
    """Drop what is not for everybody: user and password, query, fragment, local directories."""
    try:
        parts = urlsplit(url)
        if parts.scheme in {"", "file"}:
            return f"file:{parts.path.rstrip('/').rpartition('/')[2]}"
        netloc = parts.netloc.rpartition("@")[2]
    except ValueError:  # nothing in it can be told apart, so nothing is for everybody
        return ""
    return urlunsplit(parts._replace(netloc=netloc, query="", fragment=""))
