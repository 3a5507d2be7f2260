"""From plans to trees: fetched, verified, staged, judged and with a ledger, each of them once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from repackage.build._compile import compiler
from repackage.build._judge import judge
from repackage.build._ledger import Account, with_ledger
from repackage.errors import Problems, WheelError
from repackage.fetch import FetchSettings, fetch
from repackage.lock import SourceTree
from repackage.source import constraint_lines
from repackage.stage import StageOptions, stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from packaging.utils import NormalizedName

    from repackage.build._model import Events, Planned, Request
    from repackage.format import Layout, Plan
    from repackage.stage import Staged
    from repackage.store import Store
    from repackage.tree import Tree
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Workshop:
    """Where wheels and trees are made, for whichever format asks first."""

    request: Request
    store: Store
    events: Events
    fetched: dict[str, Mapping[NormalizedName, Wheel]] = field(default_factory=dict)
    """Wheels of the pins, by the target's name."""
    trees: dict[tuple[str, Layout], Tree] = field(default_factory=dict)

    def fetch(self, planned: Planned) -> None:
        """Have every pin's wheel, each checked against the lock and verified."""
        if planned.target.name in self.fetched:
            return
        self.events.step(f"fetching {_counted(len(planned.closure.pins))}")
        paths = fetch(
            planned.closure,
            target=planned.target,
            store=self.store,
            settings=self._settings(planned),
            progress=self.events,
        )
        self.events.step(f"verifying {_counted(len(paths))}")
        self.fetched[planned.target.name] = _verified(paths, self.store)

    def wheels(self, planned: Planned) -> dict[NormalizedName, Path]:
        """Where the wheels are, the root's too."""
        pins = self.fetched[planned.target.name]
        wheels = {**pins, planned.wheel.name: planned.wheel}
        return {name: wheels[name].path for name in sorted(wheels)}

    def tree(self, planned: Planned, plan: Plan[Any], *, name: str) -> Tree:
        """Stage for a format, and check what is staged against the lock."""
        key = (planned.target.name, plan.layout)
        if key not in self.trees:
            self.events.step(f"staging for {name}")
            self.trees[key] = self._judged(planned, plan)
        return self.trees[key]

    def _judged(self, planned: Planned, plan: Plan[Any]) -> Tree:
        if plan.layout.alone:
            planned = replace(planned, closure=replace(planned.closure, pins=()))
            wheels = []
        else:
            pins = self.fetched[planned.target.name]
            wheels = [pins[name] for name in sorted(pins)]
        staged = self._staged(planned, wheels, plan)
        self.events.step("checking what is staged against the lock")
        report = judge(planned, wheels, staged.tree, events=self.events)
        return with_ledger(
            Account(
                planned=planned,
                production=self.request.selection.production,
                wheels=wheels,
                layout=plan.layout,
                staged=staged,
                report=report,
                epoch=plan.epoch,
                externals=plan.externals,
            )
        )

    def _staged(self, planned: Planned, wheels: Sequence[Wheel], plan: Plan[Any]) -> Staged:
        staged = stage(
            plan.layout,
            root=planned.wheel,
            wheels=wheels,
            target=planned.target,
            epoch=plan.epoch,
            options=StageOptions(
                scripts=tuple(sorted(self.request.scripts_of)),
                compiled=compiler(plan, self.store.pieces),
            ),
        )
        for note in staged.notes:
            (self.events.warn if note.action == "warning" else self.events.note)(str(note))
        return staged

    def _settings(self, planned: Planned) -> FetchSettings:
        """How to look for artifacts, and how to build those that there are not."""
        request = self.request
        local = (
            each for each in planned.lock.packages if isinstance(each.id.source, SourceTree)
        )
        return FetchSettings(
            find_links=request.wheelhouses,
            offline=request.offline,
            project=request.lock.parent,
            constraints=constraint_lines(planned.lock.manifest),
            own=frozenset(package.name for package in local),
            epoch=planned.wheel.newest if request.epoch is None else request.epoch,
            builders=request.jobs,
        )


def _counted(number: int) -> str:
    return "1 distribution" if number == 1 else f"{number} distributions"


def _verified(
    paths: Mapping[NormalizedName, Path], store: Store
) -> Mapping[NormalizedName, Wheel]:
    """Read wheels, and say what is wrong with any of them at once."""
    wheels: dict[NormalizedName, Wheel] = {}
    problems = Problems()
    for name, path in paths.items():
        try:
            wheels[name] = store.wheel(path)
        except WheelError as error:  # noqa: PERF203 - all are to be looked at
            problems.extend(error.problems)
    problems.raise_if_any(WheelError)
    return wheels
