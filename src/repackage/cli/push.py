"""``repackage push``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from repackage.cli._options import FILE, machine_readable, registering, talkative

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.cli._talk import Talk
    from repackage.container import Pushed, Reference


@click.command("push")
@click.argument("image", type=FILE)
@click.argument("references", nargs=-1, required=True, metavar="REFERENCE...")
@click.option(
    "--image",
    "name",
    default="",
    metavar="NAME",
    help="Which image it is, where the layout has several.  [default: the only one]",
)
@registering
@machine_readable
@talkative
def command(  # noqa: PLR0913 - one for each option
    *,
    image: Path,
    references: tuple[str, ...],
    name: str,
    insecure: bool,
    jobs: int,
    as_json: bool,
    talk: Talk,
) -> None:
    """Push a container image to registries.

    IMAGE is what '--format oci' makes: an OCI layout, as a directory or as an archive. A
    REFERENCE is the image's name there, such as registry.example/team/app:1.0. Blobs that a
    registry has are not sent again. Logins are those that 'docker login', 'podman login' and
    'skopeo login' keep, and of Docker's credential helpers.
    """
    from repackage.cli._progress import watching  # lazily
    from repackage.cli._render import print_json
    from repackage.container import RegistrySettings, push  # lazily

    settings = RegistrySettings(insecure=insecure, jobs=jobs)
    asked = _references(references)
    with watching(talk) as progress:
        pushed = push(image, asked, name=name, settings=settings, progress=progress)
    if as_json:
        print_json({"pushed": [_facts(each) for each in pushed]})
        return
    for each in pushed:
        _print(each, talk=talk)


def _references(texts: tuple[str, ...]) -> list[Reference]:
    """Read all references, and complain of all that are none."""
    from repackage.container import Reference  # lazily
    from repackage.errors import Problems, UsageError

    found: list[Reference] = []
    problems = Problems()
    for text in dict.fromkeys(texts):
        try:
            found.append(Reference.parse(text))
        except UsageError as error:  # noqa: PERF203 - all are looked at
            problems.extend(error.problems)
    problems.raise_if_any(UsageError)
    return found


def _print(pushed: Pushed, *, talk: Talk) -> None:
    """Print the name that stays, and say what was sent."""
    from repackage.cli._render import counted, human_size  # lazily

    click.echo(str(pushed.pinned))
    said = []
    for how, word in (("uploaded", "uploaded"), ("mounted", "mounted"), ("present", "there")):
        count, size = pushed.moved(how)
        if count:
            said.append(f"{counted(count, 'blob')} {word} ({human_size(size)})")
    talk.say(f"  {', '.join(said)}")
    for blob in pushed.blobs:
        talk.explain(f"  {blob.digest}: {blob.how}, {human_size(blob.size)}")


def _facts(pushed: Pushed) -> dict[str, object]:
    return {
        "reference": str(pushed.reference),
        "pinned": str(pushed.pinned),
        "digest": pushed.digest,
        "media_type": pushed.media_type,
        "manifests": pushed.manifests,
        "blobs": [asdict(blob) for blob in pushed.blobs],
    }
