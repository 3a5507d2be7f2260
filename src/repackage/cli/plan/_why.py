"""Why a distribution is in, or is not: a tree of the paths that lead to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from repackage.cli._render import counted, print_facts
from repackage.cli._talk import visible
from repackage.cli.plan._left_out import left_out_of, why
from repackage.cli.plan._tree import Branch, draw
from repackage.closure import Paths, missed, paths
from repackage.errors import Problems, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.build import Planned
    from repackage.closure import Closure, Step
    from repackage.lock import Lock


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a plan says of one distribution."""

    name: NormalizedName
    version: Version | None
    """Of what is installed; None, too, if the lock does not know it."""
    installed: bool
    paths: Paths
    """That bring it in."""
    missed: Paths
    """That would have brought it in, or another version of it."""


def answers(planned: Planned, names: Iterable[str]) -> tuple[Answer, ...]:
    """Look distributions up; refuse names that the lock does not have, all at once."""
    from packaging.utils import canonicalize_name  # lazily

    problems = Problems()
    found = []
    for written in dict.fromkeys(names):
        name = canonicalize_name(written)
        if name not in planned.lock.by_name and name != planned.wheel.name:
            problems.add(
                f"the lock has no {written!r}",
                where=str(planned.lock.path),
                advice=_nearest(name, planned.lock),
            )
            continue
        found.append(_answer(planned.closure, name))
    problems.raise_if_any(UsageError)
    return tuple(found)


def _nearest(name: NormalizedName, lock: Lock) -> str:
    """Suggest a name; of a lock, the whole list would be too long."""
    suggestion = did_you_mean(name, lock.by_name)
    if suggestion.startswith("did"):
        return suggestion
    return f"'repackage plan -v' lists the {counted(len(lock.by_name), 'name')} that it has"


def _answer(closure: Closure, name: NormalizedName) -> Answer:
    pin = next((pin for pin in closure.pins if pin.name == name), None)
    is_root = name == closure.root.name
    return Answer(
        name=name,
        version=pin.version if pin else closure.root.version if is_root else None,
        installed=pin is not None or is_root,
        paths=paths(closure, name),
        missed=missed(closure, name),
    )


def print_why(planned: Planned, answers: Sequence[Answer]) -> None:
    """Print each answer: a sentence, and below it the tree of the paths."""
    for position, answer in enumerate(answers):
        if position:
            click.echo("")
        _print_answer(answer, planned)


def _print_answer(answer: Answer, planned: Planned) -> None:
    closure, target = planned.closure, planned.target.name
    shown = click.style(f"{answer.name} {answer.version or ''}".rstrip(), bold=True)
    virtual = any(each.name == answer.name for each in closure.passed)
    if answer.name == closure.root.name:
        click.echo(f"{shown} is the wheel itself")
    elif answer.installed:
        click.echo(f"{shown} is installed on {target}{_through(answer.paths)}")
    elif virtual:
        said = "is virtual: what it requires is installed, itself it is not"
        click.echo(f"{shown} {said}{_through(answer.paths)}")
    else:
        click.echo(f"{shown} is left out on {target}")
        _print_reasons(answer, planned)
    _print_paths(answer.paths, closure)
    if answer.installed:
        _print_others(answer, closure)
    else:
        _print_paths(answer.missed, closure)


def _print_others(answer: Answer, closure: Closure) -> None:
    """Print the other versions that the lock has, each with what it would be taken for."""
    others = [each for each in left_out_of(closure) if each.name == answer.name]
    if others:
        click.echo("\nnot taken here:")
        print_facts((f"  {each.version or each.name}", why(each)) for each in others)


def _through(found: Paths) -> str:
    """How many paths there are."""
    total = len(found.found) + found.more
    if not found:
        return ""
    least = "" if found.counted else "at least "
    return f", through {least}{counted(total, 'path')}"


def _print_reasons(answer: Answer, planned: Planned) -> None:
    """Say why it is left out, where there is no path that could be shown."""
    if answer.missed:
        return
    edges = [each for each in planned.closure.skipped if each.name == answer.name]
    for reason in dict.fromkeys(each.reason for each in edges):
        click.echo(f"  {visible(reason)}")
    if not edges and answer.name in planned.lock.members:
        click.echo(
            f"  another member of the workspace, which {planned.wheel.name} does not need"
        )
    elif not edges:
        click.echo("  nothing in the lock requires it")


def _print_paths(found: Paths, closure: Closure) -> None:
    """Print paths that begin alike as one tree."""
    if not found:
        return
    root = Branch(f"{closure.root.name} {closure.root.version}")
    for path in found.found:
        branch = root
        for step in path:
            branch = branch.grow(_label(step), _notes(step), barred=step.barred)
    click.echo("")
    for line in draw(root):
        click.echo(line)
    if found.more:
        least = "" if found.counted else "at least "
        click.echo(f"and {least}{counted(found.more, 'more path')}")


def _label(step: Step) -> str:
    extras = f"[{','.join(step.edge.extras)}]" if step.edge.extras else ""
    return f"{step.name}{extras} {step.version or ''}".rstrip()


def _notes(step: Step) -> tuple[str, ...]:
    """What an edge depends on: whose extra or group, and a marker."""
    edge = step.edge
    if step.skipped is not None and step.barred:
        said = step.skipped.reason.split("; ")
        return tuple(each for each in said if not each.endswith(" is left out"))
    notes = []
    if edge.group is not None:
        notes.append(f"group {edge.group!r} of {edge.name}")
    if edge.extra is not None:
        notes.append(f"extra {edge.extra!r} of {edge.name}")
    if edge.marker:
        notes.append(edge.marker)
    return tuple(notes)
