from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done

    Run = Callable[..., Done]

TARGET = ("--target", "debian-12", "--arch", "x86_64")


@pytest.fixture
def tarball(run: Run, project: Project) -> Path:
    assert run("-f", "tar", *project.options).status == 0
    (made,) = project.out.iterdir()
    return made


def test_inspect_tells_which_distribution_brought_how_much(run: Run, tarball: Path) -> None:
    done = run("inspect", tarball)

    lines = [line.split() for line in done.out.splitlines()]
    assert done.status == 0
    assert ["format:", "tar"] in lines
    assert ["DISTRIBUTION", "VERSION", "FILES", "SIZE"] in lines
    assert ["greet", "2.0"] in [line[:2] for line in lines]
    assert ["app", "1.0"] in [line[:2] for line in lines]


def test_inspect_lists_entries_on_demand(run: Run, tarball: Path) -> None:
    link = ["link", "usr/bin/app", "->", "../lib/app/bin/app"]

    assert link not in [line.split() for line in run("inspect", tarball).out.splitlines()]
    listed = run("inspect", "--entries", tarball).out
    assert link in [line.split() for line in listed.splitlines()]


def test_inspect_is_json_for_machines(run: Run, tarball: Path) -> None:
    held = json.loads(run("inspect", "--json", tarball).out)

    assert held["format"] == "tar"
    assert {"path": "usr", "type": "directory"}.items() <= held["entries"][0].items()
    assert {share["name"] for share in held["distributions"]} >= {"app", "greet"}


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("x.unknown", (), "cannot tell the format from what it holds"),
        ("x.deb", (), "x.deb"),
        ("x.tar.gz", (), "x.tar.gz"),
        ("x", ("--format", "tra"), "did you mean 'tar'?"),
    ],
)
def test_what_is_no_artifact_is_unusable_input(
    run: Run, tmp_path: Path, name: str, options: tuple[str, ...], said: str
) -> None:
    (tmp_path / name).write_bytes(b"rubbish")

    done = run("inspect", tmp_path / name, *options)

    assert done.status == 2, done.err
    assert said in done.err
    assert done.out == ""


def test_a_missing_artifact_is_unusable_input(run: Run, tmp_path: Path) -> None:
    done = run("inspect", tmp_path / "gone.deb")

    assert done.status == 2, done.err


def test_equal_artifacts_do_not_differ(run: Run, tarball: Path) -> None:
    done = run("diff", tarball, tarball)

    assert (done.status, done.out) == (0, "")


def test_diff_says_what_was_added_removed_and_changed(
    run: Run, project: Project, tarball: Path
) -> None:
    before = tarball.rename(tarball.with_name("before.tar.gz"))
    WheelFactory(project.directory / "dist")(
        "app",
        "1.0",
        requires=["greet>=1", "shout; extra == 'loud'"],
        extras=["loud"],
        files={"app/__init__.py": "changed", "app/new.py": ""},
        date=(2025, 1, 1, 0, 0, 0),
    )
    assert run("-f", "tar", *project.options).status == 0

    done = run("diff", before, tarball)
    as_json = json.loads(run("diff", "--json", before, tarball).out)

    site = "usr/lib/app/lib/python3.11/site-packages"
    assert done.status == 1
    assert f"+ {site}/app/new.py\n" in done.out
    assert "- usr/bin/app\n" in done.out
    assert f"~ {site}/app/__init__.py (mtime, size, sha256)\n" in done.out
    assert done.out.splitlines()[-1].endswith(" differ in their date alone")
    assert {"change": "added", "path": f"{site}/app/new.py", "what": ""} in as_json


def test_a_deb_describes_itself_and_what_changed_in_that(run: Run, project: Project) -> None:
    assert run("-f", "deb", *project.options).status == 0
    (deb,) = project.out.iterdir()
    before = deb.rename(deb.with_name("before.deb"))
    assert run("-f", "deb", "-C", "deb.section=net", *project.options).status == 0

    described = run("inspect", deb).out
    done = run("diff", before, deb)

    assert ["Section:", "net"] in [line.split() for line in described.splitlines()]
    assert done.status == 1
    assert "@ Section ('python' is now 'net')\n" in done.out
