"""What fetching is told, what it reports to, and what it asks of the store."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from repackage.network import patience, retries
from repackage.source import Workshop

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from packaging.utils import NormalizedName

    from repackage.fetch._digest import Memory
    from repackage.lock import Hash

#: The most that is downloaded of an artifact whose size the lock does not tell: 4 GiB.
LARGEST = 4 << 30


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchSettings:
    """How artifacts are looked for."""

    find_links: tuple[Path, ...] = ()
    """Directories of wheels, asked before the network."""
    offline: bool = False
    """Nothing but the store, ``find_links`` and files of this machine."""
    jobs: int = 16
    """Downloads at the same time; latency, not bandwidth, is what it hides."""
    timeout: float = field(default_factory=patience)
    """Seconds that a server may be silent."""
    retries: int = field(default_factory=retries)
    """Further tries after one that failed for a reason that may pass."""
    backoff: float = 0.5
    """Seconds before the first further try; each later one waits twice as long."""
    project: Path | None = None
    """Directory of the lock: its ``pyproject.toml`` tells the names of indexes."""
    constraints: tuple[str, ...] = ()
    """Lines of a constraints file for the requirements of back ends."""
    own: frozenset[NormalizedName] = frozenset()
    """Distributions that no index has; no back end may require one of that name."""
    epoch: int = 0
    """``SOURCE_DATE_EPOCH`` for the building of source trees, which have no date."""
    builders: int = field(default_factory=lambda: os.cpu_count() or 1)
    """Builds at the same time."""


class Progress(Protocol):
    """Is told how downloads get on, from several threads."""

    def start(self, name: str, total: int | None) -> None:
        """A download begins; ``total`` is in bytes, if it is known."""

    def advance(self, name: str, count: int) -> None:
        """``count`` more bytes are here; negative when a download starts over."""

    def finish(self, name: str) -> None:
        """The artifact is here and verified."""

    def note(self, what: str) -> None:
        """Something is about to be built."""


class Artifacts(Workshop, Protocol):
    """What is asked of the store: :class:`repackage.store.Store` offers it."""

    @property
    def seen(self) -> Memory:
        """The memory of files that were hashed."""

    def partial(self, key: str) -> AbstractContextManager[Path]:
        """Hold the unfinished download of a key, alone among all processes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """An artifact that only the network has."""

    name: NormalizedName
    filename: str
    url: str
    hash: Hash | None
    size: int | None
    index: str = ""
    """URL of the index that the lock names; empty if it is not from an index."""

    @property
    def limit(self) -> int:
        """The most bytes that will be read."""
        return LARGEST if self.size is None else self.size


class Silent:
    """Progress that nobody watches."""

    def start(self, name: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, name: str, count: int) -> None:
        """Say nothing."""

    def finish(self, name: str) -> None:
        """Say nothing."""

    def note(self, what: str) -> None:
        """Say nothing."""
