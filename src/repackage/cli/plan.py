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
    from repackage.closure import Pin, Requirer


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
    from repackage.build import plan, request_of  # noqa: PLC0415 - lazily
    from repackage.cli._given import asked_of  # noqa: PLC0415 - lazily
    from repackage.cli._render import print_json  # noqa: PLC0415 - lazily

    planned = plan(request_of(asked_of(given)))
    for difference in planned.closure.stale:
        talk.warn(f"the lock is stale: {difference}")
    for note in (*planned.closure.notes, f"codecs: {_codecs()}"):
        talk.explain(note)
    if as_json:
        print_json(_facts(planned))
    else:
        _print(planned)


def _codecs() -> str:
    """The versions of the libraries that the compressed bytes depend on."""
    from repackage.archive import codec_versions  # noqa: PLC0415 - lazily

    return ", ".join(f"{name} {version}" for name, version in codec_versions().items())


def _print(planned: Planned) -> None:
    """Print what was decided, for people."""
    from repackage.cli._render import print_facts, print_table  # noqa: PLC0415 - lazily

    closure = planned.closure
    print_facts(
        [
            ("wheel", planned.wheel.filename),
            ("lock", str(planned.lock.path)),
            ("target", planned.target.name),
            ("extras", ", ".join(closure.extras)),
            ("groups", ", ".join(closure.groups)),
            ("policy", planned.policy),
        ]
    )
    for output in planned.outputs:
        click.echo(f"\n{output.name}: {output.path}")
    if closure.pins:
        click.echo("")
        rows = [
            (pin.name, str(pin.version or ""), _file(pin), _requirers(pin))
            for pin in closure.pins
        ]
        print_table([("DISTRIBUTION", "VERSION", "FILE", "REQUIRED BY"), *rows])
    if closure.skipped:
        click.echo("\nskipped:")
        print_table(
            (f"  {each.name}", str(each.version or ""), f"{each.required_by}: {each.reason}")
            for each in closure.skipped
        )


def _facts(planned: Planned) -> dict[str, Any]:
    """What was decided, for machines."""
    from repackage.archive import codec_versions  # noqa: PLC0415 - lazily

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
        "pins": [_pin(pin) for pin in closure.pins],
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


def _pin(pin: Pin) -> dict[str, Any]:
    """One distribution that the lock chose, for machines."""
    return {
        "name": pin.name,
        "version": str(pin.version) if pin.version else None,
        "file": _file(pin),
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


def _file(pin: Pin) -> str:
    """The file that was chosen; a member's wheel is looked for only when building."""
    return getattr(pin.artifact, "filename", "(from --find-links)")


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
