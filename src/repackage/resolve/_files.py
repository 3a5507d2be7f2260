"""Which of the locked files is installed: by tag, then by build tag, then by order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from repackage.closure import FromSource
from repackage.lock import Git, SourceTree
from repackage.resolve._choice import FileChoice
from repackage.resolve._sdists import flaw_of, has_source, sdist_of
from repackage.resolve._unfit import complaint, requirers_of
from repackage.resolve._wheel_names import WheelName

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.closure import Requirer
    from repackage.errors import Problems
    from repackage.lock import Lock, LockedFile, LockedPackage
    from repackage.target import Target


@dataclass(slots=True)
class Chooser:
    """Chooses files for one target; notes every distribution that has none."""

    target: Target
    lock: Lock
    problems: Problems
    files: FileChoice = field(default_factory=FileChoice)
    supplied: Collection[tuple[NormalizedName, Version]] = ()
    _ranks: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._ranks = {str(tag): rank for rank, tag in enumerate(self.target.tags)}

    def choose(
        self, package: LockedPackage, requirers: Sequence[Requirer]
    ) -> LockedFile | FromSource | None:
        """The file of a package, or what it is built from; None where there is neither.

        In uv's order: a wheel that fits, else a source, unless the one or the other is
        refused. A distribution whose wheel is at hand needs neither.
        """
        no_wheel = self.files.refuses_wheels(package.name)
        best = None if no_wheel else self.best(package.wheels)
        if best is not None:
            return self._checked(best, package)
        given = not no_wheel and self._is_supplied(package)
        if has_source(package):
            flaw = "" if given else flaw_of(package)
            if flaw:
                self._note_flaw(package, flaw, requirers)
                return None
            if self._may_build(package):
                return _from_source(package, sdist=sdist_of(package), must_build=no_wheel)
        if given:
            return _from_source(package, sdist=None)
        self._note_unfit(package, requirers)
        return None

    def best(self, wheels: Iterable[LockedFile]) -> LockedFile | None:
        """The wheel with the best tag, then the highest build; of equals, the first."""
        found: LockedFile | None = None
        highest: tuple[int, tuple[int, str]] | None = None
        for wheel in wheels:
            name = WheelName.of(wheel.filename)
            rank = self._rank(name)
            if rank is None:
                continue
            order = (-rank, name.build or (-1, ""))
            if highest is None or order > highest:
                found, highest = wheel, order
        return found

    def _rank(self, name: WheelName) -> int | None:
        if name.variant:
            return None
        ranks = [self._ranks[tag] for tag in name.tags if tag in self._ranks]
        return min(ranks, default=None)

    def _may_build(self, package: LockedPackage) -> bool:
        """Members are built whatever is refused, as for uv: they are the user's own."""
        own = isinstance(package.id.source, SourceTree) and package.name in self.lock.members
        return own or not self.files.refuses_source(package.name)

    def _is_supplied(self, package: LockedPackage) -> bool:
        """Whether a wheel is at hand; the version of a source tree is information."""
        if package.id.version is None or isinstance(package.id.source, SourceTree):
            return any(name == package.name for name, _ in self.supplied)
        return (package.name, package.id.version) in self.supplied

    def _checked(self, best: LockedFile, package: LockedPackage) -> LockedFile | None:
        """Refuse a wheel from where none can be, and one that says not where it is.

        All wheels of the package are looked at, as uv does.
        """
        match package.id.source:
            case SourceTree() | Git(path=""):
                flaw = "lists a wheel, and its source is a source tree"
            case Git():
                return best
            case _ if all(wheel.location is not None for wheel in package.wheels):
                return best
            case _:
                flaw = "lists a wheel that has no location"
        self.problems.add(
            f"{package.name} {package.id.version} {flaw}",
            where=f"{self.lock.path}: {package.key}",
            advice="run 'uv lock' to write the lock anew",
        )
        return None

    def _note_flaw(
        self, package: LockedPackage, flaw: str, requirers: Sequence[Requirer]
    ) -> None:
        sdist = sdist_of(package)
        name = sdist.filename if sdist else ""
        self.problems.add(
            f"the source distribution {name!r} of {package.name} {package.id.version} {flaw};"
            f" required by {requirers_of(requirers)}",
            where=f"{self.lock.path}: {package.key}",
            advice="supply a wheel of it with --find-links",
        )

    def _note_unfit(self, package: LockedPackage, requirers: Sequence[Requirer]) -> None:
        what, advice = complaint(package, target=self.target, files=self.files)
        self.problems.add(
            f"{what}; required by {requirers_of(requirers)}",
            where=f"{self.lock.path}: {package.key}",
            advice=advice,
        )


def _from_source(
    package: LockedPackage, *, sdist: LockedFile | None, must_build: bool = False
) -> FromSource:
    names = [WheelName.of(wheel.filename) for wheel in package.wheels]
    return FromSource(
        name=package.name,
        version=package.id.version,
        sdist=sdist,
        must_build=must_build,
        impure=bool(names)
        and not any("-none-any" in tag for each in names for tag in each.tags),
    )
