"""``repackage build``, the default command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._options import FILE, building, cached, machine_readable, talkative
from repackage.cli._sections import Sectioned
from repackage.cli._targeting import targeting

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Unpack

    from repackage.cli._given import Building
    from repackage.cli._talk import Talk


@click.command("build", cls=Sectioned)
@building
@targeting(several=True)
@click.option("--stage-dir", type=FILE, help="Put the staging root here, too, as real files.")
@cached
@machine_readable
@talkative
def command(
    *, stage_dir: Path | None, as_json: bool, talk: Talk, **given: Unpack[Building]
) -> None:
    """Package a wheel with what its lock chose; the default command.

    WHEEL is the application's wheel, such as dist/app-1.0-py3-none-any.whl. Everything
    else comes from the lock. What has the name of an artifact is replaced at once, when
    all artifacts are complete; if anything goes wrong, nothing is written.
    """
    from repackage.build import build, request_of  # lazily
    from repackage.cli._given import asked_of  # lazily
    from repackage.cli._progress import watching  # lazily
    from repackage.cli._render import human_size, print_json  # lazily

    request = request_of(asked_of(given, stage_dir=stage_dir))
    with watching(talk) as events:
        artifacts = build(request, events=events)
    if as_json:
        print_json(
            {
                "artifacts": [
                    {
                        "format": artifact.format,
                        "path": str(artifact.path),
                        "filename": artifact.basename,
                        "size": artifact.size,
                        "sha256": artifact.sha256,
                        "targets": list(artifact.targets),
                    }
                    for artifact in artifacts
                ]
            }
        )
        return
    for artifact in artifacts:
        click.echo(str(artifact.path))
        talk.explain(f"  {human_size(artifact.size)}, sha256 {artifact.sha256}")
