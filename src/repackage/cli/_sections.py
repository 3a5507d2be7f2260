"""``--help`` of the commands that have many options, by what these are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Heading: names of parameters. What stands nowhere is about what is told.
SECTIONS = {
    "What to make": (
        "formats",
        "out_dir",
        "scripts_of",
        "dependencies",
        "bytecode",
        "settings",
        "jobs",
        "stage_dir",
    ),
    "What to judge": ("format_name", "name", "site"),
    "By which lock": ("lock", "project", "policy"),
    "For which machine": ("target", "targets", "arch", "python", "platform"),
    "With which extras and groups": (
        "extras",
        "all_extras",
        "no_extras",
        "groups",
        "all_groups",
        "only_groups",
        "no_groups",
        "default_groups",
    ),
    "Who signs": ("sign_keys", "sign_command", "sign_public_key"),
    "From which files": ("find_links", "no_binary", "only_binary", "offline", "cache_dir"),
}
REST = "What is told"
REPEATED = "What names extras, groups, distributions, or formats to make may be repeated."


class Sectioned(click.Command):
    """A command whose options are listed under headings."""

    def sections(self, ctx: click.Context) -> Iterator[tuple[str, list[click.Option]]]:
        """The options under each heading, in the order of the headings."""
        waiting = {
            str(parameter.name): parameter
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option)
        }
        for heading, names in SECTIONS.items():
            found = [waiting.pop(name) for name in names if name in waiting]
            if found:
                yield heading, found
        yield REST, list(waiting.values())

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List each section as click lists all options."""
        for heading, options in self.sections(ctx):
            with formatter.section(heading):
                formatter.write_dl(
                    [record for each in options if (record := each.get_help_record(ctx))]
                )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Say once what holds for many."""
        formatter.write_paragraph()
        formatter.write_text(REPEATED)
