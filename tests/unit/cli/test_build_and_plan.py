from __future__ import annotations

import base64
import json
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done

    Run = Callable[..., Done]

TARBALL = "app-1.0-debian-12-x86_64.tar.gz"


def test_the_paths_of_the_artifacts_are_the_result(run: Run, project: Project) -> None:
    done = run("--format", "tar", *project.options)

    assert (done.status, done.err) == (0, "")
    assert done.out == f"{project.out / TARBALL}\n"
    assert project.left_behind() == [TARBALL]


def test_json_describes_the_artifacts(run: Run, project: Project) -> None:
    done = run("build", "-f", "tar", "--json", *project.options)

    (artifact,) = json.loads(done.out)["artifacts"]
    assert artifact["format"] == "tar"
    assert artifact["filename"] == TARBALL
    assert artifact["size"] == (project.out / TARBALL).stat().st_size
    assert len(artifact["sha256"]) == 64
    assert artifact["targets"] == ["debian-12-x86_64"]


def test_what_an_artifact_is_called_by_others_is_told(run: Run, project: Project) -> None:
    name = "app-1.0-debian-12-x86_64.zip"
    told = run("-f", "zip", *project.options)
    (artifact,) = json.loads(run("-f", "zip", "--json", *project.options).out)["artifacts"]
    code = base64.b64encode(bytes.fromhex(artifact["sha256"])).decode()

    assert told.out == f"{project.out / name}\n"
    assert told.err == f"{name}: CodeSha256 {code}\n"
    assert artifact["announced"] == {"CodeSha256": code}
    assert run("-f", "zip", "-q", *project.options).err == ""


def test_verbose_explains_decisions_on_stderr(run: Run, project: Project) -> None:
    done = run("build", "-v", "-f", "tar", *project.options)

    assert done.out == f"{project.out / TARBALL}\n"
    assert "greet 2.0: greet-2.0-py3-none-any.whl" in done.err
    assert "greet: greet: skipped: scripts of dependencies are not asked for" in done.err
    assert "reading" in done.err


def test_settings_reach_the_format(run: Run, project: Project) -> None:
    done = run("-f", "tar", "-C", "tar.compression=xz", *project.options)

    assert done.status == 0
    assert project.left_behind() == ["app-1.0-debian-12-x86_64.tar.xz"]


def test_bars_are_drawn_on_a_terminal_alone(project: Project) -> None:
    controller, terminal = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "repackage", "-f", "tar", *project.options],
            stdout=subprocess.PIPE,
            stderr=terminal,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
            check=True,
        )
        drawn = os.read(controller, 1 << 16)
    finally:
        os.close(terminal)
        os.close(controller)

    assert done.stdout.decode() == f"{project.out / TARBALL}\n"
    assert b"\x1b[" in drawn


def test_a_plan_is_a_table_for_people(run: Run, project: Project) -> None:
    done = run("plan", "-f", "tar", "--extra", "loud", *project.options)

    assert (done.status, done.err) == (0, "")
    lines = [line.split() for line in done.out.splitlines()]
    assert ["target:", "debian-12-x86_64"] in lines
    assert ["tar:", str(project.out / TARBALL)] in lines
    assert ["greet", "2.0", "any", "app"] in lines
    assert ["shout", "3.0", "any", "app[loud]"] in lines
    assert re.fullmatch(r"2 distributions, \d.* of wheels", done.out.splitlines()[-1])
    assert not project.out.exists()


def test_a_plan_is_json_for_machines(run: Run, project: Project) -> None:
    planned = json.loads(run("plan", "-f", "tar", "--json", *project.options).out)

    assert planned["name"] == "app"
    assert planned["target"]["interpreter"] == "/usr/bin/python3.11"
    assert planned["pins"] == [
        {
            "name": "greet",
            "version": "2.0",
            "file": "greet-2.0-py3-none-any.whl",
            "given": None,
            "built_from": None,
            "extras": [],
            "required_by": ["app"],
        }
    ]
    (output,) = planned["outputs"]
    assert output["filename"] == TARBALL
    assert output["options"]["compression"] == "gz"
    assert output["layout"]["venv"] == "usr/lib/app"


@pytest.mark.parametrize("option", ["-q", "--no-progress", "--color=never"])
def test_the_talk_can_be_turned_down(run: Run, project: Project, option: str) -> None:
    done = run("-f", "tar", option, *project.options)

    assert (done.status, done.err) == (0, "")


def test_a_plan_warns_of_a_stale_lock_and_says_what_is_skipped(
    run: Run, project: Project
) -> None:
    text = project.lock.read_text()
    text = text.replace(
        'dependencies = [{ name = "greet" }]',
        'dependencies = [{ name = "greet" }, '
        """{ name = "shout", marker = "sys_platform == 'win32'" }]""",
    )
    project.lock.write_text(text)

    brief = run("plan", "-f", "tar", *project.options)
    done = run("plan", "-v", "-f", "tar", *project.options)
    stale = project.lock.write_text(text.replace('specifier = ">=1"', 'specifier = ">=2"'))

    assert stale
    assert ["shout", "3.0", "marker: sys_platform == 'win32'", "app"] in [
        re.split(r"  +", line) for line in done.out.splitlines()
    ]
    assert "codecs:  deflate " in done.out
    assert "greet-2.0-py3-none-any.whl" in done.out
    assert brief.out.endswith("\n1 left out: marker 1 (-v lists them)\n")
    assert "warning: the lock is stale: " in run("plan", "-f", "tar", *project.options).err


def test_a_plan_names_what_is_given(run: Run, project: Project) -> None:
    project.lock_the_source()

    done = run("plan", "-f", "tar", *project.options)

    assert "from --find-links:\n  greet:  " in done.out
    assert done.err == ""


def test_a_plan_warns_of_what_is_missing(run: Run, project: Project) -> None:
    project.lock_a_directory()
    (project.wheelhouse / "greet-2.0-py3-none-any.whl").unlink()

    done = run("plan", "-f", "tar", *project.options)

    assert done.status == 0
    assert done.err.startswith(
        "warning: there is no wheel of 'greet' 2.0, and no source tree to build it from\n  build it: "
    )
    assert ["greet", "2.0", "missing", "app"] in [
        line.split() for line in done.out.splitlines()
    ]


def test_commands_of_a_dependency_are_installed_if_they_are_asked_for(
    run: Run, project: Project
) -> None:
    assert run("-f", "tar", "--scripts-of", "greet", *project.options).status == 0

    (made,) = project.out.iterdir()
    assert "usr/bin/greet" in run("inspect", "--entries", made).out
    assert run("plan", "-f", "tar", "--scripts-of", "gret", *project.options).status == 2
