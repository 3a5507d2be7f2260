"""Plans for several targets, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import click

from repackage.cli._render import counted, print_facts, print_json, print_table
from repackage.cli.plan._files import file_of, fit_of, origin_of
from repackage.cli.plan._print import sum_of
from repackage.cli.plan._why import answers, print_why
from repackage.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from repackage.build import Planned
    from repackage.cli._talk import Talk
    from repackage.closure import Pin
    from repackage.errors import RepackageError

    Side = Planned | RepackageError

ABSENT = "-"


def print_sides(
    sides: Mapping[str, Side], asked_about: tuple[str, ...], *, as_json: bool, verbose: bool
) -> None:
    """Print what differs between targets; with ``verbose``, what does not as well."""
    plans = {name: side for name, side in sides.items() if not isinstance(side, Exception)}
    found = {name: answers(planned, asked_about) for name, planned in plans.items()}
    rows = _rows(list(plans.values()))
    differing = [row for row in rows if row.differs]
    if as_json:
        from repackage.cli.plan._facts import facts_of_sides  # lazily

        names = [row.name for row in differing]
        by_target = {name: found.get(name, ()) for name in sides}
        print_json(facts_of_sides(sides, by_target, differing=names))
    elif asked_about:
        for position, (name, planned) in enumerate(plans.items()):
            if position:
                click.echo("")
            print_why(planned, found[name])
    else:
        _print_heads(sides, plans)
        _print_rows(plans, rows if verbose else differing)
        same = len(rows) - len(differing)
        if plans:
            on = "both" if len(plans) == 2 else f"all {len(plans)}"  # noqa: PLR2004 - as English has it
            more = "" if verbose or not same else " (-v lists them)"
            click.echo(f"\nthe same on {on}: {counted(same, 'distribution')}{more}")


def refusal(sides: Mapping[str, Side], talk: Talk) -> int:
    """Report what is wrong with targets; return the status of the first."""
    status = 0
    for name, side in sides.items():
        if isinstance(side, Exception):
            status = status or side.exit_code
            talk.problems(
                Problem(
                    what=f"{problem.where}: {problem.what}" if problem.where else problem.what,
                    where=name,
                    advice=problem.advice,
                )
                for problem in side.problems
            )
    return status


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    name: NormalizedName
    shown: tuple[str, ...]
    """For each target."""
    differs: bool
    versions: bool
    """Whether more than the file differs."""


def _rows(plans: Sequence[Planned]) -> list[_Row]:
    """Say of each distribution what each target has of it; other versions come first."""
    pins = [{pin.name: pin for pin in _shown(planned)} for planned in plans]
    rows = []
    for name in sorted(set(chain.from_iterable(pins))):
        held = [(planned, known.get(name)) for planned, known in zip(plans, pins, strict=True)]
        facts = {
            pin and (pin.version, pin.source, _cell(pin, planned), file_of(pin, planned))
            for planned, pin in held
        }
        shown = tuple(_cell(pin, planned) for planned, pin in held)
        versions = {pin and (pin.version, pin.source) for _, pin in held}
        rows.append(
            _Row(name=name, shown=shown, differs=len(facts) > 1, versions=len(versions) > 1)
        )
    return sorted(rows, key=lambda row: (not row.versions, not row.differs))


def _shown(planned: Planned) -> Iterator[Pin]:
    """The pins that are bundled, or that the system is asked for."""
    asked = {external.name for external in planned.externals}
    for pin in planned.closure.pins:
        if not planned.alone or pin.name in asked:
            yield pin


def _cell(pin: Pin | None, planned: Planned) -> str:
    if pin is None:
        return ABSENT
    for external in planned.externals:
        if external.name == pin.name:
            return f"of the system: {external.specifiers or 'any version'}"
    file = file_of(pin, planned)
    fit = fit_of(file, planned.target) if file else origin_of(pin, planned)
    return f"{pin.version or ''} {fit}".strip()


def _print_heads(sides: Mapping[str, Side], plans: Mapping[str, Planned]) -> None:
    """Print what the plans have in common, and each target with what is made for it."""
    for planned in list(plans.values())[:1]:
        closure = planned.closure
        print_facts(
            [
                ("wheel", planned.wheel.filename),
                ("lock", str(planned.lock.path)),
                ("extras", ", ".join(closure.extras)),
                ("groups", ", ".join(closure.groups)),
                ("policy", planned.policy),
            ]
        )
        click.echo("")
    print_facts((name, _head(side)) for name, side in sides.items())


def _head(side: Side) -> str:
    if isinstance(side, Exception):
        return f"refused, with status {side.exit_code}"
    made = "\n".join(f"{output.name}: {output.path}" for output in side.outputs)
    target = side.target
    return f"Python {target.python.release}, {target.arch}; {sum_of(side)}\n{made}"


def _print_rows(
    plans: Mapping[str, Planned],
    rows: Sequence[_Row],
) -> None:
    if rows:
        click.echo("")
        print_table(
            ((row.name, *row.shown) for row in rows),
            heading=("DISTRIBUTION", *plans),
            even=True,
        )
