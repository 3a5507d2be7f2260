"""What everything that is there is held against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from repackage.check._possible import possible
from repackage.check._requirements import Requirements
from repackage.resolve import Environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.tags import Tag

    from repackage.check._rules import Rules
    from repackage.closure import Closure, Pin
    from repackage.lock import Lock, LockedPackage, PackageId
    from repackage.target import Target


@dataclass(frozen=True, kw_only=True)
class Standard:
    """The closure, the lock that it came from, the target and the policy."""

    closure: Closure
    lock: Lock
    target: Target
    rules: Rules
    made_here: frozenset[str] = frozenset()
    """Names of those that were built for this, from what the lock has."""

    @cached_property
    def pins(self) -> Mapping[str, Pin]:
        """The pins, by name."""
        return {str(pin.name): pin for pin in self.closure.pins}

    @cached_property
    def environment(self) -> Environment:
        """Markers, as they are on the target."""
        return Environment(self.target.markers)

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """What the target can run."""
        return frozenset(self.target.tags)

    @cached_property
    def possible(self) -> frozenset[PackageId]:
        """What some selection could bring to the target."""
        return possible(self.lock, self.environment)

    @cached_property
    def requirements(self) -> Requirements:
        """Reads what is required."""
        return Requirements(lock=self.lock, environment=self.environment)

    def entry(self, pin: Pin) -> LockedPackage | None:
        """The entry of the lock that a pin was made from.

        Two of a pylock.toml may have one version and source, and be told apart by a marker:
        the pin's file stands in one of them.
        """
        named = [
            package
            for package in self.lock.by_name.get(pin.name, ())
            if (package.id.version, package.id.source) == (pin.version, pin.source)
        ]
        holding = (one for one in named if pin.artifact in (*one.wheels, one.sdist))
        return next(holding, named[0] if named else None)

    def admitted(self, name: str) -> tuple[LockedPackage, ...]:
        """The entries of a name that some selection could bring to the target."""
        named = self.lock.by_name.get(canonicalize_name(name), ())
        return tuple(package for package in named if package.id in self.possible)

    def concerns(self, name: str) -> bool:
        """Whether a name is that of the application or of a pin."""
        return name in self.pins or name == self.closure.root.name
