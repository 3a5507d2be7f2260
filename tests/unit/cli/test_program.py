from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from repackage.cli import program
from repackage.cli._errors import exit_status
from repackage.cli._sections import REST, Sectioned
from repackage.cli._talk import Talk
from repackage.errors import FetchError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done

    Run = Callable[..., Done]


def raising(error: BaseException) -> click.Command:
    """A program that fails."""

    @click.command
    @click.option("-v", "--verbose", count=True)
    def failing(verbose: int) -> None:
        del verbose
        raise error

    return failing


def test_help_lists_the_commands(run: Run) -> None:
    done = run("--help")

    assert done.status == 0
    assert "Commands:\n  build " in done.out
    assert done.err == ""


def test_without_arguments_the_help_is_an_error(run: Run) -> None:
    done = run()

    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("Usage: repackage")


@pytest.mark.parametrize("name", ["build", "plan", "check"])
def test_many_options_are_listed_under_headings(run: Run, name: str) -> None:
    listed = run(name, "--help").out
    context = click.Context(program)
    command = program.get_command(context, name)

    assert isinstance(command, Sectioned)
    sections = dict(command.sections(context))
    assert "Options:" not in listed
    assert [f"{heading}:" in listed for heading in sections] == [True] * len(sections)
    assert sum(map(len, sections.values())) == listed.count("\n  -")
    assert {option.opts[-1] for option in sections[REST]} <= {
        "--why", "--output-format", "--output", "--json", "--quiet", "--verbose", "--color",
        "--no-progress", "--help",
    }  # fmt: skip


def test_a_misspelt_command_suggests_the_nearest(run: Run) -> None:
    done = run("formts")

    assert done.status == 2
    assert done.err == "error: no command is called 'formts'\n  did you mean 'formats'?\n"


def test_an_option_before_its_command_is_no_option_of_build(run: Run) -> None:
    done = run("-q", "check", "app.deb")

    assert done.status == 2
    assert done.err == (
        "error: -q stands before the command 'check'\n"
        "  options come last: 'repackage check ... -q'\n"
    )


def test_a_misspelt_option_suggests_the_nearest(run: Run) -> None:
    done = run("formats", "--jsno")

    assert done.status == 2
    assert done.err == "error: no option is called '--jsno'\n  did you mean '--json'?\n"


def test_a_missing_argument_is_said_in_one_line(run: Run) -> None:
    done = run("build")

    assert done.status == 2
    assert done.err == (
        "error: missing argument 'WHEEL'\n  'repackage build --help' lists the options\n"
    )


@pytest.mark.parametrize(
    "arguments", [("app.whl",), ("-f", "deb", "app.whl"), ("dist/app.whl",), ("-q", "x/y")]
)
def test_build_is_the_default_command(
    run: Run, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = run(*arguments)

    assert done.status == 2
    assert done.err == f"error: {arguments[-1]}: no such file\n"


def test_every_problem_is_reported_with_its_advice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = FetchError(
        Problem(what="is gone", where="a.whl", advice="lock again\nor wait"),
        Problem(what="is late"),
    )

    assert exit_status(raising(error), []) == 5
    assert capsys.readouterr().err == (
        "error: a.whl: is gone\n  lock again\n  or wait\nerror: is late\n"
    )


def while_a_class_was_made() -> RuntimeError:
    """As Python before 3.12 tells of an interrupt in ``__set_name__``."""
    error = RuntimeError("Error calling __set_name__ on 'x' instance 'y' in 'Z'")
    error.__cause__ = KeyboardInterrupt()
    return error


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), click.Abort(), while_a_class_was_made()]
)
def test_an_interrupt_has_a_status_of_its_own(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_status(raising(error), []) == 130
    assert "interrupted" in capsys.readouterr().err


def test_an_error_of_ours_asks_to_be_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status(raising(RuntimeError("odd")), []) == 70
    assert capsys.readouterr().err == (
        "error: internal error: RuntimeError: odd\n"
        "  this is a bug of repackage: please report it, with what -vv shows\n"
    )


def test_the_traceback_of_an_error_of_ours_is_shown_on_demand(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exit_status(raising(RuntimeError("odd")), ["-vv"]) == 70
    assert "Traceback" in capsys.readouterr().err

    monkeypatch.setenv("REPACKAGE_DEBUG", "1")
    assert exit_status(raising(RuntimeError("odd")), []) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_who_goes_away_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "repackage", "targets"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)

    assert (done.returncode, done.stderr) == (141, "")


def test_a_terminated_run_leaves_nothing_behind(project: Project) -> None:
    """The format waits for the signal, as a large one would be at work."""
    code = (
        "import os, signal, sys, repackage_formats.tar as tar\n"
        "def emit(plan, tree, out):\n"
        "    out.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    signal.pause()\n"
        "tar.emit = emit\n"
        "from repackage.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    project.out.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, "-f", "tar", *project.options],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 128 + signal.SIGTERM, done.stderr
    assert project.left_behind() == []


def test_colours_are_drawn_on_demand_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(talk: Talk) -> str:
        talk.warn("x")
        return capsys.readouterr().err

    assert said(Talk()) == "warning: x\n"
    assert "\x1b[" in said(Talk(colour=True))
    assert said(Talk(colour=False)) == "warning: x\n"
    assert said(Talk(verbosity=-1)) == ""

    monkeypatch.setenv("NO_COLOR", "1")
    assert Talk().coloured is False
    assert Talk(colour=True).coloured is True


@pytest.mark.parametrize(
    ("arguments", "where"),
    [((sys.executable, "-m", "repackage"), "module"), (("repackage",), "script")],
)
def test_the_program_starts_as_a_module_and_as_a_script(
    arguments: tuple[str, ...], where: str
) -> None:
    directory = Path(sys.executable).parent
    if where == "script":
        arguments = (str(directory / arguments[0]),)
    done = subprocess.run([*arguments, "--version"], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("repackage ")
