"""From what a walk reached to pins: each distribution once, with a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.closure import Passed, Pin
from repackage.errors import ResolveError
from repackage.resolve._files import Chooser
from repackage.resolve._left_out import is_virtual

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.closure import Requirer
    from repackage.errors import Problems
    from repackage.lock import Lock, LockedPackage, PackageId
    from repackage.resolve._choice import FileChoice
    from repackage.resolve._walk import Graph
    from repackage.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Pinning:
    """Makes pins of what was reached."""

    graph: Graph
    name: NormalizedName
    """Of the root wheel."""
    lock: Lock
    target: Target
    files: FileChoice
    problems: Problems

    def pins(self, supplied: Collection[tuple[NormalizedName, Version]]) -> tuple[Pin, ...]:
        """Choose a file for everything that was reached, but the root and virtual trees."""
        chooser = Chooser(
            target=self.target,
            lock=self.lock,
            problems=self.problems,
            files=self.files,
            supplied=supplied,
        )
        found: dict[NormalizedName, Pin] = {}
        for identity in self._reached():
            package, requirers = self.lock.by_id[identity], self.graph.requirers[identity]
            if self._is_passed(package):
                continue
            if package.name in found:
                self._note_two_versions(found[package.name], package, requirers)
                continue
            artifact = chooser.choose(package, requirers)
            if artifact is not None:
                found[package.name] = Pin(
                    name=package.name,
                    version=identity.version,
                    source=identity.source,
                    artifact=artifact,
                    extras=tuple(sorted(self.graph.extras[identity])),
                    required_by=tuple(dict.fromkeys(requirers)),
                )
        self.problems.raise_if_any(ResolveError)
        return tuple(found.values())

    def passed(self) -> tuple[Passed, ...]:
        """Describe what the walk led through and is not installed from the lock."""
        return tuple(
            Passed(
                name=identity.name,
                version=identity.version,
                required_by=tuple(dict.fromkeys(self.graph.requirers[identity])),
            )
            for identity in self._reached()
            if self._is_passed(self.lock.by_id[identity])
        )

    def _reached(self) -> list[PackageId]:
        return sorted(self.graph.requirers, key=lambda each: (each.name, str(each.version)))

    def _is_passed(self, package: LockedPackage) -> bool:
        return package.name == self.name or is_virtual(package)

    def _note_two_versions(
        self, first: Pin, second: LockedPackage, requirers: Sequence[Requirer]
    ) -> None:
        by = ", ".join(str(requirer.name) for requirer in (*first.required_by, *requirers))
        self.problems.add(
            f"both {first.version} and {second.id.version} of {first.name} are reached,"
            f" through {by}",
            where=str(self.lock.path),
            advice="run 'uv lock' to write the lock anew",
        )
