"""How a build gets on: bars where someone watches, lines for those who ask."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from repackage.cli._render import human_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

    from repackage.build import Events
    from repackage.cli._talk import Talk


@contextmanager
def watching(talk: Talk) -> Iterator[Events]:
    """Watch a build in the way that the terminal and the options allow."""
    if not talk.draws:
        yield Spoken(talk)
        return
    from rich.console import Console  # only where something is drawn
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True, no_color=talk.coloured is False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[amount]}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Drawn(talk=talk, progress=progress)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Events as lines: steps and decisions with ``-v``, warnings always."""

    talk: Talk

    def step(self, what: str) -> None:
        """Name a step."""
        self.talk.explain(what)

    def note(self, what: str) -> None:
        """Explain a decision."""
        self.talk.explain(f"  {what}")

    def warn(self, what: str) -> None:
        """Pass a warning on."""
        self.talk.warn(what)

    def start(self, name: str, total: int | None) -> None:
        """Say nothing: lines of several threads would mingle."""

    def advance(self, name: str, count: int) -> None:
        """Say nothing."""

    def finish(self, name: str) -> None:
        """Name what has arrived."""
        self.talk.explain(f"  {name}: here")


@dataclass(slots=True)
class Drawn:
    """Events as bars: one for the step, one for each download that is under way."""

    talk: Talk
    progress: Progress
    downloads: dict[str, TaskID] = field(default_factory=dict)
    current: TaskID | None = None

    def step(self, what: str) -> None:
        """Show the step in place of the one before."""
        if self.current is not None:
            self.progress.remove_task(self.current)
        self.current = self.progress.add_task(what, total=None, amount="")

    def note(self, what: str) -> None:
        """Say nothing: bars are not drawn with ``-v``."""

    def warn(self, what: str) -> None:
        """Pass a warning on; it appears above the bars."""
        self.talk.warn(what)

    def start(self, name: str, total: int | None) -> None:
        """Show a download."""
        amount = "" if total is None else human_size(total)
        brief = "-".join(name.split("-")[:2])  # tags would leave no room for the bar
        task = self.progress.add_task(f"  {brief}", total=total, amount=amount)
        self.downloads[name] = task

    def advance(self, name: str, count: int) -> None:
        """Move its bar."""
        if name in self.downloads:
            self.progress.advance(self.downloads[name], count)

    def finish(self, name: str) -> None:
        """Take its bar away."""
        if name in self.downloads:
            self.progress.remove_task(self.downloads.pop(name))
