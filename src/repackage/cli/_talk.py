"""What is said to people: always on stderr, so that stdout holds nothing but results."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from repackage.errors import Problem


@dataclass(slots=True)
class Talk:
    """How much is said, and how; set by the options of the command, hence not frozen."""

    verbosity: int = 0
    """-1: errors only; 1: decisions too; 2: tracebacks too."""
    colour: bool | None = None
    """None: where stderr is a terminal and NO_COLOR is not set."""
    progress: bool = True
    """Whether progress may be drawn."""

    @property
    def coloured(self) -> bool | None:
        """What to tell click. See https://no-color.org/."""
        if self.colour is None and os.environ.get("NO_COLOR"):
            return False
        return self.colour

    @property
    def draws(self) -> bool:
        """Whether to draw progress: on a terminal only, and not among explanations."""
        return self.progress and self.verbosity == 0 and sys.stderr.isatty()

    def echo(self, line: str) -> None:
        """Say something, however quiet; a stderr that nobody can read stops no work."""
        try:
            click.echo(line, err=True, color=self.coloured)
        except OSError:
            forget(sys.stderr)

    def say(self, line: str) -> None:
        """Say something, unless quiet."""
        if self.verbosity >= 0:
            self.echo(line)

    def explain(self, line: str) -> None:
        """Explain a decision, with ``-v``."""
        if self.verbosity > 0:
            self.echo(click.style(visible(line), dim=True))

    def warn(self, line: str, *, advice: str = "") -> None:
        """Warn, unless quiet."""
        if self.verbosity >= 0:
            self._label("warning:", line, advice, colour="yellow")

    def problems(self, problems: Iterable[Problem]) -> None:
        """Report problems: ``error: where: what``, and below it what to do."""
        for problem in problems:
            located = f"{problem.where}: {problem.what}" if problem.where else problem.what
            self._label("error:", located, problem.advice, colour="red")

    def _label(self, label: str, line: str, advice: str, *, colour: str) -> None:
        self.echo(f"{click.style(label, fg=colour, bold=True)} {visible(line)}")
        for below in advice.splitlines():
            self.echo(f"  {visible(below)}")


def visible(text: str) -> str:
    """Spell out what would steer the terminal: names in wheels and locks are strangers'."""
    return "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in text
    )


def forget(stream: TextIO) -> None:
    """Let the interpreter's last flush of a stream go nowhere, rather than fail again."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
