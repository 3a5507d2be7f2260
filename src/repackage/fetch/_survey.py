"""What is at hand, what will be built, and what nobody but the user can bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.closure import FromSource
from repackage.errors import Problem
from repackage.fetch._wheelhouse import Ambiguous, why_not
from repackage.lock import DirectUrl, Git, LocalArchive, RegistryPath, RegistryUrl, SourceTree
from repackage.source import Commit, Directory, Order, Sdist, interpreter_for, unbuildable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.utils import NormalizedName

    from repackage.closure import Closure, Pin
    from repackage.fetch._wheelhouse import Wheelhouse
    from repackage.lock import LockedFile
    from repackage.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class ToBuild:
    """A wheel that will be built here."""

    pin: Pin
    sdist: LockedFile | None
    """The archive to build it from. None: the source of the pin is no archive."""

    def __str__(self) -> str:
        if self.sdist is not None:
            return f"the sdist {self.sdist.filename}"
        match self.pin.source:
            case SourceTree(path=path):
                return str(Directory(path=path))
            case Git() as git:
                return str(Commit(git=git))
            case _ as source:
                raise ValueError(f"nothing can be built from {source!r}")

    def order(self, sdist: Path | None) -> Order:
        """What to build, once the archive is here."""
        match self.pin.source:
            case SourceTree(path=path):
                origin: Directory | Commit | Sdist = Directory(path=path)
            case Git(path="") as git:
                origin = Commit(git=git)
            case source:
                below = source.subdirectory if isinstance(source, Git | DirectUrl) else ""
                if sdist is None:
                    raise ValueError(f"the archive of {self.pin.name} is not here")
                origin = Sdist(path=sdist, subdirectory=below)
        return Order(name=self.pin.name, version=self.pin.version, origin=origin)


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """How each pin without a locked wheel is had."""

    given: Mapping[NormalizedName, Path]
    """From a directory of wheels."""
    to_build: Mapping[NormalizedName, ToBuild]
    missing: tuple[Problem, ...]
    """For each of the others, how to have it."""


def survey(closure: Closure, *, wheelhouse: Wheelhouse, target: Target) -> Survey:
    """Decide for every pin without a locked wheel: one that is given, or one to build."""
    given: dict[NormalizedName, Path] = {}
    to_build: dict[NormalizedName, ToBuild] = {}
    missing: list[Problem] = []
    for pin in closure.pins:
        if not isinstance(pin.artifact, FromSource):
            continue
        found = None if pin.artifact.must_build else wheelhouse.given(pin, target)
        match found:
            case None | Problem() if not isinstance(found, Ambiguous):
                match _build(pin, pin.artifact, target, complaint=found):
                    case ToBuild() as build:
                        to_build[pin.name] = build
                    case problem:
                        missing.append(problem)
            case Problem():
                missing.append(found)
            case path:
                given[pin.name] = path
    return Survey(given=given, to_build=to_build, missing=tuple(missing))


def _build(
    pin: Pin, artifact: FromSource, target: Target, *, complaint: Problem | None
) -> ToBuild | Problem:
    """Plan a build, if there is something to build, and it could fit the target."""
    problem = complaint or why_not(pin, target)
    match pin.source:
        case SourceTree(path=path) if not _is_project(path):
            return Problem(
                what=f"{problem.what}, and no source tree to build it from",
                where=str(path),
                advice=problem.advice,
            )
        case SourceTree() | Git(path=""):
            pass
        case RegistryUrl() | RegistryPath() | DirectUrl() | LocalArchive() | Git():
            if artifact.sdist is None:
                return problem
    build = ToBuild(pin=pin, sdist=artifact.sdist)
    if artifact.impure and not interpreter_for(target.python).builds_for(target):
        return unbuildable(f"{pin.name} {pin.version}", target)
    return build


def _is_project(path: Path) -> bool:
    return any((path / name).is_file() for name in ("pyproject.toml", "setup.py"))
