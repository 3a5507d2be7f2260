"""A plan as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from repackage.cli.plan._files import file_of, requirer_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.version import Version

    from repackage.build import Output, Planned
    from repackage.cli.plan._why import Answer
    from repackage.closure import Paths, Pin, Requirer, Skipped, Step
    from repackage.errors import RepackageError
    from repackage.target import Target


def facts_of(planned: Planned, answers: Iterable[Answer] = ()) -> dict[str, Any]:
    """What was decided, for machines."""
    from repackage.archive import codec_versions  # lazily

    closure = planned.closure
    facts: dict[str, Any] = {
        "wheel": planned.wheel.filename,
        "name": planned.package.name,
        "version": str(planned.package.version),
        "lock": {"path": str(planned.lock.path), "sha256": planned.lock.sha256},
        "target": _target(planned.target),
        "extras": list(closure.extras),
        "groups": list(closure.groups),
        "policy": planned.policy,
        "pins": [_pin(pin, planned) for pin in closure.pins],
        "skipped": [_skipped(each) for each in closure.skipped],
        "notes": list(closure.notes),
        "stale": list(closure.stale),
        "codecs": dict(codec_versions()),
        "outputs": [_output(output) for output in planned.outputs],
    }
    if answers:
        facts["why"] = [_answer(each) for each in answers]
    return facts


def facts_of_sides(
    sides: Mapping[str, Planned | RepackageError],
    answers: Mapping[str, Iterable[Answer]],
    *,
    differing: Iterable[str],
) -> dict[str, Any]:
    """What was decided for each of several targets, or why that cannot be."""
    return {
        "targets": [
            {"asked": name, "refused": _refusal(side), **_facts_of_side(side, answers[name])}
            for name, side in sides.items()
        ],
        "differing": list(differing),
    }


def _facts_of_side(side: Planned | RepackageError, answers: Iterable[Answer]) -> dict[str, Any]:
    return {} if isinstance(side, Exception) else facts_of(side, answers)


def _refusal(side: Planned | RepackageError) -> dict[str, Any] | None:
    if not isinstance(side, Exception):
        return None
    problems = [asdict(problem) for problem in side.problems]
    return {"status": side.exit_code, "problems": problems}


def _target(target: Target) -> dict[str, Any]:
    return {
        "name": target.name,
        "python": target.python.release,
        "arch": target.arch,
        "interpreter": target.interpreter,
    }


def _pin(pin: Pin, planned: Planned) -> dict[str, Any]:
    """One distribution that the lock chose."""
    return {
        "name": pin.name,
        "version": _text(pin.version),
        "file": file_of(pin, planned) or None,
        "given": str(planned.given[pin.name]) if pin.name in planned.given else None,
        "built_from": planned.to_build.get(pin.name),
        "extras": list(pin.extras),
        "required_by": [requirer_of(each) for each in pin.required_by],
    }


def _skipped(skipped: Skipped) -> dict[str, Any]:
    """One edge that leads to what is left out."""
    edge = skipped.edge
    return {
        "name": skipped.name,
        "version": _text(skipped.version),
        "required_by": requirer_of(edge) if edge else skipped.required_by,
        "kind": skipped.kind,
        "reason": skipped.reason,
        "marker": edge.marker if edge else "",
    }


def _output(output: Output) -> dict[str, Any]:
    """One artifact to be made."""
    return {
        "format": output.name,
        "path": str(output.path),
        "filename": output.path.name,
        "epoch": output.plan.epoch,
        "layout": asdict(output.plan.layout),
        "options": asdict(output.plan.options),
        "externals": [
            {
                "name": external.name,
                "extras": list(external.extras),
                "locked": _text(external.locked),
                "specifiers": str(external.specifiers),
                "brought": {str(each.name): str(each.specifiers) for each in external.brought},
            }
            for external in output.plan.externals
        ],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    """What brings a distribution in, or would have."""
    return {
        "name": answer.name,
        "version": _text(answer.version),
        "installed": answer.installed,
        "paths": _paths(answer.paths),
        "missed": _paths(answer.missed),
    }


def _paths(paths: Paths) -> dict[str, Any]:
    return {
        "found": [[_step(step) for step in path] for path in paths.found],
        "more": paths.more,
        "counted": paths.counted,
    }


def _step(step: Step) -> dict[str, Any]:
    skipped = step.skipped
    return {
        "name": step.name,
        "version": _text(step.version),
        **_edge(step.edge),
        "kind": skipped.kind if skipped else None,
        "reason": skipped.reason if skipped else None,
    }


def _edge(edge: Requirer) -> dict[str, Any]:
    return {
        "required_by": edge.name,
        "extra": edge.extra,
        "group": edge.group,
        "marker": edge.marker,
        "extras": list(edge.extras),
    }


def _text(version: Version | None) -> str | None:
    return str(version) if version else None
