"""``repackage pull``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._options import FILE, cached, machine_readable, registering, talkative

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.cli._talk import Talk
    from repackage.container import Pulled


@click.command("pull")
@click.argument("reference")
@click.argument("directory", type=FILE)
@click.option(
    "--platform",
    "wanted",
    metavar="OS/ARCH",
    help="Which image of several: linux/arm64.  [default: this machine's]",
)
@click.option("--offline", is_flag=True, help="Use nothing but the cache.")
@registering
@cached
@machine_readable
@talkative
def command(  # noqa: PLR0913 - one for each option
    *,
    reference: str,
    directory: Path,
    wanted: str | None,
    offline: bool,
    insecure: bool,
    jobs: int,
    cache_dir: Path | None,
    as_json: bool,
    talk: Talk,
) -> None:
    """Save the image of a registry as an OCI layout.

    DIRECTORY is made. It can be what another image is based on, and be looked into with
    'check', 'inspect' and 'diff'. Every byte is held to its digest.
    """
    from repackage.build import save_image  # lazily
    from repackage.cli._progress import watching
    from repackage.container import Platform, Reference, RegistrySettings, pull  # lazily
    from repackage.store import Store

    asked = Reference.parse(reference)
    platform = Platform.here() if wanted is None else Platform.parse(wanted)
    with watching(talk) as progress:
        pulled = pull(
            asked,
            platform=platform,
            into=Store.open(cache_dir, limited=False).prepared("oci") / "bases",
            offline=offline,
            settings=RegistrySettings(insecure=insecure, jobs=jobs),
            progress=progress,
        )
        size = save_image(pulled, directory)
    _print(pulled, directory, size=size, as_json=as_json, talk=talk)


def _print(pulled: Pulled, directory: Path, *, size: int, as_json: bool, talk: Talk) -> None:
    """Say where the image is now, and which one it was; ``size`` is in bytes."""
    from repackage.cli._render import human_size, print_json  # lazily

    if as_json:
        print_json(
            {
                "reference": str(pulled.reference),
                "digest": pulled.digest,
                "platform": str(pulled.platform),
                "path": str(directory),
                "size": size,
            }
        )
        return
    click.echo(str(directory))
    talk.say(f"  {pulled.reference}, {pulled.platform}, {human_size(size)}")
