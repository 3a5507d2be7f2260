"""``repackage schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._options import talkative
from repackage.cli._render import print_json

if TYPE_CHECKING:
    from repackage.cli._talk import Talk


@click.command("schema")
@click.argument("format_name", metavar="[FORMAT]", required=False)
@talkative
def command(*, format_name: str | None, talk: Talk) -> None:  # noqa: ARG001 - all that is said is the result
    """Print the JSON Schema of [tool.repackage], or of a format's table.

    Editors use it to complete and check pyproject.toml.
    """
    from repackage import registry  # lazily
    from repackage.build import tool_schema  # lazily
    from repackage.config import SCHEMA_DIALECT, json_schema  # lazily

    if format_name is None:
        schema = tool_schema()
    else:
        schema = json_schema(registry.load(format_name).Options)
    print_json({"$schema": SCHEMA_DIALECT, **schema})
