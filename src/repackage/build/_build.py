"""Doing: the straight line from a request to artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage import registry
from repackage.build._judge import judge, refuse_stale
from repackage.build._ledger import Account, with_ledger
from repackage.build._model import Artifact, Unwatched
from repackage.build._output import publish, scratch_directory, settle
from repackage.build._plan import plan
from repackage.build._verify import verify
from repackage.errors import Problems, UsageError, WheelError
from repackage.fetch import FetchSettings, fetch, unverified
from repackage.lock import SourceTree
from repackage.source import constraint_lines
from repackage.stage import StageOptions, materialise, stage
from repackage.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from repackage.build._model import Events, Output, Planned, Request
    from repackage.closure import Pin
    from repackage.format import Layout
    from repackage.stage import Staged
    from repackage.tree import Tree
    from repackage.wheel import Wheel


def build(request: Request, *, events: Events | None = None) -> tuple[Artifact, ...]:
    """Make every artifact of a request, or none."""
    if not request.formats:
        raise UsageError.of(
            "no format is asked for",
            advice=f"-f names one; installed: {', '.join(registry.formats())}",
        )
    events = events or Unwatched()
    store = Store.open(request.cache_dir)
    planned = plan(request, store=store)
    _explain(planned, events)
    refuse_stale(planned)
    wheels = _fetch(planned, request, store=store, events=events)
    trees: dict[Layout, Tree] = {}
    for layout, staged in _stage(planned, wheels, request, events=events).items():
        events.step("checking what is staged against the lock")
        report = judge(planned, wheels, staged.tree, events=events)
        account = Account(
            planned=planned,
            production=request.selection.production,
            wheels=wheels,
            layout=layout,
            staged=staged,
            report=report,
        )
        trees[layout] = with_ledger(account)
    return _emit(planned.outputs, trees, request, events=events)


def _explain(planned: Planned, events: Events) -> None:
    """Say what was decided, for those who want to know."""
    events.note(f"lock: {planned.lock.path}")
    events.note(f"target: {planned.target.name}")
    for note in planned.closure.notes:
        events.warn(note)
    for name in unverified(planned.closure):
        events.warn(f"{name}: the lock has no hash of it, so nothing vouches for its bytes")
    for skipped in planned.closure.skipped:
        if skipped.kind not in ("parent", "elsewhere"):  # which follow from the others
            events.note(f"{skipped.name}, required by {skipped.required_by}: {skipped.reason}")
    for pin in planned.closure.pins:
        built = planned.to_build.get(pin.name)
        filename = f"built from {built}" if built else _file(pin)
        events.note(f"{pin.name} {pin.version or ''}: {filename}")


def _file(pin: Pin) -> str:
    return getattr(pin.artifact, "filename", "a wheel from --find-links")


def _fetch(
    planned: Planned, request: Request, *, store: Store, events: Events
) -> tuple[Wheel, ...]:
    """Have every pin's wheel, each checked against the lock and verified."""
    events.step(f"fetching {_counted(len(planned.closure.pins))}")
    paths = fetch(
        planned.closure,
        target=planned.target,
        store=store,
        settings=_settings(planned, request),
        progress=events,
    )
    events.step(f"verifying {_counted(len(paths))}")
    return _verified([paths[name] for name in sorted(paths)], store)


def _settings(planned: Planned, request: Request) -> FetchSettings:
    """How to look for artifacts, and how to build those that there are not."""
    local = (each for each in planned.lock.packages if isinstance(each.id.source, SourceTree))
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


def _verified(paths: Sequence[Path], store: Store) -> tuple[Wheel, ...]:
    """Read wheels, and say what is wrong with any of them at once."""
    wheels: list[Wheel] = []
    problems = Problems()
    for path in paths:
        try:
            wheels.append(store.wheel(path))
        except WheelError as error:  # noqa: PERF203 - all are to be looked at
            problems.extend(error.problems)
    problems.raise_if_any(WheelError)
    return tuple(wheels)


def _stage(
    planned: Planned, wheels: Sequence[Wheel], request: Request, *, events: Events
) -> Mapping[Layout, Staged]:
    """Stage each distinct layout once."""
    options = StageOptions(scripts=tuple(sorted(request.scripts_of)))
    found: dict[Layout, Staged] = {}
    for output in planned.outputs:
        layout = output.plan.layout
        if layout in found:
            continue
        events.step(f"staging for {output.name}")
        staged = stage(
            layout,
            root=planned.wheel,
            wheels=wheels,
            target=planned.target,
            epoch=output.plan.epoch,
            options=options,
        )
        for note in staged.notes:
            (events.warn if note.action == "warning" else events.note)(str(note))
        found[layout] = staged
    return found


def _emit(
    outputs: Sequence[Output],
    trees: Mapping[Layout, Tree],
    request: Request,
    *,
    events: Events,
) -> tuple[Artifact, ...]:
    """Write every artifact, read each back, and then put all of them in their places."""
    with scratch_directory(outputs[0].path.parent) as scratch:
        artifacts = [
            _write(output, trees[output.plan.layout], scratch=scratch, events=events)
            for output in outputs
        ]
        if request.stage_dir is not None:  # with one layout: plan refused more
            for tree in trees.values():
                materialise(tree, request.stage_dir, jobs=request.jobs)
        for artifact in artifacts:
            publish(scratch / artifact.basename, artifact.path)
    return tuple(artifacts)


def _write(output: Output, tree: Tree, *, scratch: Path, events: Events) -> Artifact:
    """Write one artifact into the scratch directory, and read it back."""
    made = scratch / output.path.name
    events.step(f"writing {output.path.name}")
    output.format.emit(output.plan, tree, made)
    size, digest = settle(made)
    events.step(f"reading {output.path.name} back")
    verify(output, made, tree)
    return Artifact(format=output.name, path=output.path, size=size, sha256=digest)
