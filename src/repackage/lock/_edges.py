"""The entries of dependency lists, each tied to the one package that it names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.markers import Marker

from repackage.errors import did_you_mean
from repackage.lock._declarations import required_name
from repackage.lock._fields import (
    Malformed,
    Table,
    converted,
    marker,
    name,
    strings,
    tables,
    version,
)
from repackage.lock._model import Edge, LockedPackage, PackageId, SourceTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from repackage.lock._sources import Sources


@dataclass(frozen=True, slots=True)
class EdgeReader:
    """Reads edges; they may leave out what the name alone decides."""

    by_name: Mapping[NormalizedName, tuple[LockedPackage, ...]]
    sources: Sources

    def read(self, table: Table, key: str) -> tuple[Edge, ...]:
        """Read a dependency list, in which no edge may stand twice."""
        written = tables(table, key, self._edge)
        seen: dict[object, set[str]] = {}
        for number, edge in enumerate(written):
            markers = seen.setdefault((edge.target, frozenset(edge.extras)), set())
            if edge.marker in markers or (markers and _is_among(edge.marker, markers)):
                raise Malformed(f"{edge.target.name!r} is there twice", key=f"{key}[{number}]")
            markers.add(edge.marker)
        return tuple(map(self._without_unknown_extras, written))

    def _edge(self, table: Table) -> Edge:
        return Edge(
            target=self._target(table),
            extras=strings(table, "extra", name),
            marker=converted(table, "marker", marker) or "",
        )

    def _target(self, table: Table) -> PackageId:
        wanted = required_name(table, "name")
        candidates = self.by_name.get(wanted, ())
        if not candidates:
            raise Malformed(
                f"{wanted!r} is no package of this lock",
                advice=did_you_mean(wanted, self.by_name),
            )
        if len(candidates) == 1 and "source" not in table and "version" not in table:
            return candidates[0].id
        source = self.sources.of(table)
        found = converted(table, "version", version)
        if len(candidates) > 1 and (
            source is None or (found is None and not isinstance(source, SourceTree))
        ):
            raise Malformed(f"{wanted!r} is ambiguous: it needs a version and a source")
        for candidate in candidates:
            if (source is None or candidate.id.source == source) and (
                candidate.id.version == found or (found is None and len(candidates) == 1)
            ):
                return candidate.id
        raise Malformed(f"{wanted!r} is not in this lock with that version and source")

    def _without_unknown_extras(self, edge: Edge) -> Edge:
        """Drop extras without a section in the target, as uv does on reading."""
        if not edge.extras:
            return edge
        candidates = self.by_name[edge.target.name]
        target = next(package for package in candidates if package.id == edge.target)
        kept = tuple(extra for extra in edge.extras if extra in target.optional_dependencies)
        return replace(edge, extras=kept)


def _is_among(marker: str, others: Iterable[str]) -> bool:
    """Whether a marker says the same as another one, though its text may be another."""
    return bool(marker) and any(other and Marker(other) == Marker(marker) for other in others)
