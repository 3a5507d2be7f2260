"""What projects declare: requirements as tables, groups, conflicts, the manifest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from repackage.lock._artifacts import read_hash
from repackage.lock._fields import (
    Malformed,
    Table,
    converted,
    kind_of,
    marker,
    name,
    named,
    only,
    optional,
    specifiers,
    strings,
    tables,
)
from repackage.lock._model import (
    BuildConstraint,
    ConflictItem,
    Declaration,
    Declarations,
    Manifest,
)
from repackage.lock._modifiers import read_excludes, read_overrides, read_static

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from repackage.lock._model import DefaultGroups, Git, Source
    from repackage.lock._sources import Sources

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_LOCAL = ("url", "path", "directory", "editable", "virtual")
_ITEM = frozenset({"package", "extra", "group"})


def required_name(table: Table, key: str) -> NormalizedName:
    """The name at a key that must be there."""
    found = converted(table, key, name)
    if found is None:
        raise Malformed("missing", key=key)
    return found


def url(text: str) -> str:
    """Check that a text begins as URLs do."""
    if not _URL.match(text):
        raise ValueError(f"{text!r} is not a URL")
    return text


def read_default_groups(table: Table) -> DefaultGroups:
    """Read ``default-groups``: names, or ``"all"``."""
    value = table.get("default-groups")
    if value is None or value == "all":
        return cast("DefaultGroups", value)
    return strings(table, "default-groups", name)


def read_group_requires_python(table: Table) -> dict[NormalizedName, SpecifierSet]:
    """Read ``group-requires-python``."""

    def bound(values: Table, group: str) -> SpecifierSet:
        return converted(values, group, specifiers) or specifiers("")

    return named(table, "group-requires-python", bound)


def read_conflicts(table: Table) -> tuple[tuple[ConflictItem, ...], ...]:
    """Read ``conflicts``: sets of which at most one item may be active."""
    found = []
    for number, items in enumerate(optional(table, "conflicts", list) or ()):
        key = f"conflicts[{number}]"
        if type(items) is not list:
            raise Malformed(f"expected an array, not {kind_of(items)}", key=key)
        members = tables({key: items}, key, _read_item)
        if len(set(members)) != len(members) or len(members) < 2:  # noqa: PLR2004 - a pair at least
            raise Malformed("needs two different items at the least", key=key)
        found.append(members)
    return tuple(found)


def _read_item(table: Table) -> ConflictItem:
    only(table, _ITEM)
    package = required_name(table, "package")
    extra, group = converted(table, "extra", name), converted(table, "group", name)
    if extra is not None and group is not None:
        raise Malformed("names both an extra and a group")
    return ConflictItem(package=package, extra=extra, group=group)


@dataclass(frozen=True, slots=True)
class DeclarationReader:
    """Reads requirements, which may name sources beside the lock."""

    sources: Sources

    def requirement(self, table: Table) -> Declaration:
        """Read one requirement; of its index it matters only that it is one."""
        converted(table, "index", url)
        return Declaration(
            name=required_name(table, "name"),
            extras=strings(table, "extras", name),
            specifier=converted(table, "specifier", specifiers),
            marker=converted(table, "marker", marker) or "",
            source=self._source(table),
        )

    def metadata(self, table: Table) -> Declarations | None:
        """Read ``[package.metadata]``, if it is there."""
        value = optional(table, "metadata", dict)
        if value is None:
            return None
        try:
            return Declarations(
                requires_dist=tables(value, "requires-dist", self.requirement),
                provides_extras=(
                    strings(value, "provides-extras", name)
                    if "provides-extras" in value
                    else None
                ),
                requires_dev=self.groups(value, "requires-dev"),
            )
        except Malformed as error:
            raise error.under("metadata") from error

    def groups(self, table: Table, key: str) -> dict[NormalizedName, tuple[Declaration, ...]]:
        """Read a table of dependency groups; ``dependency-groups`` is an accepted alias."""
        spelt = key if key in table else "dependency-groups"
        return named(
            table, spelt, lambda values, group: tables(values, group, self.requirement)
        )

    def manifest(self, table: Table) -> Manifest:
        """Read ``[manifest]``."""
        return Manifest(
            requirements=tables(table, "requirements", self.requirement),
            dependency_groups=self.groups(table, "dependency-groups"),
            default_groups=read_default_groups(table),
            group_requires_python=read_group_requires_python(table),
            constraints=tables(table, "constraints", self.requirement),
            overrides=read_overrides(table, self.requirement),
            excludes=read_excludes(table),
            static_metadata=read_static(table),
            build_constraints=tables(table, "build-constraints", self._build_constraint),
        )

    def _build_constraint(self, table: Table) -> BuildConstraint:
        return BuildConstraint(
            declaration=self.requirement(table), hashes=strings(table, "hashes", read_hash)
        )

    def _source(self, table: Table) -> Source | None:
        if "git" in table:
            return self._unresolved_git(table)
        if any(kind in table for kind in _LOCAL):
            return self.sources.read({key: table[key] for key in table if key != "registry"})
        return None

    def _unresolved_git(self, table: Table) -> Git:
        """A declaration need not name a commit yet."""
        written = optional(table, "git", str) or ""
        known = written if "#" in written else f"{written}#{'0' * 40}"
        return cast("Git", self.sources.read({"git": known}))
