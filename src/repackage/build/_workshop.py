"""From plans to trees: fetched, verified, staged, judged and with a ledger, each of them once."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from repackage.build._compile import compiler, tell_compiled
from repackage.build._judge import judge
from repackage.build._ledger import Account, with_ledger
from repackage.errors import Problems, WheelError
from repackage.fetch import FetchSettings, fetch
from repackage.lock import SourceTree
from repackage.network import Crew, Stopped
from repackage.source import constraint_lines
from repackage.stage import StageOptions, stage
from repackage.wheel import Wheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from packaging.utils import NormalizedName

    from repackage.build._model import Events, Planned, Request
    from repackage.format import Layout, Plan
    from repackage.stage import Staged
    from repackage.store import Store
    from repackage.tree import Mapped, Tree

#: Wheels that are verified at the same time, at the most: each has up to 32 MiB of its file
#: in memory, and a fifth of the work is Python, which is done by one thread at a time.
_AT_ONCE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Workshop:
    """Where wheels and trees are made, for whichever format asks first."""

    request: Request
    store: Store
    events: Events
    fetched: dict[str, Mapping[NormalizedName, Wheel]] = field(default_factory=dict)
    """Wheels of the pins, by the target's name."""
    roots: dict[str, Wheel] = field(default_factory=dict)
    """The wheel that is packaged, likewise."""
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
        self.fetched[planned.target.name] = _verified(paths, self.store, jobs=self.request.jobs)

    def wheels(self, planned: Planned) -> dict[NormalizedName, Path]:
        """Where the wheels are, the root's too."""
        pins = self.fetched[planned.target.name]
        wheels = {**pins, planned.wheel.name: planned.wheel}
        return {name: wheels[name].path for name in sorted(wheels)}

    def refuse_changed(self, maps: Iterable[Mapped]) -> None:
        """Refuse what was made of wheels that are not what they were when they were verified.

        Raises:
            WheelError: Naming all of them.
        """
        pins = (wheel for pins in self.fetched.values() for wheel in pins.values())
        known = {wheel.path: wheel.sha256 for wheel in (*pins, *self.roots.values())}
        problems = Problems()
        for path in sorted({each.path for each in maps if not self._is(each, known)}):
            problems.add(
                "the wheel was changed or removed after it was verified",
                where=str(path),
                advice="run it again, with nothing else at work on the file",
            )
        problems.raise_if_any(WheelError)

    def _is(self, wheel: Mapped, known: Mapping[Path, str]) -> bool:
        """Whether what was looked at is the wheel of a digest, or a piece of bytecode as kept.

        It is hashed anew: what copied it was compared with it, and would be as wrong as a disk
        that has changed it by itself.
        """
        path, pieces = wheel.path, self.store.pieces
        sha256 = known.get(path)
        if sha256 is None and path.parent.parent == pieces.directory:
            sealed = pieces.seals.read(path.name)
            sha256 = None if sealed is None else sealed.decode("ascii", "replace")
        try:
            return wheel.sha256() == sha256
        except (OSError, WheelError):
            return False

    def tree(self, planned: Planned, plan: Plan[Any], *, name: str) -> Tree:
        """Stage for a format, and check what is staged against the lock."""
        key = (planned.target.name, plan.layout)
        self.roots[planned.target.name] = planned.wheel
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
        compiled = compiler(plan, self.store.pieces)
        staged = stage(
            plan.layout,
            root=planned.wheel,
            wheels=wheels,
            target=planned.target,
            epoch=plan.epoch,
            options=StageOptions(
                scripts=tuple(sorted(self.request.scripts_of)),
                compiled=compiled,
            ),
        )
        for note in staged.notes:
            (self.events.warn if note.action == "warning" else self.events.note)(str(note))
        if compiled is not None:
            tell_compiled(compiled, plan.layout, staged.tree, self.events)
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
    paths: Mapping[NormalizedName, Path], store: Store, *, jobs: int
) -> Mapping[NormalizedName, Wheel]:
    """Read wheels, side by side, and say what is wrong with any of them at once."""
    stop = threading.Event()

    def read(name: NormalizedName) -> Wheel:
        if stop.is_set():
            raise Stopped
        return store.wheel(paths[name])

    names = sorted(paths, key=lambda name: _size(paths[name]), reverse=True)
    results = Crew(read, stop=stop).run(names, jobs=max(min(jobs, _AT_ONCE), 1))
    found = dict(zip(names, results, strict=True))
    wheels: dict[NormalizedName, Wheel] = {}
    problems = Problems()
    for name in paths:
        match found[name]:
            case Wheel() as wheel:
                wheels[name] = wheel
            case WheelError() as error:
                problems.extend(error.problems)
            case BaseException() as error:
                raise error
    problems.raise_if_any(WheelError)
    return wheels


def _size(path: Path) -> int:
    """The size of a file, to begin with the largest; whoever reads it says what is wrong."""
    with suppress(OSError):
        return path.stat().st_size
    return 0
