"""The table of verdicts as it looks on terminals of several widths."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import pytest

from repackage.check import Finding, Report
from repackage.cli._judged import Judged
from repackage.cli._verdict_table import table
from repackage.target import free_target

TARGET = free_target(python="3.11", platform="manylinux_2_36_x86_64")
PATH = "lib/python3.11/site-packages/typing_extensions-4.16.0.dist-info/a-long-name.txt"


def judged(number: int = 1) -> Judged:
    findings = [
        Finding(
            name=f"typing-extensions-{at}",
            verdict="version-differs",
            severity="error",
            message="3.4 is installed, and the lock has 3.20 (older, in range)",
            required_by=("idna 3.4", "anyio 4.16.0"),
        )
        for at in range(number)
    ]
    edited = Finding(
        name="edited\x1b[2J",
        verdict="record-mismatch",
        severity="warning",
        message=f"{PATH} was changed",
    )
    return Judged(
        report=Report(findings=(*findings, edited), policy="constrain"),
        path=Path(".venv"),
        lock=Path("uv.lock"),
        target=TARGET,
        evidence="pyvenv.cfg, extension modules",
    )


def test_in_a_pipe_each_finding_is_one_line() -> None:
    lines = table(judged(300), verbose=False).splitlines()

    assert len(lines) == 300 + 1 + 4
    assert all(line == line.rstrip() for line in lines)
    assert "older, in range), required by idna 3.4, anyio 4.16.0" in lines[1]


@pytest.mark.parametrize("room", [50, 80, 120, 200])
def test_on_a_terminal_sentences_are_folded_between_words(room: int) -> None:
    wide = click.unstyle(table(judged(), verbose=False))
    narrow = click.unstyle(table(judged(), verbose=False, room=room))

    assert narrow.split() == wide.split()
    for line in narrow.splitlines():
        # what cannot be folded: a path, and what a finding is about
        assert len(line) <= room or len(line.split()) == 1 or line.startswith("  "), line


def test_a_folded_sentence_stays_beside_what_it_is_about() -> None:
    lines = click.unstyle(table(judged(), verbose=False, room=80)).splitlines()

    assert lines[1:4] == [
        "  error    typing-extensions-0  version-differs  3.4 is installed, and the lock",
        "                                                 has 3.20 (older, in range),",
        "                                                 required by idna 3.4, anyio",
    ]


def test_a_sentence_without_room_is_below_what_it_is_about() -> None:
    lines = click.unstyle(table(judged(), verbose=False, room=60)).splitlines()

    assert lines[1:4] == [
        "  error    typing-extensions-0  version-differs",
        "      3.4 is installed, and the lock has 3.20 (older, in",
        "      range), required by idna 3.4, anyio 4.16.0",
    ]


def test_names_cannot_write_on_the_terminal() -> None:
    assert "\x1b[2J" not in table(judged(), verbose=True, room=80)


@pytest.mark.parametrize(("number", "lines"), [(10, 10), (11, 11), (2_000, 11)])
def test_of_many_findings_alike_some_are_shown_and_all_on_demand(
    number: int, lines: int
) -> None:
    files = tuple(
        Finding(
            name="dep",
            verdict="record-mismatch",
            severity="error",
            message=f"dep/{at}.py is in RECORD and not there",
        )
        for at in range(number)
    )
    many = replace(judged(), report=Report(findings=files, policy="constrain"))

    shown = table(many, verbose=False).splitlines()
    assert len(shown) == lines + 4
    assert len(table(many, verbose=True).splitlines()) == number + 4
    if number > 10:
        assert shown[11] == f"      and {number - 10} more: dep record-mismatch; -v shows them"
