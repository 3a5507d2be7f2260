"""What the documentation says of the command line is what the command line offers."""

from __future__ import annotations

import itertools
import shlex
from typing import TYPE_CHECKING

import click
import pytest

from repackage.cli import COMMANDS, program
from tests.docs.blocks import ROOT, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "formats/README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def _calls() -> Iterator[tuple[Path, list[str]]]:
    """Find each call of the program in each page, as its arguments."""
    for page in PAGES:
        for step in steps(page):
            words = shlex.split(step.command, comments=True)
            for separated, group in itertools.groupby(
                words, {"&&", "|", ";", ">"}.__contains__
            ):
                command = list(group)
                if not separated and any(word.endswith("repackage") for word in command):
                    position = [word.endswith("repackage") for word in command].index(True)
                    if all("=" in word for word in command[:position]):
                        yield page, command[position + 1 :]


def _command(arguments: list[str]) -> tuple[click.Command, list[str]]:
    """Find the command that arguments call."""
    if not arguments or arguments[0] not in COMMANDS:
        arguments = ["build", *arguments]
    context = click.Context(program)
    command: click.Command | None = program
    while isinstance(command, click.Group) and arguments:
        command = command.get_command(context, arguments[0])
        arguments = arguments[1:]
    assert command is not None
    return command, arguments


@pytest.mark.parametrize(
    ("page", "arguments"),
    [pytest.param(*call, id=f"{call[0].stem}-{' '.join(call[1])}") for call in _calls()],
)
def test_a_documented_call_has_options_that_exist(page: Path, arguments: list[str]) -> None:
    command, rest = _command(arguments)
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    used = {word.partition("=")[0] for word in rest if word.startswith("-")}

    assert used <= known | {"--help", "--version"}, page


def test_every_command_and_option_explains_itself() -> None:
    unexplained = [
        f"{name} {parameter.opts[-1]}"
        for name, command in _commands()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not (parameter.help or parameter.hidden)
    ]

    assert unexplained == []
    assert [name for name, command in _commands() if not command.help] == []


def _commands() -> Iterator[tuple[str, click.Command]]:
    """List every command, those of groups included."""
    context = click.Context(program)
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", each) for below, each in command.commands.items())
