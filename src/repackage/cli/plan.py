"""``repackage plan``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from repackage.cli._options import building, cached, machine_readable, talkative, targeted

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from repackage.build import Output, Planned
    from repackage.cli._given import Building
    from repackage.cli._talk import Talk
    from repackage.closure import Closure, Pin, Requirer
    from repackage.target import Target


@click.command("plan")
@building
@targeted
@cached
@machine_readable
@talkative
def command(*, as_json: bool, talk: Talk, **given: Unpack[Building]) -> None:
    """Decide and print what build would do; write nothing.

    Nothing is downloaded, either: the lock says what would be. Takes the options of
    'build'.
    """
    from repackage.build import plan, request_of  # lazily
    from repackage.cli._given import asked_of  # lazily
    from repackage.cli._render import print_json  # lazily

    planned = plan(request_of(asked_of(given)))
    for difference in planned.closure.stale:
        talk.warn(f"the lock is stale: {difference}")
    for problem in planned.missing:
        talk.warn(problem.what, advice=problem.advice)
    if as_json:
        print_json(_facts(planned))
    else:
        _print(planned, verbose=talk.verbosity > 0)


def _codecs() -> str:
    """The versions of the libraries that the compressed bytes depend on."""
    from repackage.archive import codec_versions  # lazily

    return ", ".join(f"{name} {version}" for name, version in codec_versions().items())


def _print(planned: Planned, *, verbose: bool) -> None:
    """Print what was decided, for people; with ``verbose``, files by their whole names."""
    from repackage.cli._render import print_facts  # lazily

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
    click.echo("")
    print_facts((output.name, str(output.path)) for output in planned.outputs)
    if closure.pins:
        _print_pins(planned, verbose=verbose)
    if planned.given:
        click.echo("\nfrom --find-links:")
        print_facts((f"  {name}", str(path)) for name, path in planned.given.items())
    if verbose and closure.skipped:
        _print_skipped(closure)
    _print_sum(closure, hint="" if verbose else " (-v says why)")


def _print_pins(planned: Planned, *, verbose: bool) -> None:
    """Print the distributions; of a file, its platform says most of what its name does."""
    from repackage.cli._render import print_table  # lazily

    rows = []
    for pin in planned.closure.pins:
        file = _file(pin, planned)
        shown = file if verbose else _platform(file, planned.target)
        rows.append((pin.name, str(pin.version or ""), shown or "missing", _requirers(pin)))
    click.echo("")
    column = "FILE" if verbose else "PLATFORM"
    print_table(rows, heading=("DISTRIBUTION", "VERSION", column, "REQUIRED BY"))


def _print_skipped(closure: Closure) -> None:
    """Print the edges that were not followed."""
    from repackage.cli._render import print_table  # lazily

    click.echo("")
    print_table(
        (
            (each.name, str(each.version or ""), each.required_by, each.reason)
            for each in closure.skipped
        ),
        heading=("LEFT OUT", "VERSION", "REQUIRED BY", "REASON"),
    )


def _print_sum(closure: Closure, *, hint: str) -> None:
    """Print what all of it comes to."""
    from repackage.cli._render import counted, human_size  # lazily

    sizes = [getattr(pin.artifact, "size", None) or 0 for pin in closure.pins]
    left_out = {(each.name, each.version) for each in closure.skipped}
    more = f"; {len(left_out)} left out{hint}" if left_out else ""
    said = f"{counted(len(closure.pins), 'distribution')}, {human_size(sum(sizes))} of wheels"
    click.echo(f"\n{said}{more}")


def _platform(filename: str, target: Target) -> str:
    """The platform that the target likes best of those that a wheel's name lists."""
    offered = filename.removesuffix(".whl").rpartition("-")[2].split(".")
    return next((tag.platform for tag in target.tags if tag.platform in offered), "")


def _facts(planned: Planned) -> dict[str, Any]:
    """What was decided, for machines."""
    from repackage.archive import codec_versions  # lazily

    closure, target = planned.closure, planned.target
    return {
        "wheel": planned.wheel.filename,
        "name": planned.package.name,
        "version": str(planned.package.version),
        "lock": {"path": str(planned.lock.path), "sha256": planned.lock.sha256},
        "target": {
            "name": target.name,
            "python": target.python.release,
            "arch": target.arch,
            "interpreter": target.interpreter,
        },
        "extras": list(closure.extras),
        "groups": list(closure.groups),
        "policy": planned.policy,
        "pins": [_pin(pin, planned) for pin in closure.pins],
        "skipped": [
            {
                "name": each.name,
                "version": str(each.version) if each.version else None,
                "required_by": each.required_by,
                "reason": each.reason,
            }
            for each in closure.skipped
        ],
        "notes": list(closure.notes),
        "stale": list(closure.stale),
        "codecs": dict(codec_versions()),
        "outputs": [_output(output) for output in planned.outputs],
    }


def _pin(pin: Pin, planned: Planned) -> dict[str, Any]:
    """One distribution that the lock chose, for machines."""
    return {
        "name": pin.name,
        "version": str(pin.version) if pin.version else None,
        "file": _file(pin, planned) or None,
        "given": str(planned.given[pin.name]) if pin.name in planned.given else None,
        "extras": list(pin.extras),
        "required_by": [_requirer(each) for each in pin.required_by],
    }


def _output(output: Output) -> dict[str, Any]:
    """One artifact to be made, for machines."""
    return {
        "format": output.name,
        "path": str(output.path),
        "filename": output.path.name,
        "epoch": output.plan.epoch,
        "layout": asdict(output.plan.layout),
        "options": asdict(output.plan.options),
    }


def _file(pin: Pin, planned: Planned) -> str:
    """Name the file that was chosen; empty where a wheel must be given and is not there."""
    given = planned.given.get(pin.name)
    return given.name if given is not None else getattr(pin.artifact, "filename", "")


def _requirers(pin: Pin) -> str:
    """Who required a pin, each once."""
    return ", ".join(dict.fromkeys(map(_requirer, pin.required_by)))


def _requirer(requirer: Requirer) -> str:
    """Name a requirer, with the extra or group whose list the edge stands in."""
    if requirer.extra:
        return f"{requirer.name}[{requirer.extra}]"
    if requirer.group:
        return f"{requirer.name}:{requirer.group}"
    return str(requirer.name)
