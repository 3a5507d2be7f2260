"""A plan for one target, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._render import counted, human_size, print_facts, print_table
from repackage.cli.plan._files import file_of, origin_of, platform_of, requirer_of
from repackage.cli.plan._left_out import left_out_of, print_left_out, summary_of
from repackage.lock import LockedFile

if TYPE_CHECKING:
    from repackage.build import Output, Planned
    from repackage.closure import Pin


def print_plan(planned: Planned, *, verbose: bool) -> None:
    """Print what was decided; with ``verbose``, files by their names and what is left out."""
    closure = planned.closure
    print_facts(
        [
            ("wheel", planned.wheel.filename),
            ("lock", str(planned.lock.path)),
            ("target", planned.target.name),
            ("extras", ", ".join(closure.extras)),
            ("groups", ", ".join(closure.groups)),
            ("policy", planned.policy),
            ("notes", "\n".join(closure.notes)),
            ("codecs", _codecs() if verbose else ""),
        ]
    )
    if planned.outputs:
        click.echo("")
        print_facts((output.name, str(output.path)) for output in planned.outputs)
    for output in planned.outputs:
        _print_externals(output)
    if closure.pins and not planned.alone:
        _print_pins(planned, verbose=verbose)
    if planned.given:
        click.echo("\nfrom --find-links:")
        print_facts((f"  {name}", str(path)) for name, path in planned.given.items())
    if planned.to_build:
        click.echo("\nbuilt from source:")
        print_facts((f"  {name}", what) for name, what in planned.to_build.items())
    left_out = left_out_of(closure)
    if verbose and left_out:
        print_left_out(left_out)
    click.echo(f"\n{sum_of(planned)}")
    if left_out:
        click.echo(f"{summary_of(left_out)}{'' if verbose else ' (-v lists them)'}")


def _print_externals(output: Output) -> None:
    """Print what is left to the system, and within which bounds."""
    if not output.plan.externals:
        return
    click.echo(f"\nleft to the system by {output.name}:")
    print_facts(
        (
            f"  {each.name}",
            f"{each.specifiers or 'any version'} ({each.locked or 'no version'} is locked)",
        )
        for each in output.plan.externals
    )


def sum_of(planned: Planned) -> str:
    """What all of it comes to, as far as the lock knows the sizes of its wheels."""
    if planned.alone:
        return "the wheel alone"
    closure = planned.closure
    total = counted(len(closure.pins), "distribution")
    wheels = [pin.artifact for pin in closure.pins if isinstance(pin.artifact, LockedFile)]
    sizes = [wheel.size for wheel in wheels if wheel.size is not None]
    if wheels and not sizes:
        return total
    least = "" if len(sizes) == len(wheels) else "at least "
    return f"{total}, {least}{human_size(sum(sizes))} of wheels"


def _codecs() -> str:
    """The versions of the libraries that the compressed bytes depend on."""
    from repackage.archive import codec_versions  # lazily

    return ", ".join(f"{name} {version}" for name, version in codec_versions().items())


def _print_pins(planned: Planned, *, verbose: bool) -> None:
    """Print the distributions; of a file, its platform says most of what its name does."""
    rows = []
    for pin in planned.closure.pins:
        file = file_of(pin, planned)
        shown = file if verbose else platform_of(file, planned.target)
        shown = shown or origin_of(pin, planned)
        rows.append((pin.name, str(pin.version or ""), shown, _requirers(pin)))
    click.echo("")
    column = "FILE" if verbose else "PLATFORM"
    print_table(rows, heading=("DISTRIBUTION", "VERSION", column, "REQUIRED BY"))


def _requirers(pin: Pin) -> str:
    """Who required a pin, each once."""
    return ", ".join(dict.fromkeys(map(requirer_of, pin.required_by)))
