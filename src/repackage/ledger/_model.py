"""The values that a ledger is made of: plain facts, with nothing of the building machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.lock import Hash

#: Counts up whenever a key changes its meaning; keys may be added without.
SCHEMA = 1

LockKind = Literal["uv.lock", "pylock.toml"]
TreeKind = Literal["directory", "editable", "virtual"]
Action = Literal["dropped", "edited", "shared", "skipped"]
Obtained = Literal["application", "locked", "given", "built"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FromIndex:
    """An index, by its URL."""

    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FromDirectory:
    """A flat index: a directory of the building machine, of which nothing is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FromGit:
    """A commit of a repository."""

    url: str
    commit: str
    subdirectory: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FromUrl:
    """An archive by its URL."""

    url: str
    subdirectory: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FromFile:
    """An archive of the building machine, by its name alone."""

    filename: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FromTree:
    """A source tree of the building machine: a member, or a path dependency."""

    kind: TreeKind


Origin = FromIndex | FromDirectory | FromGit | FromUrl | FromFile | FromTree


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The wheel that a distribution was installed from."""

    filename: str
    obtained: Obtained
    """``locked``: the lock lists it. ``given``: with ``--find-links``, for a source that
    the lock has. ``built``: here, from that source. ``application``: the root wheel."""
    hashes: tuple[Hash, ...]
    """SHA-256, and what the lock has beside it."""
    built_from: Hash | None = None
    """Of the locked source distribution; None: there is no such file, or it has no hash."""

    @property
    def sha256(self) -> str:
        """The digest that is always known."""
        return self.digest("sha256")

    def digest(self, algorithm: str) -> str:
        """A digest of it, in hexadecimal; empty if it is not known."""
        known = (each.digest for each in self.hashes if each.algorithm == algorithm)
        return next(known, "")


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Edit:
    """A file that is not there as the wheel has it, and why."""

    path: str
    """In the wheel where something was left out of it, else in the artifact."""
    action: Action
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerEntry:
    """A distribution: where it comes from, and what became of it."""

    name: NormalizedName
    version: Version
    source: Origin | None
    """None: the lock has no entry of it, which is possible for the application."""
    artifact: Evidence
    dist_info: str
    """Path of its ``.dist-info`` directory in the artifact."""
    record: str
    """SHA-256 of its RECORD, which has the digest of each of its files."""
    extras: tuple[NormalizedName, ...] = ()
    required_by: tuple[NormalizedName, ...] = ()
    verdicts: tuple[str, ...] = ()
    """What the check before packaging found; see the reference of verdicts."""
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerTarget:
    """The machine that the artifact is for."""

    name: str
    """``debian-12-x86_64``; ``debian-12`` if it is for every machine of it."""
    python: str
    """As ``--python`` takes it, with its micro version: ``3.11.2``, ``3.13.0t``."""
    platform: str
    """As ``--platform`` takes it: ``manylinux_2_36_x86_64``; or ``any``."""
    arch: str
    """Empty: every machine has the same."""
    distribution: str = ""
    """As ``--target`` takes it: ``debian-12``; empty: a free choice of Python and platform."""
    markers: Mapping[str, str] = field(default_factory=dict)
    """The environment that markers were evaluated in (PEP 508); without
    ``platform_machine`` if it is for every machine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """All that an artifact says of its making."""

    repackage: str
    """The version that made it."""
    application: NormalizedName
    version: Version
    lock_kind: LockKind
    lock_sha256: str
    target: LedgerTarget
    extras: tuple[NormalizedName, ...]
    groups: tuple[NormalizedName, ...]
    production: bool
    """Whether the application's own dependencies are in, not groups alone."""
    policy: str
    overrides: Mapping[NormalizedName, str] = field(default_factory=dict)
    """Policy by distribution, where it is another one."""
    externals: Mapping[NormalizedName, str] = field(default_factory=dict)
    """What is left to the system, and which versions of it may be there; empty: nothing is."""
    entries: tuple[LedgerEntry, ...]
    """Every distribution, the application among them, sorted by name."""

    @property
    def by_name(self) -> dict[NormalizedName, LedgerEntry]:
        """The entries by name."""
        return {entry.name: entry for entry in self.entries}
