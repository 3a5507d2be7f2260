"""The lock as typed, frozen facts: a graph of pins, no policy.

Shapes for everything that ``uv.lock`` version 1 can say, revisions 0 to 5, and what
``pylock.toml`` version 1 says beyond that: it has no graph, but markers of packages.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.lock._digest import Algorithm
    from repackage.lock._modifiers import Exclude, Override, StaticMetadata


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryUrl:
    """An index, by its URL."""

    url: str
    """Empty where a pylock.toml does not tell."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryPath:
    """A flat index: a directory of wheels. Absolute; relative ones are resolved."""

    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Git:
    """A commit of a repository."""

    url: str
    commit: str
    """40 hexadecimal digits."""
    subdirectory: str = ""
    path: str = ""
    """An archive inside the repository, or empty."""
    lfs: bool = False
    reference: str = ""
    """The tag, branch or revision that was asked for, as ``tag=v1``; or empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DirectUrl:
    """An archive by its URL."""

    url: str
    subdirectory: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalArchive:
    """A wheel or sdist file on disk. Absolute."""

    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceTree:
    """A source tree on disk: a workspace member or a path dependency. Absolute."""

    kind: Literal["directory", "editable", "virtual"]
    path: Path


Source = RegistryUrl | RegistryPath | Git | DirectUrl | LocalArchive | SourceTree


@dataclass(frozen=True, kw_only=True, slots=True)
class Hash:
    """A digest of a whole file, as the lock records it."""

    algorithm: Algorithm
    digest: str
    """Lower-case hexadecimal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedFile:
    """A wheel or sdist that the lock lists."""

    filename: str
    location: str | Path | None
    """A URL (str), an absolute path, or nothing where the package's source says it."""
    hash: Hash | None
    size: int | None
    """Bytes."""
    key: str
    """Where it stands in the lock, for messages: ``package[3].wheels[0]``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageId:
    """What identifies a package of a lock."""

    name: NormalizedName
    version: Version | None
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """One entry of a dependency list, already tied to the package that it names."""

    target: PackageId
    extras: tuple[NormalizedName, ...]
    marker: str
    """As written; empty means always."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Declarations:
    """``[package.metadata]``: what the project itself declared when it was locked."""

    requires_dist: tuple[Declaration, ...]
    provides_extras: tuple[NormalizedName, ...] | None
    """None before revision 1: not recorded."""
    requires_dev: Mapping[NormalizedName, tuple[Declaration, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """A requirement as the lock spells it: a table, not PEP 508 text."""

    name: NormalizedName
    extras: tuple[NormalizedName, ...] = ()
    specifier: SpecifierSet | None = None
    marker: str = ""
    source: Source | None = None
    """None: from an index."""


DefaultGroups = tuple["NormalizedName", ...] | Literal["all"] | None
"""None: not said; that is ``("dev",)`` from revision 5 on, and unknown before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedPackage:
    """A ``[[package]]``."""

    id: PackageId
    key: str
    """``package[3]``, for messages."""
    resolution_markers: tuple[str, ...]
    dependencies: tuple[Edge, ...]
    optional_dependencies: Mapping[NormalizedName, tuple[Edge, ...]]
    dev_dependencies: Mapping[NormalizedName, tuple[Edge, ...]]
    wheels: tuple[LockedFile, ...]
    sdist: LockedFile | None
    default_groups: DefaultGroups
    group_requires_python: Mapping[NormalizedName, SpecifierSet]
    declarations: Declarations | None
    marker: str = ""
    """Of a pylock.toml: when the package is installed; empty means always."""
    requires_python: SpecifierSet | None = None
    """Of a pylock.toml: what the package asks of Python."""

    @property
    def name(self) -> NormalizedName:
        """The normalised name."""
        return self.id.name


@dataclass(frozen=True, kw_only=True, slots=True)
class ConflictItem:
    """An extra, a group, or the production set of one package (neither)."""

    package: NormalizedName
    extra: NormalizedName | None = None
    group: NormalizedName | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """``[manifest]``: what was locked beside the declarations of the members."""

    requirements: tuple[Declaration, ...] = ()
    """Roots that belong to no member: a script's dependencies, for one."""
    dependency_groups: Mapping[NormalizedName, tuple[Declaration, ...]] = field(
        default_factory=dict
    )
    """Groups of a workspace root without ``[project]``."""
    default_groups: DefaultGroups = None
    group_requires_python: Mapping[NormalizedName, SpecifierSet] = field(default_factory=dict)
    constraints: tuple[Declaration, ...] = ()
    overrides: tuple[Override, ...] = ()
    excludes: tuple[Exclude, ...] = ()
    static_metadata: tuple[StaticMetadata, ...] = ()
    """``dependency-metadata``."""
    build_constraints: tuple[BuildConstraint, ...] = ()
    """Of what back ends require, wherever something is built."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildConstraint:
    """What a requirement of a back end must be, if there is one of that name."""

    declaration: Declaration
    hashes: tuple[Hash, ...] = ()
    """Of which its file must have one; none: any file will do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """A whole lock: facts about which versions were tested together."""

    path: Path
    sha256: str
    """Of the lock file's bytes."""
    kind: Literal["uv", "pylock"] = "uv"
    """``pylock``: a flat list by :pep:`751`; its edges are information, never followed."""
    revision: int
    """Of a uv.lock."""
    requires_python: SpecifierSet
    resolution_markers: tuple[str, ...]
    supported_markers: tuple[str, ...]
    conflicts: tuple[tuple[ConflictItem, ...], ...]
    members: tuple[NormalizedName, ...]
    """Workspace members; of a single project, just that one. Of a pylock.toml: its trees."""
    manifest: Manifest = field(default_factory=Manifest)
    extras: tuple[NormalizedName, ...] = ()
    """Of a pylock.toml: those that its markers may ask for."""
    dependency_groups: tuple[NormalizedName, ...] = ()
    """Of a pylock.toml: those that its markers may ask for."""
    default_groups: tuple[NormalizedName, ...] = ()
    """Of a pylock.toml: names for what the project itself depends on, no groups of it."""
    created_by: str = ""
    """Of a pylock.toml: the tool that wrote it."""
    notes: tuple[str, ...] = ()
    """What someone should know who relies on the lock."""
    packages: tuple[LockedPackage, ...]
    by_id: Mapping[PackageId, LockedPackage] = field(repr=False)
    by_name: Mapping[NormalizedName, tuple[LockedPackage, ...]] = field(repr=False)

    @property
    def directory(self) -> Path:
        """Where the lock lies: absolute, and ``..`` resolved as its own paths are."""
        return Path(os.path.normpath(self.path.absolute().parent))
