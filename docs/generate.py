"""Pages of the reference that are read off the code, so that they cannot drift."""

from __future__ import annotations

import itertools
import json
from dataclasses import MISSING
from typing import TYPE_CHECKING

import click

from repackage import errors, registry
from repackage.build import Core, Dependencies
from repackage.check import POLICIES, VERDICTS, PackageRules, Rules, severity
from repackage.cli import COMMANDS, program
from repackage.cli._sections import Sectioned
from repackage.config import options_of
from repackage.target import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def write(directory: Path) -> None:
    """Write every generated page, touching only those that changed."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, page in {
        "command-line.md": command_line(),
        "core.md": core(),
        "exit-statuses.md": exit_statuses(),
        "formats.md": formats(),
        "targets.md": targets(),
        "verdicts.md": verdicts(),
    }.items():
        path = directory / name
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            path.write_text(page, encoding="utf-8")


def command_line() -> str:
    """Describe every command and option, as click knows them."""
    context = click.Context(program, info_name="repackage")
    return "\n".join(
        line for name in COMMANDS for line in _command(program.get_command(context, name), name)
    )


def core() -> str:
    """List the keys of ``[tool.repackage]`` and of its reserved table."""
    return "\n".join(
        [
            "## `[tool.repackage]`\n",
            *_options(Core),
            "## `[tool.repackage.dependencies]`\n",
            *_options(Dependencies),
            "## `[tool.repackage.policy]`\n",
            *_options(Rules),
            "## `[tool.repackage.policy.package.NAME]`\n",
            *_options(PackageRules),
        ]
    )


def exit_statuses() -> str:
    """Tabulate the family of errors behind each status."""
    rows = [("0", "done", "")]
    rows += [
        (
            str(error.exit_code),
            _sentence(error),
            f"{{class}}`~repackage.errors.{error.__name__}`",
        )
        for error in sorted(errors.RepackageError.__subclasses__(), key=_status)
    ]
    rows.append(("130", "interrupted (Ctrl-C); nothing is left behind", ""))
    return _table(("status", "meaning", "error"), rows)


def formats() -> str:
    """Tabulate the options of the formats that this project brings."""
    return "\n".join(
        line
        for installed in registry.installed()
        if installed.made and installed.distribution.startswith("repackage ")
        for line in _format(installed.name)
    )


def targets() -> str:
    """Tabulate the distributions that are known by name."""
    return _table(
        ("target", "also called", "Python", "libc", "architectures"),
        [
            (
                f"`{known.name}`",
                ", ".join(f"`{alias}`" for alias in known.aliases),
                ", ".join(python.release for python in known.pythons),
                f"glibc {known.glibc.major}.{known.glibc.minor}",
                ", ".join(known.architectures),
            )
            for known in names()
        ],
    )


def verdicts() -> str:
    """Tabulate what each verdict weighs under each policy."""
    return _table(
        ("verdict", *(f"`{policy}`" for policy in POLICIES)),
        [
            (f"`{verdict}`", *(severity(verdict, policy) for policy in POLICIES))
            for verdict in VERDICTS
        ],
    )


def _command(command: click.Command | None, name: str) -> Iterator[str]:
    """Describe one command and, where it is a group, the commands below it."""
    if command is None:
        raise LookupError(name)
    context = click.Context(command, info_name=f"repackage {name}")
    yield f"## `repackage {name}`\n"
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    yield f"{_prose(command.help or '')}\n"
    for heading, options in _sections(command, context):
        yield heading
        for option in options:
            record = option.get_help_record(context)
            if record:
                yield f"`{record[0]}`\n: {_escape(record[1]) or 'No further explanation.'}\n"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            yield from _command(command.get_command(context, below), f"{name} {below}")


def _sections(
    command: click.Command, context: click.Context
) -> Iterator[tuple[str, list[click.Option]]]:
    """Gather options as ``--help`` does, under headings where there are many."""
    if isinstance(command, Sectioned):
        for heading, options in command.sections(context):
            yield f"**{heading}**\n", options
    else:
        yield "", [each for each in command.params if isinstance(each, click.Option)]


def _format(name: str) -> Iterator[str]:
    """Describe one format: what it is, and its table."""
    module = registry.load(name)
    yield f"## `{name}`\n"
    yield f"{_first_line(module)}\n"
    yield f"`[tool.repackage.{name}]`, or `-C {name}.KEY=VALUE`:\n"
    yield from _options(module.Options)


def _options(cls: type) -> Iterator[str]:
    """List the options that a dataclass describes."""
    for option in options_of(cls):
        default = "; required" if option.required else _default(option.default)
        yield f"`{option.key}` ({option.type}{default})\n: {_code(option.documentation)}\n"


def _default(value: object) -> str:
    """Spell a default as TOML does; where there is none, the documentation says what holds."""
    if value is None or value is MISSING or value in ("", ()) or value == {}:
        return ""
    return f"; default `{json.dumps(value, ensure_ascii=False)}`"


def _status(error: type[errors.RepackageError]) -> int:
    return error.exit_code


def _sentence(thing: object) -> str:
    """Return a docstring's first line as a table's cell has it."""
    line = _first_line(thing).rstrip(".")
    return line[:1].lower() + line[1:]


def _first_line(thing: object) -> str:
    return (thing.__doc__ or "").strip().partition("\n")[0]


def _prose(text: str) -> str:
    r"""Turn click's help into paragraphs: ``\b`` marks those that keep their lines."""
    paragraphs = text.replace("\f", "").strip().split("\n\n")
    return "\n\n".join(
        f"```text\n{paragraph[2:]}\n```"
        if paragraph.startswith("\b\n")
        else _escape(" ".join(paragraph.split()))
        for paragraph in paragraphs
    )


def _escape(text: str) -> str:
    """Keep Markdown from reading what is plain text."""
    for character in ("\\", "*", "_", "<", "[", "`", "|"):
        text = text.replace(character, "\\" + character)
    return text


def _code(text: str) -> str:
    """Turn the docstrings' double backquotes into Markdown's single ones."""
    return "`".join(
        part if inside else _escape(part)
        for part, inside in zip(text.split("``"), itertools.cycle((False, True)), strict=False)
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Lay out a table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
