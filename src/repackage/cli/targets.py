"""``repackage targets``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._options import machine_readable, talkative
from repackage.cli._render import print_json, print_table

if TYPE_CHECKING:
    from repackage.cli._talk import Talk


@click.command("targets")
@machine_readable
@talkative
def command(*, as_json: bool, talk: Talk) -> None:
    """List the targets that are known by name.

    The Python that is named first is taken unless --python says otherwise; -v lists the
    other names that are understood. For anything else there are --python and --platform.
    """
    from repackage.target import names  # lazily

    facts = [
        {
            "name": known.name,
            "aliases": list(known.aliases),
            "pythons": [python.release for python in known.pythons],
            "glibc": f"{known.glibc.major}.{known.glibc.minor}",
            "architectures": list(known.architectures),
        }
        for known in names()
    ]
    if as_json:
        print_json(facts)
        return
    rows = [
        (
            known.name,
            ", ".join(python.release for python in known.pythons),
            f"{known.glibc.major}.{known.glibc.minor}",
            ", ".join(known.architectures),
        )
        for known in names()
    ]
    print_table(rows, heading=("TARGET", "PYTHON", "GLIBC", "ARCHITECTURES"))
    if talk.verbosity > 0:
        click.echo("")
        aliases = [(known.name, ", ".join(known.aliases)) for known in names()]
        print_table(aliases, heading=("TARGET", "ALSO KNOWN AS"))
