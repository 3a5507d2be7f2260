"""``repackage plan``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._options import (
    building,
    cached,
    machine_readable,
    talkative,
)
from repackage.cli._sections import Sectioned
from repackage.cli._targeting import targeting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Unpack

    from repackage.build import Planned
    from repackage.cli._given import Building
    from repackage.cli._talk import Talk
    from repackage.errors import RepackageError


@click.command("plan", cls=Sectioned)
@building
@targeting(several=True)
@click.option(
    "--why",
    "asked_about",
    multiple=True,
    metavar="NAME",
    help="Show what brings a distribution in, or why it is left out. May be repeated.",
)
@cached
@machine_readable
@talkative
def command(
    *, asked_about: tuple[str, ...], as_json: bool, talk: Talk, **given: Unpack[Building]
) -> int:
    """Decide and print what build would do; write nothing.

    Nothing is downloaded, either: the lock says what would be. Takes the options of
    'build'; without a format it shows what would be installed. With several targets, what
    differs between them is shown side by side; the status is that of the first target that
    is refused.
    """
    from repackage.cli.plan._side_by_side import print_sides, refusal  # lazily

    sides = _sides(given)
    plans = [side for side in sides.values() if not isinstance(side, Exception)]
    _warn(plans, talk)
    if len(sides) == len(plans) == 1:
        _print_one(plans[0], asked_about, as_json=as_json, verbose=talk.verbosity > 0)
        return 0
    print_sides(sides, asked_about, as_json=as_json, verbose=talk.verbosity > 0)
    return refusal(sides, talk)


def _sides(given: Building) -> dict[str, Planned | RepackageError]:
    """Decide for each target; what is wrong with all of them is not theirs to show."""
    from itertools import product  # lazily

    from repackage.build import plans, request_of  # lazily
    from repackage.cli._given import asked_of  # lazily
    from repackage.errors import RepackageError  # lazily

    targets, arches = dict.fromkeys(given["target"]), dict.fromkeys(given["arch"])
    if len(targets) < 2 and len(arches) < 2:  # noqa: PLR2004 - one, or what a table says
        found = plans(request_of(asked_of(given)))
        return {_called(planned, among=found): planned for planned in found}
    sides: dict[str, Planned | RepackageError] = {}
    for target, arch in product(targets or ("",), arches or ("",)):
        one: Building = {
            **given,
            "target": (target,) * bool(target),
            "arch": (arch,) * bool(arch),
        }
        asked = " ".join(filter(None, (target, arch if len(arches) > 1 else "")))
        try:
            found = plans(request_of(asked_of(one)))
            sides.update(
                {
                    asked if len(found) == 1 else f"{asked}: {each.target.name}": each
                    for each in found
                }
            )
        except RepackageError as error:
            sides[asked] = error
    errors = [side for side in sides.values() if isinstance(side, RepackageError)]
    if len(errors) == len(sides) and len({error.problems for error in errors}) == 1:
        raise errors[0]
    return sides


def _called(planned: Planned, *, among: Iterable[Planned]) -> str:
    """Name a line of a plan: by its target, and by its formats where two have one target."""
    name = planned.target.name
    if [each.target.name for each in among].count(name) == 1:
        return name
    return f"{name} ({', '.join(output.name for output in planned.outputs)})"


def _warn(plans: Iterable[Planned], talk: Talk) -> None:
    """Say what is not as it should be; of several plans, each thing once."""
    warnings: dict[tuple[str, str], None] = {}
    for planned in plans:
        stale = planned.closure.stale
        warnings.update({(f"the lock is stale: {each}", ""): None for each in stale})
        warnings.update({(each.what, each.advice): None for each in planned.missing})
        left_out = (reason for output in planned.outputs for reason in output.left_out)
        warnings.update({(reason, ""): None for reason in left_out})
    for line, advice in warnings:
        talk.warn(line, advice=advice)


def _print_one(
    planned: Planned, asked_about: tuple[str, ...], *, as_json: bool, verbose: bool
) -> None:
    """Print the plan for one target, or what of it was asked about."""
    from repackage.cli._render import print_json  # lazily
    from repackage.cli.plan._why import answers, print_why  # lazily

    found = answers(planned, asked_about)
    if as_json:
        from repackage.cli.plan._facts import facts_of  # lazily

        print_json(facts_of(planned, found))
    elif found:
        print_why(planned, found)
    else:
        from repackage.cli.plan._print import print_plan  # lazily

        print_plan(planned, verbose=verbose)
