"""Bytecode in artifacts, from what the user asks to what is shipped."""

from __future__ import annotations

import json
import marshal
import platform
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.archive import Copying
from repackage.build import build
from repackage.cli._artifact import open_artifact, shares
from repackage.errors import TargetError
from repackage.tree import File, read_file
from tests.unit.build.heard import Heard
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.build import Request
    from repackage.cli._artifact import Held
    from tests.unit.build.project import Project

MINOR = sys.version_info.minor
HERE = {"target": (), "arch": (), "python": f"3.{MINOR}", "platform": "manylinux_2_28_x86_64"}
TAG = f"cpython-3{MINOR}"

pytestmark = pytest.mark.skipif(
    sys.implementation.name != "cpython", reason="bytecode is of CPython"
)


def request(project: Project, *formats: str, bytecode: bool = True, **asked: object) -> Request:
    return project.request(*formats, flags={**HERE, "bytecode": bytecode}, **asked)


def made(request: Request, heard: Heard | None = None) -> Held:
    (artifact,) = build(request, events=heard or Heard([]))
    return open_artifact(artifact.path)


def bytecode(held: Held) -> dict[str, File]:
    return {
        entry.path: entry
        for entry in held.entries
        if isinstance(entry, File) and entry.path.endswith(".pyc")
    }


@pytest.mark.parametrize(
    ("name", "root", "site"),
    [
        ("tar", "/", f"usr/lib/app/lib/python3.{MINOR}/site-packages/"),
        ("deb", "/", f"usr/lib/app/lib/python3.{MINOR}/site-packages/"),
        ("rpm", "/", f"usr/lib/app/lib/python3.{MINOR}/site-packages/"),
        ("zip", "", ""),
    ],
)
def test_every_module_of_every_distribution_has_bytecode_that_names_it(
    project: Project, name: str, root: str, site: str
) -> None:
    settings = {"tar.layout": "app"} if name == "tar" else {}
    held = made(request(project, name, settings=settings))

    found = bytecode(held)
    modules = {
        e.path for e in held.entries if e.path.startswith(site) and e.path.endswith(".py")
    }
    named = {marshal.loads(read_file(file)[16:]).co_filename for file in found.values()}
    assert named == {f"{root}{module}" for module in modules}
    assert {file.origin for file in found.values()} <= {"", "app", "greet"}
    assert {share.name for share in shares(held.entries)} >= {"app", "greet"}
    (ours,) = (share for share in shares(held.entries) if share.name == "greet")
    assert ours.files >= 2 + len([path for path in found if "/greet" in f"/{path}"])


def test_without_being_asked_nothing_is_compiled(project: Project) -> None:
    assert bytecode(made(request(project, "tar", bytecode=False))) == {}


def test_a_format_may_be_asked_by_itself(project: Project) -> None:
    asked = request(project, "zip", bytecode=False, settings={"zip.bytecode": "true"})
    assert bytecode(made(asked))

    refused = request(project, "zip", settings={"zip.bytecode": "false"}, epoch=1_600_000_000)
    assert not bytecode(made(refused))


@pytest.mark.parametrize("name", ["pyz", "nix_cache", "nix"])
def test_a_format_that_leaves_it_to_others_has_none_and_says_so(
    project: Project, name: str
) -> None:
    heard = Heard([])

    (artifact,) = build(request(project, name), events=heard)
    if name != "nix":  # which holds no modules, but names their wheels
        assert not bytecode(open_artifact(artifact.path))
    assert any("no bytecode goes into it" in each for each in heard.said)


def test_who_compiled_is_told_and_what_could_not_be_compiled(project: Project) -> None:
    heard = Heard([])
    WheelFactory(project.directory / "dist")(
        requires=["greet>=1", "shout; extra == 'loud'"],
        extras=["loud"],
        files={"app/__init__.py": "", "app/later.py": "def later(:\n"},
        metadata=["Author-email: Ann <ann@a.example>"],
    )

    found = bytecode(made(request(project, "tar"), heard))

    python = f"CPython {platform.python_version()}"
    assert any(each.endswith(f"bytecode is compiled by {python}") for each in heard.said)
    assert any("have no bytecode: 1" in each for each in heard.said)
    assert any(each.endswith("app/later.py: no bytecode") for each in heard.said)
    assert not any("later" in path for path in found)


def test_the_bytes_depend_on_neither_jobs_nor_cache_nor_place(
    project: Project, tmp_path: Path
) -> None:
    first = request(project, "deb")
    second = replace(first, jobs=3, cache_dir=tmp_path / "other", out_dir=tmp_path / "there")
    (one,), (two,), (three,) = build(first), build(second), build(replace(second, jobs=1))

    assert one.sha256 == two.sha256 == three.sha256


def test_a_damaged_piece_is_made_anew(project: Project) -> None:
    asked = request(project, "deb")
    (before,) = build(asked)
    for path in (project.cache / "v1/pieces").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"\0" + path.read_bytes()[1:])

    (after,) = build(asked)
    assert after.sha256 == before.sha256


def test_without_an_interpreter_it_is_refused_before_anything_is_fetched(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    heard = Heard([])
    flags = {**HERE, "python": "3.10" if MINOR != 10 else "3.11", "bytecode": True}

    with pytest.raises(TargetError, match="and none is at hand"):
        build(project.request("tar", flags=flags), events=heard)
    assert not any("fetching" in each for each in heard.said)
    assert not project.out.exists()


def test_the_ledger_and_the_lock_agree_with_it(project: Project) -> None:
    from click.testing import CliRunner

    from repackage.cli import program

    held = made(request(project, "deb"))
    done = CliRunner().invoke(
        program,
        ["check", str(held.path), "--lock", str(project.lock), "--policy", "locked", "--json"],
    )

    assert done.exit_code == 0, done.output
    assert {each["severity"] for each in json.loads(done.stdout)["findings"]} == {"ok"}


@pytest.mark.parametrize("name", ["zip", "deb"])
def test_bytecode_that_is_copied_vouches_for_itself_in_the_next_build_as_well(
    project: Project, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repackage.archive._copied.COPYING", Copying(file=1, payload=1))
    settings = {"deb.compression": "gz"} if name == "deb" else {}
    again = [
        [artifact.sha256 for artifact in build(request(project, name, settings=settings))]
        for _ in range(2)
    ]

    assert again[0] == again[1]
