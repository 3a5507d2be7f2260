"""Deciding: wheel, lock, target and options to a plan for each format. Nothing is written."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from repackage import registry
from repackage.build._model import Output, Planned
from repackage.errors import (
    FormatError,
    InputError,
    OutputError,
    Problems,
    UsageError,
    did_you_mean,
)
from repackage.fetch import Wheelhouse, survey
from repackage.format import Plan
from repackage.lock import read_lock
from repackage.package import package_of
from repackage.resolve import resolve
from repackage.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.build._model import Request
    from repackage.closure import Closure
    from repackage.format import Format
    from repackage.lock import Lock
    from repackage.package import Package
    from repackage.wheel import Wheel


def plan(request: Request, *, store: Store | None = None) -> Planned:
    """Decide everything that a build of the request would do; of no format, the closure."""
    formats = _formats(request.formats)
    store = store or Store.open(request.cache_dir)
    wheel, lock = _read(request, store)
    wheelhouse = Wheelhouse.of(request.wheelhouses)
    closure = resolve(
        wheel,
        lock,
        request.target,
        request.selection,
        files=request.files,
        supplied=wheelhouse.names(),
    )
    _refuse_unknown_scripts(closure, request)
    surveyed = survey(closure, wheelhouse=wheelhouse, target=request.target)
    package = package_of(wheel)
    outputs = tuple(
        _output(name, found, package=package, closure=closure, request=request)
        for name, found in formats.items()
    )
    _refuse_collisions(outputs, request=request)
    return Planned(
        wheel=wheel,
        lock=lock,
        target=request.target,
        closure=closure,
        given=surveyed.given,
        to_build={name: str(build) for name, build in surveyed.to_build.items()},
        missing=surveyed.missing,
        package=package,
        rules=request.rules,
        outputs=outputs,
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


def _output(
    name: str, found: Format[Any], *, package: Package, closure: Closure, request: Request
) -> Output:
    """Let one format decide where files go and what the artifact is called."""
    options = request.options[name] if name in request.options else found.Options()
    decided = Plan(
        package=package,
        target=request.target,
        closure=closure,
        layout=found.layout(package, request.target, options),
        options=options,
        epoch=closure.root.newest if request.epoch is None else request.epoch,
        jobs=request.jobs,
    )
    filename = found.filename(decided)
    if PurePath(filename).name != filename or filename[:1] in ("", "."):
        raise FormatError.of(f"the format {name!r} names its artifact {filename!r}")
    path = request.output_directory / filename
    return Output(name=name, format=found, plan=decided, path=path)


def _refuse_collisions(outputs: tuple[Output, ...], *, request: Request) -> None:
    """Refuse formats that want one name, and layouts that want one staging directory."""
    problems = Problems()
    taken: dict[Path, str] = {request.wheel: "the wheel"}
    for output in outputs:
        if output.path in taken:
            problems.add(
                f"{output.name!r} would overwrite {taken[output.path]}",
                where=str(output.path),
                advice="build them into different directories",
            )
        taken[output.path] = f"the artifact of {output.name!r}"
    if request.stage_dir and len({output.plan.layout for output in outputs}) > 1:
        problems.add(
            "the formats have different layouts, and there is one staging directory",
            where=str(request.stage_dir),
            advice="build them one by one",
        )
    problems.raise_if_any(OutputError)
