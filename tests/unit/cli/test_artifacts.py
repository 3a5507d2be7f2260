from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.formats.oci.images import Layout, archive, layer
from tests.formats.rpm.rpms import Listed, Rpm
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


def test_what_others_made_is_recognised_by_what_it_holds(
    run: Run, tarball: Path, tmp_path: Path
) -> None:
    renamed = tarball.rename(tmp_path / "backup.of.the.server")
    image = Layout(tmp_path / "layout")
    image.image(layer([("usr/bin/app", b"#!/bin/sh\n")]), name="shop")
    packed = archive(image.write(), tmp_path / "image.tar")
    package = tmp_path / "app-1.0"
    package.write_bytes(Rpm(files=[Listed("/usr/bin/app", b"#!/bin/bash\n")]).encode())

    found = {
        path: json.loads(run("inspect", "--json", path).out)["format"]
        for path in (renamed, tmp_path / "layout", packed, package)
    }
    same = run("diff", packed, tmp_path / "layout")
    other = run("diff", packed, package)

    assert list(found.values()) == ["tar", "oci", "oci", "rpm"]
    assert same.status == 0
    assert same.out == ""
    assert "~ usr/bin/app (size, sha256)\n" in other.out
    assert "usr/bin/app" in run("inspect", "--entries", package).out


def test_another_reader_may_be_asked_for(run: Run, tmp_path: Path) -> None:
    image = Layout(tmp_path / "layout")
    image.image(layer([("a", b"")]))
    packed = archive(image.write(), tmp_path / "image.tar")

    as_tar = run("inspect", "--entries", "--format", "tar", packed)

    assert "oci-layout" in as_tar.out


def test_a_broken_format_of_a_stranger_is_of_no_concern(
    run: Run, tarball: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "site/broken-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[repackage.readers]\nbroken = no_such_module\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))

    assert run("inspect", tarball).status == 0
    assert run("inspect", "--format", "broken", tarball).status == 7


def test_names_that_are_no_text_are_shown(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    with tarfile.open(path, "w", encoding="utf-8", errors="surrogateescape") as tar:
        tar.addfile(tarfile.TarInfo(name))

    done = run("inspect", "--json", path)

    assert json.loads(done.out)["entries"][0]["path"] == name
    assert r"caf\udce9" in run("inspect", "--entries", path).out
