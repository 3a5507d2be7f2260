"""``repackage check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._options import FILE, machine_readable, talkative
from repackage.cli._sections import Sectioned
from repackage.cli._targeting import targeting

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Unpack

    from repackage.build import Request
    from repackage.cli._given import Checking, OutputFormat, Targeted
    from repackage.cli._judged import Judged
    from repackage.cli._subject import Subject
    from repackage.cli._talk import Talk

OUTPUT_FORMATS = ["table", "json", "sarif", "junit"]


@click.command("check", cls=Sectioned)
@click.argument("path", type=FILE)
@click.option(
    "-f",
    "--format",
    "format_name",
    metavar="NAME",
    help="How to read it.  [default: as it looks]",
)
@click.option(
    "--name",
    metavar="NAME",
    help="The application.  [default: the member of the lock that is there]",
)
@click.option(
    "--site",
    metavar="DIR",
    help="The directory inside PATH that is imported from.  "
    "[default: the one that the application is in]",
)
@targeting(default="the one that it is made for", policy="constrain")
@click.option(
    "--output-format",
    type=click.Choice(OUTPUT_FORMATS),
    default="table",
    help="For people, programs, code scanning, or test reports.  [default: table]",
)
@click.option(
    "-o",
    "--output",
    type=FILE,
    metavar="FILE",
    help="Write the report there; a table is printed as well, unless it is the report.",
)
@machine_readable
@talkative
def command(*, path: Path, talk: Talk, **given: Unpack[Checking]) -> int:
    """Judge a directory or an artifact against a lock.

    PATH is a staging root, a virtual environment, the root of a container, a directory of
    site-packages, an image or an artifact of any kind that can be read, whoever made it.
    It is judged for the target that it is made for, where it tells, unless another one is
    asked for, and for the extras and groups that its ledger has, if it has one. The policy
    is 'constrain' unless another one is asked for. The status is 0 if nothing contravenes
    the lock, 1 if something does, 2 if that cannot be told, and 3 if something is missing.
    """
    from repackage.build import check  # lazily
    from repackage.cli._judged import Judged  # lazily
    from repackage.cli._subject import subject_of  # lazily

    subject = subject_of(path, given)
    request = _request(path, subject, given)
    report = check(request, subject.entries, name=subject.name, site=given["site"])
    for note in report.notes:
        talk.warn(note)
    judged = Judged(
        report=report,
        path=path,
        lock=request.lock,
        target=request.target,
        evidence=subject.derived.evidence,
    )
    output_format: OutputFormat = "json" if given["as_json"] else given["output_format"]
    _put(judged, output_format, output=given["output"], talk=talk)
    return report.exit_status


def _request(path: Path, subject: Subject, given: Targeted) -> Request:
    """Compose the request, for the target that was asked for or found out."""
    from repackage.build import Asked, request_of  # lazily
    from repackage.cli._given import flags_of  # lazily

    return request_of(
        Asked(
            wheel=path,
            lock=given["lock"],
            project=given["project"],
            flags=dict(subject.derived.flags) | flags_of(given),
            policy=given["policy"],
            otherwise="constrain",
        )
    )


def _put(
    judged: Judged, output_format: OutputFormat, *, output: Path | None, talk: Talk
) -> None:
    """Print the report, or write it into a file and print the table."""
    verbose = talk.verbosity > 0
    if output is not None:
        from repackage.cli._report_file import write_report  # lazily

        text = _text(judged, output_format, verbose=verbose)
        write_report(output, click.unstyle(text))
        if output_format != "table" and talk.verbosity >= 0:
            _print(judged, "table", verbose=verbose)
    else:
        _print(judged, output_format, verbose=verbose)


def _print(judged: Judged, output_format: OutputFormat, *, verbose: bool) -> None:
    from repackage.cli._render import terminal_width  # lazily

    text = _text(judged, output_format, verbose=verbose, room=terminal_width())
    click.echo(text, nl=False)


def _text(
    judged: Judged, output_format: OutputFormat, *, verbose: bool, room: int | None = None
) -> str:
    """Compose the report, a table within the columns that there are."""
    from repackage.cli._render import json_text  # lazily

    match output_format:
        case "table":
            from repackage.cli._verdict_table import table  # lazily

            return table(judged, verbose=verbose, room=room)
        case "json":
            from repackage.cli._judged import as_json  # lazily

            return f"{json_text(as_json(judged))}\n"
        case "sarif":
            from repackage.cli._sarif import as_sarif  # lazily

            return f"{json_text(as_sarif(judged, verbose=verbose))}\n"
        case "junit":
            from repackage.cli._junit import as_junit  # lazily

            return as_junit(judged)
