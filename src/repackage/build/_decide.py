"""Deciding for one target after another, each of them once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.version import Version

from repackage.build._model import Planned
from repackage.errors import Problems, ResolveError, UsageError, did_you_mean
from repackage.fetch import Wheelhouse, survey
from repackage.package import package_of
from repackage.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from repackage.build._model import Request
    from repackage.closure import Closure
    from repackage.errors import Problem
    from repackage.format import Served
    from repackage.lock import Lock
    from repackage.package import Package
    from repackage.target import Target
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True)
class Decider:
    """What the lock chooses of a wheel, by target."""

    request: Request
    wheel: Wheel
    lock: Lock
    decided: dict[tuple[str, bool], Planned] = field(default_factory=dict)
    """By the name of the target, and whether the wheel is alone there."""

    @property
    def epoch(self) -> int:
        """That of every artifact."""
        return self.wheel.newest if self.request.epoch is None else self.request.epoch

    @cached_property
    def package(self) -> Package:
        """What is packaged, for whichever target."""
        return package_of(self.wheel)

    def planned(self, target: Target, *, alone: bool = False) -> Planned:
        """Decide for a target; outputs come later.

        Of a wheel that is ``alone`` there, what it depends on is the system's: which wheels
        the lock has of it does not matter.

        Raises:
            ResolveError: The lock has no answer for it.
        """
        key = (target.name, alone)
        if key not in self.decided:
            self.decided[key] = self._decide(target, alone=alone)
        return self.decided[key]

    def others(self, served: Served) -> tuple[tuple[Planned, ...], tuple[str, ...]]:
        """Decide for the further targets of one artifact; say which are left out, and why.

        Raises:
            ResolveError: The lock has no answer for one that may not be left out.
        """
        found: list[Planned] = []
        left_out: list[str] = []
        for target in served.targets[1:]:
            try:
                planned = self.planned(target)
            except ResolveError as error:
                if not served.may_leave_out:
                    raise
                left_out += _reasons(target, error.problems)
                continue
            if planned.missing and served.may_leave_out:
                left_out += _reasons(target, planned.missing)
            else:
                found.append(planned)
        return tuple(found), tuple(left_out)

    def _named(self) -> list[tuple[NormalizedName, Version]]:
        """Every distribution of the lock; where it has no version, by name alone."""
        return [(each.name, each.id.version or Version("0")) for each in self.lock.packages]

    def _decide(self, target: Target, *, alone: bool) -> Planned:
        request = self.request
        wheelhouse = Wheelhouse.of(request.wheelhouses)
        closure = resolve(
            self.wheel,
            self.lock,
            target,
            request.selection,
            files=request.files,
            supplied=self._named() if alone else wheelhouse.names(),
        )
        wanted = replace(closure, pins=()) if alone else closure
        _refuse_unknown_scripts(wanted, request)
        surveyed = survey(wanted, wheelhouse=wheelhouse, target=target)
        return Planned(
            wheel=self.wheel,
            lock=self.lock,
            target=target,
            closure=closure,
            given=surveyed.given,
            to_build={name: str(build) for name, build in surveyed.to_build.items()},
            missing=surveyed.missing,
            package=self.package,
            rules=request.rules,
            outputs=(),
        )


def _reasons(target: Target, problems: Iterable[Problem]) -> list[str]:
    return [f"{target.name} is left out: {problem.what}" for problem in problems]


def _refuse_unknown_scripts(closure: Closure, request: Request) -> None:
    """Refuse commands of distributions that are not installed."""
    known = {closure.root.name, *(pin.name for pin in closure.pins)}
    problems = Problems()
    for name in sorted(request.scripts_of - known):
        problems.add(
            f"no distribution that is installed is called {name!r}",
            where="scripts-of",
            advice=did_you_mean(name, known),
        )
    problems.raise_if_any(UsageError)
