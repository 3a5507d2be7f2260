"""Which of the locked files is installed: by tag, then by build tag, then by order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from repackage.closure import FromSource
from repackage.lock import (
    DirectUrl,
    Git,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    SourceTree,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.closure import Requirer
    from repackage.errors import Problems
    from repackage.lock import LockedFile, LockedPackage
    from repackage.target import Target

_BUILD = re.compile(r"(\d+)(.*)")
_SHOWN = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelName:
    """The parts of a wheel's file name that decide whether it fits."""

    build: tuple[int, str] | None
    tags: tuple[str, ...]
    """Compressed sets expanded."""
    compressed: str
    variant: bool
    """Whether it has a variant label (PEP 825), which no target fits."""

    @classmethod
    def of(cls, filename: str) -> WheelName:
        """Read a name that the reader of the lock has accepted."""
        parts = filename.removesuffix(".whl").split("-")
        built = _BUILD.fullmatch(parts[2]) if len(parts) == 6 else None  # noqa: PLR2004 - as PEP 427 has it
        interpreters, abis, platforms = parts[3:6] if built else parts[2:5]
        return cls(
            build=(int(built[1]), built[2]) if built else None,
            tags=tuple(
                f"{interpreter}-{abi}-{platform}".lower()
                for interpreter in interpreters.split(".")
                for abi in abis.split(".")
                for platform in platforms.split(".")
            ),
            compressed=f"{interpreters}-{abis}-{platforms}",
            variant=len(parts) == 6 and built is None,  # noqa: PLR2004 - as PEP 825 has it
        )


@dataclass(slots=True)
class Chooser:
    """Chooses files for one target; notes every distribution that has none."""

    target: Target
    supplied: Collection[tuple[NormalizedName, Version]]
    lock: Path
    """Of the lock, for messages."""
    problems: Problems
    _ranks: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._ranks = {str(tag): rank for rank, tag in enumerate(self.target.tags)}

    def choose(
        self, package: LockedPackage, requirers: Sequence[Requirer]
    ) -> LockedFile | FromSource | None:
        """The file of a package, or a promise of one; None where there is neither."""
        supplied = FromSource(
            name=package.name, version=package.id.version, sdist=package.sdist
        )
        match package.id.source:
            case SourceTree() | Git():
                return supplied
            case DirectUrl() | LocalArchive() if not package.wheels:
                return supplied
            case RegistryUrl() | RegistryPath() | DirectUrl() | LocalArchive():
                best = self.best(package.wheels)
                if best is not None:
                    return self._located(best, package)
                if (package.name, package.id.version) in self.supplied:
                    return supplied
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

    def _located(self, best: LockedFile, package: LockedPackage) -> LockedFile | None:
        """Refuse to go on where a wheel of the package says not where it is, as uv does."""
        if all(wheel.location is not None for wheel in package.wheels):
            return best
        self.problems.add(
            f"a wheel of {package.name} {package.id.version} has no location",
            where=f"{self.lock}: {package.key}",
            advice="run 'uv lock' to write the lock anew",
        )
        return None

    def _note_unfit(self, package: LockedPackage, requirers: Sequence[Requirer]) -> None:
        subject = f"{package.name} {package.id.version}"
        by = ", ".join(dict.fromkeys(_who(requirer) for requirer in requirers))
        advice = "choose another target"
        if package.sdist is not None:
            advice = f"supply a wheel of it with --find-links, or {advice}"
        if package.wheels:
            what = f"no wheel of {subject} fits {self.target.name}"
            tags = list(dict.fromkeys(self._nearest(package.wheels)))
            more = f" and {len(tags) - _SHOWN} more" if len(tags) > _SHOWN else ""
            what += f"; there are wheels for {', '.join(tags[:_SHOWN])}{more}"
        elif package.sdist is not None:
            what = f"{subject} has no wheel, only a source distribution"
        else:
            what = f"{subject} has no wheel at all"
        self.problems.add(
            f"{what}; required by {by}",
            where=f"{self.lock}: {package.key}",
            advice=advice,
        )

    def _nearest(self, wheels: Iterable[LockedFile]) -> Iterator[str]:
        """The tags that exist, those for the target's machine first, then as in the lock."""
        names = [WheelName.of(wheel.filename).compressed for wheel in wheels]
        yield from sorted(names, key=lambda name: not name.endswith(self.target.arch))


def _who(requirer: Requirer) -> str:
    extra = f"[{requirer.extra}]" if requirer.extra else ""
    version = f" {requirer.version}" if requirer.version else ""
    return f"{requirer.name}{extra}{version}"
