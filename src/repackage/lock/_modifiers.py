"""What ``[manifest]`` changes in the metadata of others: overrides, excludes, static metadata.

It is baked into the edges already. Whoever reads a Requires-Dist of what is installed needs
it, because the lock contradicts such metadata on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from repackage.lock._fields import (
    Malformed,
    Table,
    converted,
    kind_of,
    name,
    only,
    optional,
    required,
    specifiers,
    strings,
    tables,
    version,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.lock._model import Declaration

_SCOPED = frozenset({"package", "dependencies"})
_SCOPE = frozenset({"name", "version"})
_STATIC = frozenset({"name", "version", "requires-dist", "requires-python", "provides-extras"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The package whose own requirements are meant."""

    name: NormalizedName
    version: Version | None = None
    """None: whatever version it has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """Requirements that stand in for those of the same names."""

    scope: Scope | None = None
    """None: in every package."""
    dependencies: tuple[Declaration, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclude:
    """Requirements that are left out."""

    scope: Scope | None = None
    """None: in every package."""
    dependencies: tuple[NormalizedName, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StaticMetadata:
    """Metadata that the resolver was given instead of those of the package itself."""

    name: NormalizedName
    version: Version | None = None
    """None: of every version."""
    requires_dist: tuple[Requirement, ...] = ()
    requires_python: SpecifierSet | None = None


def read_overrides(
    table: Table, requirement: Callable[[Table], Declaration]
) -> tuple[Override, ...]:
    """Read ``overrides``: requirements, or those of one package."""

    def entry(value: Table) -> Override:
        if "name" in value or "package" not in value:
            return Override(dependencies=(requirement(value),))
        scope = _scope(value)
        return Override(scope=scope, dependencies=tables(value, "dependencies", requirement))

    return tables(table, "overrides", entry)


def read_excludes(table: Table) -> tuple[Exclude, ...]:
    """Read ``excludes``: names, or those that one package requires."""
    values = optional(table, "excludes", list) or ()
    return tuple(_exclude(value, at=number) for number, value in enumerate(values))


def read_static(table: Table) -> tuple[StaticMetadata, ...]:
    """Read ``dependency-metadata``."""
    return tables(table, "dependency-metadata", _static)


def _exclude(value: object, *, at: int) -> Exclude:
    key = f"excludes[{at}]"
    if type(value) is str:
        found = converted({key: value}, key, name)
        return Exclude(dependencies=() if found is None else (found,))
    if type(value) is not dict:
        raise Malformed(f"expected a string or a table, not {kind_of(value)}", key=key)
    try:
        return Exclude(scope=_scope(value), dependencies=strings(value, "dependencies", name))
    except Malformed as error:
        raise error.under(key) from error


def _scope(value: Table) -> Scope:
    """Read ``package`` of a scoped entry: unlike other tables, it is a closed one."""
    only(value, _SCOPED)
    required(value, "dependencies", list)
    package: Table = required(value, "package", dict)
    try:
        only(package, _SCOPE)
        required(package, "name", str)
        found = converted(package, "name", name)
        release = converted(package, "version", version)
    except Malformed as error:
        raise error.under("package") from error
    assert found is not None  # noqa: S101 - it is required
    return Scope(name=found, version=release)


def _static(value: Table) -> StaticMetadata:
    only(value, _STATIC)
    required(value, "name", str)
    found = converted(value, "name", name)
    assert found is not None  # noqa: S101 - it is required
    return StaticMetadata(
        name=found,
        version=converted(value, "version", version),
        requires_dist=strings(value, "requires-dist", _requirement),
        requires_python=converted(value, "requires-python", specifiers),
    )


def _requirement(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement:
        raise ValueError(f"{text!r} is not a requirement") from None
