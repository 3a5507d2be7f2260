"""``[[package]]``, in two passes: what each is, then which of them its edges name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from repackage.errors import LockError, Problems
from repackage.lock._artifacts import read_sdist, read_wheel
from repackage.lock._declarations import (
    DeclarationReader,
    read_default_groups,
    read_group_requires_python,
    required_name,
)
from repackage.lock._edges import EdgeReader
from repackage.lock._fields import (
    ANEW,
    Malformed,
    Table,
    converted,
    marker,
    named,
    optional,
    strings,
    table_of,
    version,
)
from repackage.lock._model import LockedPackage, PackageId, RegistryPath, RegistryUrl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from packaging.utils import NormalizedName

    from repackage.lock._model import LockedFile
    from repackage.lock._sources import Sources

ByName = dict["NormalizedName", tuple[LockedPackage, ...]]


def group_by_name(packages: Sequence[LockedPackage]) -> ByName:
    """Group packages by name, in the order of the lock."""
    grouped: dict[NormalizedName, list[LockedPackage]] = defaultdict(list)
    for package in packages:
        grouped[package.name].append(package)
    return {name: tuple(versions) for name, versions in grouped.items()}


@dataclass(frozen=True, slots=True)
class PackageReader:
    """Reads the packages of one lock and collects what is wrong with each."""

    path: Path
    sources: Sources
    problems: Problems = field(default_factory=Problems)

    def read(self, tables: Sequence[object]) -> tuple[LockedPackage, ...]:
        """Read every package; its edges name packages that exist."""
        bare = [
            pair
            for number, table in enumerate(tables)
            for pair in self._bare_or_problem(number, table)
        ]
        self.problems.raise_if_any(LockError)
        by_name = group_by_name([package for package, _ in bare])
        self._refuse_twins(by_name)
        self.problems.raise_if_any(LockError)
        edges = EdgeReader(by_name=by_name, sources=self.sources)
        whole = [self._whole_or_problem(package, table, edges) for package, table in bare]
        self.problems.raise_if_any(LockError)
        return tuple(whole)

    def _bare_or_problem(
        self, number: int, table: object
    ) -> tuple[tuple[LockedPackage, Table]] | tuple[()]:
        try:
            checked = table_of(table)
            return ((self._bare(number, checked), checked),)
        except Malformed as error:
            self._note(error.under(f"package[{number}]"))
            return ()

    def _whole_or_problem(
        self, package: LockedPackage, table: Table, edges: EdgeReader
    ) -> LockedPackage:
        try:
            return _with_edges(package, table, edges)
        except Malformed as error:
            self._note(error.under(package.key))
            return package

    def _note(self, error: Malformed) -> None:
        where = f"{self.path}: {error.key}"
        self.problems.add(error.what, where=where, advice=error.advice or ANEW)

    def _refuse_twins(self, by_name: ByName) -> None:
        """Refuse two packages of one name, version and source."""
        for packages in by_name.values():
            for number, package in enumerate(packages):
                if any(package.id == other.id for other in packages[:number]):
                    self.problems.add(
                        f"{package.name!r} is there twice with one version and source",
                        where=f"{self.path}: {package.key}",
                        advice=ANEW,
                    )

    def _bare(self, number: int, table: Table) -> LockedPackage:
        """Read all of a package but its edges."""
        identity = self._identity(table)
        key = f"package[{number}]"
        return LockedPackage(
            id=identity,
            key=key,
            resolution_markers=strings(table, "resolution-markers", marker),
            dependencies=(),
            optional_dependencies=named(table, "optional-dependencies", lambda *_: ()),
            dev_dependencies={},
            wheels=_read_wheels(table, of=identity, key=key),
            sdist=_read_sdist(table, of=identity, key=key),
            default_groups=read_default_groups(table),
            group_requires_python=read_group_requires_python(table),
            declarations=DeclarationReader(self.sources).metadata(table),
        )

    def _identity(self, table: Table) -> PackageId:
        source = self.sources.of(table)
        if source is None:
            raise Malformed("missing", key="source")
        found = converted(table, "version", version)
        if found is None and isinstance(source, RegistryUrl | RegistryPath):
            raise Malformed("missing: a package from an index has one", key="version")
        return PackageId(name=required_name(table, "name"), version=found, source=source)


def _read_wheels(table: Table, *, of: PackageId, key: str) -> tuple[LockedFile, ...]:
    found = []
    for number, wheel in enumerate(optional(table, "wheels", list) or ()):
        at = f"wheels[{number}]"
        try:
            found.append(read_wheel(table_of(wheel), of=of, key=f"{key}.{at}"))
        except Malformed as error:
            raise error.under(at) from error
    return tuple(found)


def _read_sdist(table: Table, *, of: PackageId, key: str) -> LockedFile | None:
    sdist = optional(table, "sdist", dict)
    if sdist is None:
        return None
    try:
        return read_sdist(sdist, of=of, key=f"{key}.sdist")
    except Malformed as error:
        raise error.under("sdist") from error


def _with_edges(package: LockedPackage, table: Table, edges: EdgeReader) -> LockedPackage:
    groups = "dev-dependencies" if "dev-dependencies" in table else "dependency-groups"
    return replace(
        package,
        dependencies=edges.read(table, "dependencies"),
        optional_dependencies=named(table, "optional-dependencies", edges.read),
        dev_dependencies=named(table, groups, edges.read),
    )
