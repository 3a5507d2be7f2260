"""``repackage check``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from repackage.cli._options import FILE, machine_readable, talkative, targeted
from repackage.cli._talk import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from typing_extensions import Unpack

    from repackage.check import Report
    from repackage.cli._given import Targeted
    from repackage.cli._talk import Talk
    from repackage.tree import Entry

STYLES: Mapping[str, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "note": {},
    "ok": {"fg": "green"},
}
CONTRAVENED = 1
INCOMPLETE = 3


@click.command("check")
@click.argument("path", type=FILE)
@click.option(
    "-f", "--format", "format_name", metavar="NAME", help="[default: as the name says]"
)
@click.option(
    "--name", help="The application.  [default: the member of the lock that is there]"
)
@targeted
@machine_readable
@talkative
def command(
    *,
    path: Path,
    format_name: str | None,
    name: str | None,
    as_json: bool,
    talk: Talk,
    **given: Unpack[Targeted],
) -> int:
    """Judge a directory or an artifact against a lock.

    PATH is a staging root, a venv, or an artifact of any installed format, whoever made
    it. The target of a venv is its own interpreter. The policy is 'constrain' unless another one is asked for. The status is 0 if
    nothing contravenes the lock, 1 if something does, 2 if that cannot be told, and 3 if
    something is missing.
    """
    from repackage.build import Asked, check, request_of  # lazily
    from repackage.cli._given import flags_of  # lazily
    from repackage.cli._render import print_json  # lazily

    request = request_of(
        Asked(
            wheel=path,
            lock=given["lock"],
            project=given["project"],
            flags=_targeting(path, given) | flags_of(given),
            policy=given["policy"],
            otherwise="constrain",
        )
    )
    report = check(request, _entries(path, format_name=format_name), name=name)
    if as_json:
        print_json(
            {"policy": report.policy, "findings": [asdict(each) for each in report.findings]}
        )
    else:
        _print(report, verbose=talk.verbosity > 0)
    if report.contravenes:
        return CONTRAVENED
    return INCOMPLETE if report.incomplete else 0


def _targeting(path: Path, given: Targeted) -> dict[str, object]:
    """Take a venv's own interpreter for the target, unless one is asked for."""
    if given["target"] or given["platform"] or given["python"] or given["arch"]:
        return {}
    from repackage.cli._venv import targeting_of  # lazily

    return targeting_of(path)


def _entries(path: Path, *, format_name: str | None) -> Iterable[Entry]:
    """What is installed in a directory or an artifact."""
    if path.is_dir() and format_name is None:
        from repackage.check import read_directory  # lazily

        return read_directory(path)
    from repackage.cli._artifact import open_artifact  # lazily

    return open_artifact(path, format_name=format_name).entries


def _print(report: Report, *, verbose: bool) -> None:
    """Print the findings that matter, with ``-v`` all of them, and what they come to."""
    for finding in report.findings:
        if verbose or finding.severity in ("error", "warning"):
            required = ", ".join(finding.required_by)
            label = click.style(f"{finding.severity}:", **STYLES[finding.severity])
            said = f"{finding}{f', required by {required}' if required else ''}"
            click.echo(f"{label} {visible(said)}")
    names = {finding.name for finding in report.findings}
    wrong = {finding.name for finding in report.errors}
    click.echo(f"policy {report.policy!r}: {len(wrong)} of {len(names)} distributions fail")
