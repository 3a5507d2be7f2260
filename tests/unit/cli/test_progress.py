from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from repackage.cli._progress import Drawn, Spoken, watching
from repackage.cli._render import human_size
from repackage.cli._talk import Talk

if TYPE_CHECKING:
    from repackage.build import Events


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def happen(events: Events) -> None:
    """What happens in a build with one download."""
    events.step("fetching")
    events.start("a.whl", 2048)
    events.advance("a.whl", 1024)
    events.finish("a.whl")
    events.note("chosen")
    events.warn("odd")
    events.step("writing")


def test_a_download_has_a_bar_until_it_is_here() -> None:
    console = Console(file=io.StringIO())
    progress = Progress(TextColumn("{task.description} {task.fields[amount]}"), console=console)
    drawn = Drawn(talk=Talk(), progress=progress)

    drawn.step("fetching")
    drawn.start("a.whl", 2048)
    drawn.start("b-1.0-cp312-cp312-manylinux_2_28_x86_64.whl", None)
    drawn.advance("a.whl", 1024)

    assert [(task.description, task.completed) for task in progress.tasks] == [
        ("fetching", 0),
        ("  a.whl", 1024),
        ("  b-1.0", 0),
    ]
    drawn.finish("a.whl")
    drawn.advance("a.whl", 1)
    drawn.finish("a.whl")
    drawn.step("writing")
    assert [task.description for task in progress.tasks] == ["  b-1.0", "writing"]


def test_without_a_terminal_nothing_is_drawn_and_warnings_are_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with watching(Talk()) as events:
        happen(events)

    assert isinstance(events, Spoken)
    assert capsys.readouterr().err == "warning: odd\n"


def test_verbose_lines_name_steps_decisions_and_arrivals(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with watching(Talk(verbosity=1)) as events:
        happen(events)

    assert capsys.readouterr().err == (
        "fetching\n  a.whl: here\n  chosen\nwarning: odd\nwriting\n"
    )


def test_on_a_terminal_bars_come_and_go_and_warnings_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")

    with watching(Talk(colour=False)) as events:
        happen(events)

    assert isinstance(events, Drawn)
    assert "writing" in terminal.getvalue()
    assert "warning: odd" in terminal.getvalue()


@pytest.mark.parametrize("talk", [Talk(verbosity=1), Talk(verbosity=-1), Talk(progress=False)])
def test_bars_are_not_drawn_among_lines_or_when_they_are_not_wanted(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())

    assert not talk.draws
    assert Talk().draws


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536 << 10, "1.5 MiB"),
        (3 << 30, "3.0 GiB"),
        (5 << 40, "5.0 TiB"),
    ],
)
def test_sizes_are_said_as_people_read_them(size: int, said: str) -> None:
    assert human_size(size) == said
