"""What was made, told to people or to machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._render import human_size, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.build import Artifact
    from repackage.cli._talk import Talk


def show(artifacts: Iterable[Artifact], *, as_json: bool, talk: Talk) -> None:
    """Print the paths of artifacts, or all about them as JSON."""
    if as_json:
        print_json({"artifacts": [_facts(artifact) for artifact in artifacts]})
        return
    for artifact in artifacts:
        click.echo(str(artifact.path))
        talk.explain(f"  {human_size(artifact.size)}, sha256 {artifact.sha256}")
        for name, value in artifact.announced.items():
            talk.say(f"{artifact.basename}: {name} {value}")


def _facts(artifact: Artifact) -> dict[str, object]:
    return {
        "format": artifact.format,
        "path": str(artifact.path),
        "filename": artifact.basename,
        "size": artifact.size,
        "sha256": artifact.sha256,
        "targets": list(artifact.targets),
        "announced": dict(artifact.announced),
    }
