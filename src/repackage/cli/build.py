"""``repackage build``, the default command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._options import FILE, building, cached, machine_readable, signing, talkative
from repackage.cli._sections import Sectioned
from repackage.cli._targeting import targeting

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Unpack

    from repackage.cli._given import Signing
    from repackage.cli._talk import Talk


@click.command("build", cls=Sectioned)
@building
@targeting(several=True)
@click.option("--stage-dir", type=FILE, help="Put the staging root here, too, as real files.")
@signing
@cached
@machine_readable
@talkative
def command(
    *, stage_dir: Path | None, as_json: bool, talk: Talk, **given: Unpack[Signing]
) -> None:
    """Package a wheel with what its lock chose; the default command.

    WHEEL is the application's wheel, such as dist/app-1.0-py3-none-any.whl. Everything
    else comes from the lock. What has the name of an artifact is replaced at once, when
    all artifacts are complete; if anything goes wrong, nothing is written. Rpms are signed
    with --sign-key or --sign-command.
    """
    from repackage.build import build, request_of  # lazily
    from repackage.cli._given import asked_of  # lazily
    from repackage.cli._made import show  # lazily
    from repackage.cli._progress import watching  # lazily

    request = request_of(asked_of(given, stage_dir=stage_dir))
    with watching(talk) as events:
        artifacts = build(request, events=events)
    show(artifacts, as_json=as_json, talk=talk)
