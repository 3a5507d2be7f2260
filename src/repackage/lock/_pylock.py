"""``pylock.toml`` (:pep:`751`): a flat list of packages, in the nouns of a lock.

``packaging.pylock`` parses and validates. What is beyond it is checked here: digests,
commits, paths, and markers that could not be evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from packaging.pylock import Pylock, PylockUnsupportedVersionError, PylockValidationError
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from repackage.errors import LockError, Problems
from repackage.lock._fields import Malformed, Table, name, within
from repackage.lock._model import Edge, Lock, LockedPackage, PackageId, SourceTree
from repackage.lock._packages import group_by_name
from repackage.lock._pylock_source import SourceReader, check_marker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from packaging.pylock import Package
    from packaging.utils import NormalizedName

    from repackage.lock._sources import Sources

_KNOWN = Version("1.0")


def read_pylock(table: Table, path: Path, sha256: str, *, sources: Sources) -> Lock:
    """Read a ``pylock.toml`` of any version 1; a newer minor version is only remarked on."""
    parsed, notes = _parsed(table)
    packages = _Packages(path, SourceReader(sources), anew(table)).read(parsed.packages)
    packages = _with_edges(packages, table)
    return Lock(
        path=path,
        sha256=sha256,
        kind="pylock",
        revision=0,
        requires_python=parsed.requires_python or SpecifierSet(),
        resolution_markers=(),
        supported_markers=_environments(parsed),
        conflicts=(),
        members=tuple(p.name for p in packages if isinstance(p.id.source, SourceTree)),
        extras=tuple(parsed.extras or ()),
        dependency_groups=_names(parsed.dependency_groups, "dependency-groups"),
        default_groups=_names(parsed.default_groups, "default-groups"),
        created_by=parsed.created_by,
        notes=notes,
        packages=packages,
        by_id={package.id: package for package in packages},
        by_name=group_by_name(packages),
    )


def anew(table: Table) -> str:
    """Advise to have the lock written again, by whom it says it was written."""
    tool = table.get("created-by")
    with_what = f"with {tool}" if type(tool) is str and tool else "with the tool that made it"
    return f"lock, or export the lock, anew {with_what}"


def _parsed(table: Table) -> tuple[Pylock, tuple[str, ...]]:
    """Let ``packaging`` validate; of a newer minor version it would say so to the log only."""
    notes: tuple[str, ...] = ()
    if _is_newer(table.get("lock-version")):
        found = table["lock-version"]
        notes = (f"the lock has version {found}: what that has beyond 1.0 is not understood",)
        table = {**table, "lock-version": "1.0"}
    try:
        return Pylock.from_dict(table), notes
    except PylockUnsupportedVersionError as error:
        raise Malformed(
            f"unsupported version ({table['lock-version']!r}; only 1 is known)",
            key="lock-version",
            advice="a newer repackage may read it, or its tool may write version 1",
        ) from error
    except PylockValidationError as error:
        said = error.message.partition("\n")[0]
        what = said[:1].lower() + said[1:]
        raise Malformed(what, key=error.context or "", advice=anew(table)) from error


def _is_newer(written: object) -> bool:
    """Whether this is a version 1 beyond the known one."""
    try:
        version = Version(written) if type(written) is str else _KNOWN
    except ValueError:  # InvalidVersion is one; so is a number of thousands of digits
        return False
    return version > _KNOWN and version.major == _KNOWN.major and not version.epoch


def _environments(parsed: Pylock) -> tuple[str, ...]:
    found = []
    for number, marker in enumerate(parsed.environments or ()):
        with within(f"environments[{number}]"):
            found.append(check_marker(marker, "requirement"))
    return tuple(found)


def _names(written: Sequence[str] | None, key: str) -> tuple[NormalizedName, ...]:
    try:
        return tuple(map(name, written or ()))
    except ValueError as error:
        raise Malformed(str(error), key=key) from error


@dataclass(frozen=True, slots=True)
class _Packages:
    """Reads the packages of one lock and collects what is wrong with each."""

    path: Path
    sources: SourceReader
    advice: str
    problems: Problems = field(default_factory=Problems)

    def read(self, packages: Sequence[Package]) -> tuple[LockedPackage, ...]:
        """Read every package; all that is wrong with any of them is told at once."""
        found = [
            read
            for number, package in enumerate(packages)
            for read in self._read_or_problem(package, f"packages[{number}]")
        ]
        self.problems.raise_if_any(LockError)
        return tuple(found)

    def _read_or_problem(self, package: Package, key: str) -> tuple[LockedPackage] | tuple[()]:
        try:
            return (self._read(package, key),)
        except Malformed as error:
            seen = error.under(key)
            where = f"{self.path}: {seen.key}"
            self.problems.add(seen.what, where=where, advice=seen.advice or self.advice)
            return ()

    def _read(self, package: Package, key: str) -> LockedPackage:
        origin = self.sources.read(package, key=key)
        marker = ""
        if package.marker is not None:
            with within("marker"):
                marker = check_marker(package.marker, "lock_file")
        return LockedPackage(
            id=PackageId(name=package.name, version=package.version, source=origin.source),
            key=key,
            resolution_markers=(),
            dependencies=(),
            optional_dependencies={},
            dev_dependencies={},
            wheels=origin.wheels,
            sdist=origin.sdist,
            default_groups=(),
            group_requires_python={},
            declarations=None,
            marker=marker,
            requires_python=package.requires_python,
        )


def _with_edges(packages: tuple[LockedPackage, ...], table: Table) -> tuple[LockedPackage, ...]:
    """Tie ``dependencies`` to the entries that they describe, key by key.

    They tell who needs what, and decide nothing: what describes no entry is left out.
    """
    written: Sequence[Mapping[str, object]] = table["packages"]  # type: ignore[assignment]  # validated by packaging
    entries: dict[object, list[tuple[Mapping[str, object], PackageId]]] = {}
    for raw, package in zip(written, packages, strict=True):
        entries.setdefault(raw["name"], []).append((raw, package.id))

    def edges(raw: Mapping[str, object]) -> Iterator[Edge]:
        described: Sequence[Mapping[str, object]] = raw.get("dependencies") or ()  # type: ignore[assignment]  # validated by packaging
        for description in described:
            for entry, identity in entries.get(description.get("name"), ()):
                if _describes(description, entry):
                    yield Edge(target=identity, extras=(), marker="")

    return tuple(
        replace(package, dependencies=tuple(edges(raw)))
        for raw, package in zip(written, packages, strict=True)
    )


def _describes(description: object, entry: object) -> bool:
    """Whether each key of a description has the entry's value."""
    if isinstance(description, dict) and isinstance(entry, dict):
        return all(
            key in entry and _describes(value, entry[key]) for key, value in description.items()
        )
    return description == entry
