"""Deciding: wheel, lock, targets and options to a plan for each format. Nothing is written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from repackage import registry
from repackage.build._decide import Decider
from repackage.build._externals import externals
from repackage.build._model import Output
from repackage.errors import (
    FormatError,
    InputError,
    OutputError,
    Problems,
    UsageError,
    did_you_mean,
)
from repackage.format import Plan, ServesSeveral
from repackage.lock import read_lock
from repackage.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repackage.build._model import Planned, Request
    from repackage.format import Format
    from repackage.lock import Lock
    from repackage.target import Target
    from repackage.wheel import Wheel


def plan(request: Request, *, store: Store | None = None) -> Planned:
    """Decide for the first target; see :func:`plans`."""
    return plans(request, store=store)[0]


def plans(request: Request, *, store: Store | None = None) -> tuple[Planned, ...]:
    """Decide everything that a build would do, for each target by itself.

    A format of which one artifact serves several targets has its output with the first of
    them. Of no format, what would be installed is decided.
    """
    formats = _formats(request.formats)
    wheel, lock = _read(request, store or Store.open(request.cache_dir, limited=False))
    decider = Decider(request=request, wheel=wheel, lock=lock)
    outputs = [
        each for name, found in formats.items() for each in _outputs(name, found, decider)
    ]
    _refuse_collisions(outputs, request=request)
    if not outputs:
        return tuple(map(decider.planned, request.targets))
    lines: dict[tuple[str, bool], list[Output]] = defaultdict(list)
    for output in outputs:
        lines[output.plan.target.name, output.plan.layout.alone].append(output)
    return tuple(
        replace(
            decider.planned(those[0].plan.target, alone=those[0].plan.layout.alone),
            outputs=tuple(those),
        )
        for those in lines.values()
    )


def _read(request: Request, store: Store) -> tuple[Wheel, Lock]:
    """Read the wheel and the lock; if both are unusable, say so of both."""
    try:
        wheel = store.wheel(request.wheel)
    except InputError as error:
        try:
            read_lock(request.lock)
        except InputError as other:
            raise InputError(*error.problems, *other.problems) from other
        raise
    return wheel, read_lock(request.lock)


def _formats(names: tuple[str, ...]) -> dict[str, Format[Any]]:
    """Load the formats that are asked for; complain of unknown ones."""
    problems = Problems()
    installed = registry.formats()
    for name in names:
        if name not in installed:
            problems.add(f"no format is called {name!r}", advice=did_you_mean(name, installed))
    problems.raise_if_any(UsageError)
    return {name: registry.load(name) for name in names}


def _outputs(name: str, found: Format[Any], decider: Decider) -> list[Output]:
    """Let one format decide what there will be: an artifact for each target, or one for all."""
    request = decider.request
    options = request.options[name] if name in request.options else found.Options()
    if not isinstance(found, ServesSeveral):
        return [
            _output(name, found, _plan(target, found, options, decider), request=request)
            for target in request.targets
        ]
    served = found.targets(request.targets, options)
    plan = _plan(served.targets[0], found, options, decider)
    others, left_out = decider.others(served)
    further = tuple(_plan(each.target, found, options, decider) for each in others)
    output = _output(name, found, replace(plan, others=further), request=request)
    return [replace(output, others=others, needs=served.needs, left_out=left_out)]


def _plan(target: Target, found: Format[Any], options: Any, decider: Decider) -> Plan[Any]:
    """Gather what is decided for a target, and let a format say where files go."""
    layout = found.layout(decider.package, target, options)
    if layout.bytecode is None:
        layout = replace(layout, bytecode=decider.request.bytecode)
    planned = decider.planned(target, alone=layout.alone)
    return Plan(
        package=planned.package,
        target=target,
        closure=replace(planned.closure, pins=()) if layout.alone else planned.closure,
        layout=layout,
        externals=externals(planned) if layout.alone else (),
        options=options,
        epoch=decider.epoch,
        jobs=decider.request.jobs,
    )


def _output(name: str, found: Format[Any], plan: Plan[Any], *, request: Request) -> Output:
    """Let one format decide what the artifact is called."""
    filename = found.filename(plan)
    if PurePath(filename).name != filename or filename[:1] in ("", "."):
        raise FormatError.of(f"the format {name!r} names its artifact {filename!r}")
    path = request.output_directory / filename
    return Output(name=name, format=found, plan=plan, path=path)


def _refuse_collisions(outputs: Sequence[Output], *, request: Request) -> None:
    """Refuse outputs that want one name, and stagings that want one directory."""
    problems = Problems()
    taken: dict[Path, str] = {request.wheel: "the wheel"}
    for output in outputs:
        whose = repr(output.name)
        if len(request.targets) > 1:
            whose += f" for {output.plan.target.name}"
        if output.path in taken:
            problems.add(
                f"{whose} would overwrite {taken[output.path]}",
                where=str(output.path),
                advice="build them into different directories",
            )
        taken[output.path] = f"the artifact of {whose}"
    staged = {(plan.target.name, plan.layout) for output in outputs for plan in staging(output)}
    if request.stage_dir and len(staged) > 1:
        problems.add(
            "formats or targets have different layouts, and there is one staging directory",
            where=str(request.stage_dir),
            advice="build them one by one",
        )
    problems.raise_if_any(OutputError)


def staging(output: Output) -> tuple[Plan[Any], ...]:
    """The plans of an output of which trees are made."""
    return (output.plan, *(output.plan.others if output.needs == "tree" else ()))
