"""Wheels in directories: ``--find-links``, and what was built beside the root wheel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from repackage.errors import FetchError, Problem, Problems
from repackage.fetch._digest import differs
from repackage.lock import (
    DirectUrl,
    Git,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    SourceTree,
)
from repackage.network import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from packaging.tags import Tag
    from packaging.utils import BuildTag, NormalizedName
    from packaging.version import Version

    from repackage.closure import Pin
    from repackage.fetch._digest import Memory
    from repackage.lock import LockedFile
    from repackage.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    """A wheel of the directories, by what its name says."""

    path: Path
    name: NormalizedName
    version: Version
    build: BuildTag
    tags: frozenset[Tag]


class Ambiguous(Problem):
    """Of several wheels that are given, only the user knows which is meant."""


@dataclass(frozen=True, slots=True)
class Wheelhouse:
    """The files of some directories; of two with one name, the first directory's counts."""

    files: Mapping[str, Path]

    @classmethod
    def of(cls, directories: Sequence[Path]) -> Wheelhouse:
        """List the directories once."""
        problems = Problems()
        files: dict[str, Path] = {}
        for directory in directories:
            try:
                found = sorted(directory.iterdir())
            except (OSError, ValueError) as error:  # the latter: a NUL in the name
                reason = (getattr(error, "strerror", None) or str(error)).lower()
                problems.add(
                    f"cannot look for wheels there: {reason}",
                    where=str(directory),
                    advice="--find-links names a directory of wheels",
                )
                continue
            for path in found:
                if path.is_file():
                    files.setdefault(path.name, path)
        problems.raise_if_any(FetchError)
        return cls(files)

    def find(self, file: LockedFile, *, seen: Memory) -> tuple[Path | None, str]:
        """Find a locked file by name and digest; else say what is wrong with its namesake."""
        path = self.files.get(file.filename)
        if path is None or file.hash is None:
            return path, ""
        try:
            difference = differs(path, file.hash, seen=seen)
        except OSError as error:
            return None, f"{path} cannot be read: {error.strerror or error}"
        return (None, f"{path} {difference}") if difference else (path, "")

    def names(self) -> frozenset[tuple[NormalizedName, Version]]:
        """Name the distributions of which there is a wheel."""
        return frozenset((found.name, found.version) for found in self._wheels())

    def given(self, pin: Pin, target: Target) -> Path | Problem:
        """Choose the wheel of a pin that no index has, or say why none will do."""
        named = [found for found in self._wheels() if found.name == pin.name]
        matching = [found for found in named if pin.version in {None, found.version}]
        if not matching and isinstance(pin.source, SourceTree):
            matching = named  # released since it was locked: its version is information
        rank = {tag: position for position, tag in enumerate(target.tags)}
        usable = [found for found in matching if not found.tags.isdisjoint(rank)]
        versions = sorted({found.version for found in usable})
        if len(versions) > 1:
            listed = ", ".join(sorted(found.path.name for found in usable))
            return Ambiguous(
                what=f"several versions of {pin.name!r}, and the lock does not say which: "
                f"{listed}",
                advice="leave one of them in the directory",
            )
        if usable:
            return max(usable, key=lambda found: _preference(found, rank)).path
        return why_not(pin, target, named=named, matching=matching)

    def _wheels(self) -> list[_Candidate]:
        """Parse the names that are wheels'; what else lies there is not our business."""
        wheels = []
        for filename, path in self.files.items():
            try:
                name, version, build, tags = parse_wheel_filename(filename)
            except InvalidWheelFilename:
                continue
            wheels.append(
                _Candidate(path=path, name=name, version=version, build=build, tags=tags)
            )
        return wheels


def _preference(found: _Candidate, rank: Mapping[Tag, int]) -> tuple[int, BuildTag]:
    """The best tag wins, then the highest build tag; none is below any (uv-lock 2.7)."""
    return -min(rank[tag] for tag in found.tags if tag in rank), found.build


def why_not(
    pin: Pin,
    target: Target,
    *,
    named: Sequence[_Candidate] = (),
    matching: Sequence[_Candidate] = (),
) -> Problem:
    """Say which wheels there are instead, and how to have the right one."""
    version = f" {pin.version}" if pin.version else ""
    advice = f"build it: {_recipe(pin)}; --find-links names its directory"
    if matching:
        tags = ", ".join(sorted({str(tag) for found in matching for tag in found.tags}))
        return Problem(
            what=f"no wheel of {pin.name!r}{version} fits {target.name}: there is {tags}",
            advice=f"build one for that target; {advice}",
        )
    if named:
        others = ", ".join(sorted(found.path.name for found in named))
        return Problem(
            what=f"the lock has {pin.name!r}{version}, but only {others} is there",
            advice=f"{advice}; or lock again",
        )
    return Problem(what=f"there is no wheel of {pin.name!r}{version}", advice=advice)


def _recipe(pin: Pin) -> str:
    """The command that builds the wheel of a pin from where the lock takes it."""
    match pin.source:
        case SourceTree(path=path):
            return f"'uv build --wheel {path}'"
        case Git(url=url, commit=commit, subdirectory=below):
            part = f"#subdirectory={below}" if below else ""
            return f"'pip wheel --no-deps \"{pin.name} @ git+{shown(url)}@{commit}{part}\"'"
        case DirectUrl(url=url):
            return f"'pip wheel --no-deps {shown(url)}'"
        case LocalArchive(path=path):
            return f"'pip wheel --no-deps {path}'"
        case RegistryUrl() | RegistryPath():
            return f"'pip wheel --no-deps {pin.name}=={pin.version}'"
