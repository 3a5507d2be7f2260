"""What a wheel is built from, and what building asks of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.lock import Git, Hash
    from repackage.store import Shelf
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Sdist:
    """A source distribution that was checked against the lock."""

    path: Path
    subdirectory: str = ""

    def __str__(self) -> str:
        return f"the sdist {self.path.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """A commit of a repository."""

    git: Git

    def __str__(self) -> str:
        part = f", {self.git.subdirectory}" if self.git.subdirectory else ""
        return f"the commit {self.git.commit[:12]} of {shown(self.git.url)}{part}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """A source tree of this machine."""

    path: Path

    def __str__(self) -> str:
        return f"the source tree {self.path}"


Origin = Sdist | Commit | Directory


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A wheel that is wanted, and what to build it from."""

    name: NormalizedName
    version: Version | None
    """None: any; the lock does not know it."""
    origin: Origin

    def __str__(self) -> str:
        return f"{self.name} {self.version}" if self.version else self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildSettings:
    """How wheels are built."""

    constraints: tuple[str, ...] = ()
    """Lines of a constraints file: what the lock says of build requirements."""
    find_links: tuple[Path, ...] = ()
    """Directories of wheels, for build requirements too."""
    indexes: tuple[str, ...] = ()
    """URLs of the project's indexes, the default one first, else an empty text."""
    own: frozenset[NormalizedName] = frozenset()
    """Distributions of the lock that no index has: build requirements must not be they."""
    offline: bool = False
    epoch: int = 0
    """``SOURCE_DATE_EPOCH`` for what has no date of its own: a source tree."""


class Workshop(Protocol):
    """What is asked of the store: :class:`repackage.store.Store` offers it."""

    def find(self, hash: Hash, filename: str) -> Path | None:  # noqa: A002 - the lock's word
        """Return the artifact of a digest, if the store holds it."""

    def put(self, temp: Path, /, filename: str, *, hash: Hash | None = None) -> Path:  # noqa: A002 - the lock's word
        """Move a file into the store; return where it is."""

    def workspace(self, key: str) -> AbstractContextManager[Path]:
        """Lend a directory whose path is always the same for a key."""

    def mirror(self, url: str) -> AbstractContextManager[Path]:
        """Hold the mirror of a repository, alone among all processes."""

    def shelf(self, kind: str) -> Shelf:
        """The sealed bytes of one kind."""

    def wheel(self, path: Path) -> Wheel:
        """Read a wheel and verify it."""


def shown(url: str) -> str:
    """A URL as messages show it: without a user's name and password."""
    scheme, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}"
