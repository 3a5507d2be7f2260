from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from repackage.cli import COMMANDS, program

if TYPE_CHECKING:
    from tests.unit.build.project import Project

#: What a command line that only explains itself has no use for. (From Python 3.14
#: on, zstd is the standard library's, whose shutil imports it for everybody.)
HEAVY = {
    "backports", "debian", "elftools", "installer", "packaging",
    "platformdirs", "rich", "tomli", "truststore", "urllib3",
}  # fmt: skip

#: What a build has no use for that finds its wheels, draws nothing and has no machine code.
IDLE = {
    "asyncio", "elftools", "http", "jsonschema", "multiprocessing", "rich", "ssl",
    "truststore", "unittest", "urllib3", "xml",
}  # fmt: skip

LISTING = """
import sys
sys.argv = ["repackage", *sys.argv[1:]]
from repackage.cli import main
try:
    main()
except SystemExit as leaving:
    assert not leaving.code, leaving.code
print("", *sys.modules, sep="\\n", file=sys.stderr)
"""

#: Counts after main has left, since what is registered first is called last.
SEARCHES = """
import atexit, gc, sys
sys.argv = ["repackage", *sys.argv[1:]]
from repackage.cli import main
gc.collect()
before = [each["collections"] for each in gc.get_stats()]
def tell():
    during = sum(each["collections"] for each in gc.get_stats()) - sum(before)
    print(during, gc.get_freeze_count(), file=sys.stderr)
atexit.register(tell)
main()
"""


def imported(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LISTING, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.splitlines())


def roots(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def test_help_imports_nothing_that_it_does_not_use() -> None:
    modules = imported("--help")

    assert roots(modules) & HEAVY == set()
    assert not {"importlib.metadata", "email", "json", "ssl", "tarfile"} & modules
    assert {each for each in modules if each.startswith("repackage.")} == {
        "repackage.cli",
        "repackage.cli._errors",
        "repackage.cli._talk",
        "repackage.errors",
    }


@pytest.mark.parametrize("arguments", [("--version",), ("formats",)])
def test_what_needs_no_library_imports_none(arguments: tuple[str, ...]) -> None:
    assert roots(imported(*arguments)) & HEAVY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_imports_no_library(name: str) -> None:
    assert roots(imported(name, "--help")) & HEAVY == set()


@pytest.mark.parametrize("name", ["deb", "rpm", "tar", "zip"])
def test_a_build_imports_neither_what_it_has_no_use_for_nor_another_format(
    name: str, project: Project
) -> None:
    modules = imported("build", "--quiet", "--format", name, *project.options)

    assert roots(modules) & IDLE == set()
    formats = {each.split(".")[1] for each in modules if each.startswith("repackage_formats.")}
    assert formats == {name}


def test_a_build_searches_for_no_garbage_and_has_python_search_nothing_on_its_way_out(
    project: Project,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SEARCHES, "--quiet", "--format", "tar", *project.options],
        capture_output=True,
        text=True,
        check=True,
    )
    during, frozen = map(int, done.stderr.split())

    assert during == 0
    assert frozen > 0


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    command = program.get_command(click.Context(program), name)

    assert command is not None
    assert command.name == name
    assert (command.help or "").partition("\n")[0] == COMMANDS[name]
