"""Doing: the straight line from a request to artifacts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from repackage import registry
from repackage.build._compile import refuse_uncompilable, tell_without
from repackage.build._judge import refuse_stale
from repackage.build._model import Artifact, Unwatched
from repackage.build._output import publish, scratch_directory, settle
from repackage.build._plan import plans, staging
from repackage.build._sign import refuse_unsignable, sign_made
from repackage.build._verify import believe, verify, vouching
from repackage.build._workshop import Workshop
from repackage.errors import UsageError
from repackage.fetch import unverified
from repackage.format import (
    Announces,
    EmitsSeveral,
    Logbook,
    Prepares,
    ReadsLogged,
    Signs,
    Surroundings,
)
from repackage.stage import materialise
from repackage.store import Store, unless_cleared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repackage.build._model import Events, Output, Planned, Request
    from repackage.closure import Pin
    from repackage.format import Plan
    from repackage.tree import Tree


def build(request: Request, *, events: Events | None = None) -> tuple[Artifact, ...]:
    """Make every artifact of a request, or none."""
    if not request.formats:
        raise UsageError.of(
            "no format is asked for",
            advice=f"-f names one; installed: {', '.join(registry.formats())}",
        )
    events = events or Unwatched()
    store = Store.open(request.cache_dir)
    lines = plans(request, store=store)
    if request.signer is not None:
        outputs = (output for planned in lines for output in planned.outputs)
        refuse_unsignable({output.name: output.format for output in outputs}.items())
    refuse_uncompilable(lines)
    for planned in lines:
        _explain(planned, events)
        if request.bytecode:
            tell_without(planned, events)
    for planned in lines:
        refuse_stale(planned)
    workshop = Workshop(request=request, store=store, events=events)
    jobs = [
        _Job(planned, _prepared(each, workshop))
        for planned in lines
        for each in planned.outputs
    ]
    for job in jobs:
        for planned in job.fetched:
            workshop.fetch(planned)
    with unless_cleared(store.directory):
        for job in jobs:
            job.builds(workshop)
        return _emit(jobs, workshop)


@dataclass(frozen=True, slots=True)
class _Job:
    """An artifact to be made, with what was decided for each target that it serves."""

    planned: Planned
    output: Output

    @property
    def fetched(self) -> tuple[Planned, ...]:
        """The targets whose wheels are needed."""
        if self.output.plan.layout.alone:
            return ()
        others = () if self.output.needs == "plan" else self.output.others
        return (self.planned, *others)

    def builds(self, workshop: Workshop) -> list[tuple[Plan[Any], Tree]]:
        """The plan and the tree of each target of which there is to be a tree."""
        lines = (self.planned, *self.output.others)
        return [
            (plan, workshop.tree(planned, plan, name=self.output.name))
            for planned, plan in zip(lines, staging(self.output), strict=False)
        ]

    def supplied(self, workshop: Workshop) -> _Job:
        """The same with what is known, and lent, when the artifact is made."""
        lines = (self.planned, *self.output.others)
        plan = self.output.plan
        first, *others = (
            replace(
                each,
                wheels=workshop.wheels(planned) if planned in self.fetched else {},
                pieces=workshop.store.pieces,
                logbook=self._logbook(each),
                warn=workshop.events.warn,
            )
            for planned, each in zip(lines, (plan, *plan.others), strict=True)
        )
        return _Job(
            self.planned, replace(self.output, plan=replace(first, others=tuple(others)))
        )

    def _logbook(self, plan: Plan[Any]) -> Logbook | None:
        """Where to note what is written of a plan, if anybody reads it."""
        if not isinstance(self.output.format, ReadsLogged):
            return None
        return Logbook(arch=plan.target.arch if len(staging(self.output)) > 1 else "")


def _explain(planned: Planned, events: Events) -> None:
    """Say what was decided, for those who want to know."""
    events.note(f"lock: {planned.lock.path}")
    events.note(f"target: {planned.target.name}")
    for note in planned.closure.notes:
        events.warn(note)
    for output in planned.outputs:
        for reason in output.left_out:
            events.warn(reason)
    bundled = replace(planned.closure, pins=()) if planned.alone else planned.closure
    for name in unverified(bundled):
        events.warn(f"{name}: the lock has no hash of it, so nothing vouches for its bytes")
    for skipped in planned.closure.skipped:
        if skipped.kind not in ("parent", "elsewhere"):  # which follow from the others
            events.note(f"{skipped.name}, required by {skipped.required_by}: {skipped.reason}")
    for external in planned.externals:
        events.note(f"{external.name} {external.specifiers}: left to the system")
    for pin in bundled.pins:
        built = planned.to_build.get(pin.name)
        filename = f"built from {built}" if built else _file(pin)
        events.note(f"{pin.name} {pin.version or ''}: {filename}")


def _file(pin: Pin) -> str:
    return getattr(pin.artifact, "filename", "a wheel from --find-links")


def _prepared(output: Output, workshop: Workshop) -> Output:
    """Let a format have what it needs besides wheels, for each target of which there is a tree."""
    form, request = output.format, workshop.request
    if not isinstance(form, Prepares):
        return output
    workshop.events.step(f"preparing {output.path.name}")
    surroundings = Surroundings(
        cache=workshop.store.prepared(output.name),
        offline=request.offline,
        project=request.lock.parent,
    )
    first, *others = (
        form.prepare(plan, surroundings) for plan in (output.plan, *output.plan.others)
    )
    return replace(output, plan=replace(first, others=tuple(others)))


def _emit(jobs: Sequence[_Job], workshop: Workshop) -> tuple[Artifact, ...]:
    """Write every artifact, read each back, and then put all of them in their places."""
    request = workshop.request
    with (
        scratch_directory(request.output_directory) as scratch,
        unless_cleared(workshop.store.directory),  # else it were the output's fault
    ):
        artifacts = [_write(job.supplied(workshop), workshop, scratch=scratch) for job in jobs]
        if request.stage_dir is not None:  # with one tree: the plan refused more
            for tree in workshop.trees.values():
                materialise(tree, request.stage_dir, jobs=request.jobs)
        for artifact in artifacts:
            publish(scratch / artifact.basename, artifact.path)
    workshop.store.trim()
    return tuple(artifacts)


def _write(job: _Job, workshop: Workshop, *, scratch: Path) -> Artifact:
    """Write one artifact into the scratch directory, and read it back."""
    from concurrent.futures import ThreadPoolExecutor  # slow to import

    output = job.output
    made = scratch / output.path.name
    builds = job.builds(workshop)
    workshop.events.step(f"writing {made.name}")
    if len(builds) > 1 and isinstance(output.format, EmitsSeveral):
        output.format.emit_several(builds, made)
    else:
        ((plan, tree), *_) = builds
        output.format.emit(plan, tree, made)
    signer = workshop.request.signer
    if signer is not None and isinstance(output.format, Signs):  # others were refused before
        workshop.events.step(f"signing {made.name}")
        sign_made(made, output.format, signer, where=made.name)
    workshop.events.step(f"reading {made.name} back")
    with ThreadPoolExecutor(1) as pool:  # the disk and the digest need no Python
        settled = pool.submit(settle, made)
        verify(output, made, builds, store=workshop.store)
        workshop.refuse_changed(vouching(builds))
        size, digest = settled.result()
    believe(builds, store=workshop.store)
    return Artifact(
        format=output.name,
        path=output.path,
        size=size,
        sha256=digest,
        targets=tuple(each.target.name for each in (output.plan, *output.plan.others)),
        announced=output.format.announce(made) if isinstance(output.format, Announces) else {},
    )
