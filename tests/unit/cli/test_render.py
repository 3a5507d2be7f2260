"""Tables: whole in a pipe, never wider than a terminal."""

from __future__ import annotations

import io
import sys

import pytest

from repackage.cli._render import counted, print_facts, print_table, shortened

ROWS = [("a-name", "1.0", "any", "one, two, three"), ("b", "22.0", "any", "four")]
HEADING = ("NAME", "VERSION", "PLATFORM", "REQUIRED BY")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_in_a_pipe_nothing_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(ROWS, heading=HEADING)

    assert capsys.readouterr().out == (
        "NAME    VERSION  PLATFORM  REQUIRED BY\n"
        "a-name  1.0      any       one, two, three\n"
        "b       22.0     any       four\n"
    )


@pytest.mark.parametrize("columns", [120, 40, 34, 10])
def test_on_a_terminal_a_table_is_cut_but_its_columns_never_vanish(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))

    print_table([*ROWS, ("c" * 30, "3", "any", "d" * 30)], heading=HEADING)

    lines = terminal.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()
    assert max(map(len, lines)) <= max(columns, 4 * 8 + 3 * 2)
    assert lines[1].startswith("a-name")


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("one, two, three", 15, "one, two, three"),
        ("one, two, three", 14, "one, two +1"),
        ("one, two, three", 10, "one +2"),
        ("one, two, three", 5, "one,…"),
        ("manylinux", 8, "manylin…"),
    ],
)
def test_a_list_that_is_cut_says_how_many_are_left_out(
    text: str, width: int, shown: str
) -> None:
    assert shortened(text, width) == shown


def test_facts_of_several_lines_stay_in_their_column(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_facts([("one", "1"), ("none", ""), ("three", "3\n4")])
    print_facts([])

    assert capsys.readouterr().out == "one:    1\nthree:  3\n        4\n"


def test_one_thing_is_not_several() -> None:
    assert [counted(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
