"""Standard streams that are closed, full, or steer a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from repackage.cli import program
from repackage.cli._errors import exit_status
from repackage.cli._talk import Talk, visible
from repackage.errors import Problem

FULL = Path("/dev/full")
COMMAND = f"{sys.executable} -m repackage formats"

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_results_that_find_no_room_are_an_error_of_the_output(unbuffered: str) -> None:
    done = shell(f"{COMMAND} >{FULL}", PYTHONUNBUFFERED=unbuffered)

    assert done.returncode == 8, done.stderr
    assert done.stderr.splitlines() == [
        "error: stdout: cannot be written: no space left on device",
        "  free some space; artifacts that were made are in their places",
    ]


def test_results_that_nobody_wants_are_no_error() -> None:
    done = shell(f"{COMMAND} >&-")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("where", [f"2>{FULL}", "2>&-"])
@pytest.mark.parametrize(("options", "status"), [("", 0), ("--fromat", 2)])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_talk_that_nobody_hears_changes_nothing(
    where: str, options: str, status: int, unbuffered: str
) -> None:
    done = shell(f"{COMMAND} -v {options} {where}", PYTHONUNBUFFERED=unbuffered)

    assert (done.returncode, done.stderr) == (status, "")


def test_an_error_of_the_system_that_nobody_foresaw_is_ours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("repackage.cli._errors._run", fail)

    assert exit_status(program, []) == 70
    assert "internal error: OSError" in capsys.readouterr().err


def test_the_names_of_strangers_do_not_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    talk = Talk(verbosity=1)
    talk.problems([Problem(what="a\x1b[31m\nerror: b", where="c\r", advice="d\x07\ne")])
    talk.warn("f\x9bg")
    talk.explain("h\u202ei")

    assert capsys.readouterr().err.splitlines() == [
        r"error: c\r: a\x1b[31m\nerror: b",
        r"  d\x07",
        "  e",
        r"warning: f\x9bg",
        r"h\u202ei",
    ]


def test_letters_of_any_script_are_shown_as_they_are() -> None:
    assert visible("naïve 日本語 🙂 'x' \\") == "naïve 日本語 🙂 'x' \\"
