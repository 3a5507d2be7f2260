"""Everything that is there, and what it requires of each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.check._found import Found
    from repackage.check._requirements import Demand
    from repackage.check._standard import Standard


@dataclass(frozen=True, kw_only=True)
class There:
    """What is there, by name, and the standard that it is held against."""

    found: Mapping[str, list[Found]]
    """Of several of one name, the first is imported."""
    standard: Standard

    @cached_property
    def demands(self) -> Mapping[str, tuple[Demand, ...]]:
        """What each of a name requires, with the extras of it that are active."""
        requirements = self.standard.requirements
        return {
            name: tuple(requirements.of(several[0].metadata, self._extras(name)))
            for name, several in self.found.items()
        }

    def in_range(self, name: str, version: Version) -> bool:
        """Whether everybody admits a version who requires it and belongs to the closure."""
        return all(demand.admits(version) for demand in self._asked.get(name, ()))

    @cached_property
    def _asked(self) -> Mapping[str, list[Demand]]:
        """What the application and the pins require, by what they require."""
        root = self.standard.closure.root
        asked: dict[str, list[Demand]] = defaultdict(list)
        if root.name not in self.found:
            extras = self.standard.closure.extras
            for demand in self.standard.requirements.of(root.metadata, extras):
                asked[demand.name].append(demand)
        for name, demands in self.demands.items():
            if self.standard.concerns(name):
                for demand in demands:
                    asked[demand.name].append(demand)
        return asked

    def _extras(self, name: str) -> tuple[NormalizedName, ...]:
        if name == self.standard.closure.root.name:
            return self.standard.closure.extras
        pin = self.standard.pins.get(name)
        return () if pin is None else pin.extras
