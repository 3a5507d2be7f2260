"""What was asked for: extras and groups, in uv's terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from repackage.errors import Problems, did_you_mean
from repackage.lock import SourceTree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from packaging.utils import NormalizedName

    from repackage.lock import Lock, LockedPackage


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Extras and groups of the root wheel's project. Exclusions win over inclusions.

    Other than with uv, default groups are off: ``dev`` has no place in a package.
    """

    extras: tuple[str, ...] = ()
    all_extras: bool = False
    no_extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    all_groups: bool = False
    only_groups: tuple[str, ...] = ()
    """Groups without the project's own dependencies."""
    no_groups: tuple[str, ...] = ()
    default_groups: bool = False

    @property
    def production(self) -> bool:
        """Whether the project's own dependencies are wanted."""
        return not self.only_groups

    @property
    def named_extras(self) -> frozenset[NormalizedName]:
        """The extras that were asked for by name."""
        return _names(self.extras) - _names(self.no_extras)

    @property
    def named_groups(self) -> frozenset[NormalizedName]:
        """The groups that were asked for by name."""
        return _names(self.groups + self.only_groups) - _names(self.no_groups)

    def wants_extra(self, extra: NormalizedName) -> bool:
        """Whether an extra of this name is asked for."""
        wanted = self.all_extras or extra in _names(self.extras)
        return wanted and extra not in _names(self.no_extras)

    def extras_among(self, known: Iterable[NormalizedName]) -> tuple[NormalizedName, ...]:
        """The extras of a project that are asked for, sorted."""
        return tuple(sorted(extra for extra in known if self.wants_extra(extra)))

    def groups_among(
        self, known: Iterable[NormalizedName], *, defaults: Collection[NormalizedName]
    ) -> tuple[NormalizedName, ...]:
        """The groups of a project that are asked for, sorted."""
        wanted = self.named_groups
        return tuple(
            sorted(
                group
                for group in known
                if (self.all_groups or group in wanted or group in defaults)
                and group not in _names(self.no_groups)
            )
        )

    def defaults_of(self, package: LockedPackage) -> tuple[NormalizedName, ...]:
        """The default groups of a project, if they are asked for at all."""
        if not self.default_groups or not self.production:
            return ()
        match package.default_groups:
            case None:
                return (canonicalize_name("dev"),)
            case "all":
                return tuple(package.dev_dependencies)
            case groups:
                return groups

    def check_extras(
        self, known: Collection[NormalizedName], *, of: str, problems: Problems
    ) -> None:
        """Note the extras that are asked for and do not exist."""
        for extra in sorted(_names(self.extras + self.no_extras) - set(known)):
            problems.add(f"{of} has no extra {extra!r}", advice=did_you_mean(extra, known))

    def check_groups(
        self, known: Collection[NormalizedName], *, of: str, problems: Problems
    ) -> None:
        """Note the groups that are asked for and do not exist."""
        asked = _names(self.groups + self.only_groups + self.no_groups)
        for group in sorted(asked - set(known)):
            problems.add(
                f"{of} has no dependency group {group!r}", advice=did_you_mean(group, known)
            )


def declared_groups(package: LockedPackage) -> frozenset[NormalizedName]:
    """The groups that a package has, empty ones included where the lock records them."""
    declared = package.declarations.requires_dev if package.declarations else {}
    return frozenset(package.dev_dependencies) | frozenset(declared)


def workspace_root(lock: Lock) -> LockedPackage | None:
    """The package at the root of the workspace, if it is a project."""
    for package in lock.packages:
        match package.id.source:
            case SourceTree(kind="directory", path=path) if package.name not in lock.members:
                continue
            case SourceTree(path=path) if path == lock.directory:
                return package
            case _:
                continue
    return None


def _names(written: Iterable[str]) -> frozenset[NormalizedName]:
    return frozenset(map(canonicalize_name, written))
