"""``repackage formats``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._options import machine_readable, talkative
from repackage.cli._render import print_json, print_table

if TYPE_CHECKING:
    from repackage.cli._talk import Talk


@click.command("formats")
@machine_readable
@talkative
def command(*, as_json: bool, talk: Talk) -> None:  # noqa: ARG001 - all that is said is the result
    """List the formats that are installed.

    A format is installed by any distribution with an entry point in the group
    'repackage.formats'; one that can only be read, by 'repackage.readers'.
    """
    from repackage import registry  # lazily

    found = registry.installed()
    if as_json:
        print_json(
            [
                {
                    "name": each.name,
                    "module": each.module,
                    "distribution": each.distribution,
                    "made": each.made,
                }
                for each in found
            ]
        )
    else:
        print_table(
            (
                (
                    each.name,
                    "made, read" if each.made else "read",
                    each.module,
                    each.distribution,
                )
                for each in found
            ),
            heading=("FORMAT", "IS", "MODULE", "DISTRIBUTION"),
        )
