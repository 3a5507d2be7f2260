from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage import registry
from repackage.build import build
from repackage.errors import FormatError, StageError
from repackage.format import flat_layout
from repackage.ledger import Edit, FromIndex, FromTree, Ledger, from_json
from repackage.target import distribution_target, free_target
from repackage.tree import File, read_file
from repackage_formats import tar
from tests.unit.source.projects import Source
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.build import Artifact
    from repackage.format import Layout
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Entry
    from tests.unit.build.project import Project

LEDGER = "usr/share/repackage/app/ledger.json"
SITE = "usr/lib/app/lib/python3.11/site-packages"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def held(artifact: Artifact) -> dict[str, Entry]:
    return {entry.path: entry for entry in registry.load(artifact.format).read(artifact.path)}


def read(entries: dict[str, Entry], path: str = LEDGER) -> Ledger:
    file = entries[path]
    assert isinstance(file, File)
    return from_json(read_file(file), where=path)


def ledger(project: Project, **asked: Any) -> Ledger:
    (artifact,) = build(project.request("tar", **asked))
    return read(held(artifact))


def test_a_ledger_tells_lock_target_selection_and_policy(project: Project) -> None:
    wheel = project.make_wheel(tag="cp311-cp311-manylinux_2_17_x86_64")
    found = ledger(project, wheel=wheel, flags={"extras": ("loud",)}, policy="constrain")

    assert (found.application, str(found.version)) == ("app", "1.0")
    assert (found.lock_kind, found.lock_sha256) == ("uv.lock", sha256(project.lock))
    assert found.target.name == "debian-12-x86_64"
    assert found.target.python == "3.11.2"
    assert found.target.platform == "manylinux_2_36_x86_64"
    assert found.target.distribution == "debian-12"
    assert found.target.markers["python_version"] == "3.11"
    assert (found.extras, found.groups, found.production) == (("loud",), (), True)
    assert found.policy == "constrain"
    assert [entry.name for entry in found.entries] == ["app", "greet", "shout"]


@pytest.mark.parametrize(
    ("target", "python", "platform", "distribution"),
    [
        (
            distribution_target("el9", arch="x86_64", python="3.12"),
            "3.12.1",
            "manylinux_2_34_x86_64",
            "el9",
        ),
        (
            distribution_target("lambda-python3.13", arch="arm64"),
            "3.13.0",
            "manylinux_2_34_aarch64",
            "lambda-python3.13",
        ),
        (
            free_target(python="3.13t", platform="musllinux_1_2_aarch64"),
            "3.13.0t",
            "musllinux_1_2_aarch64",
            "",
        ),
    ],
)
def test_a_target_is_told_as_options_take_it(
    project: Project, target: Target, python: str, platform: str, distribution: str
) -> None:
    wheel = project.make_wheel(tag=str(target.tags[0]))
    (artifact,) = build(replace(project.request("tar", wheel=wheel), target=target))

    told = read(held(artifact)).target
    assert (told.python, told.platform) == (python, platform)
    assert (told.name, told.distribution) == (target.name, distribution)
    assert (told.arch, told.markers) == (target.arch, target.markers)


@pytest.mark.parametrize("format_", ["deb", "tar"])
def test_what_is_the_same_for_every_machine_is_so_to_the_byte(
    project: Project, format_: str
) -> None:
    def made(arch: str) -> bytes:
        options = {"arch": arch, "out-dir": str(project.out / arch)}
        (artifact,) = build(project.request(format_, flags=options))
        return artifact.path.read_bytes()

    assert made("x86_64") == made("aarch64") == made("armhf")


def test_what_is_for_every_machine_does_not_tell_which_one_was_asked_for(
    project: Project,
) -> None:
    told = ledger(project).target

    assert (told.name, told.distribution) == ("debian-12", "debian-12")
    assert (told.platform, told.arch) == ("any", "")
    assert "platform_machine" not in told.markers
    assert told.markers["sys_platform"] == "linux"


def test_what_a_marker_of_the_machine_decides_is_for_one_machine(project: Project) -> None:
    text = project.lock.read_text()
    edge = '{ name = "greet", marker = "platform_machine == \'x86_64\'" }'
    project.lock.write_text(text.replace('[{ name = "greet" }]', f"[{edge}]"))

    (tarball, deb) = build(project.request("tar", "deb", policy="constrain"))

    assert read(held(tarball)).target.name == "debian-12-x86_64"
    assert deb.path.name.endswith("_amd64.deb")


def test_a_marker_that_is_false_on_every_machine_binds_to_none(project: Project) -> None:
    text = project.lock.read_text()
    marker = "platform_machine == 'ARM64' and sys_platform == 'win32'"
    edge = f'{{ name = "shout", marker = "{marker}" }}'
    project.lock.write_text(
        text.replace('[{ name = "greet" }]', f'[{{ name = "greet" }}, {edge}]')
    )

    assert ledger(project, policy="constrain").target.arch == ""


def test_a_ledger_tells_where_each_distribution_comes_from(project: Project) -> None:
    app, greet = ledger(project).entries
    wheel = next(project.wheelhouse.glob("greet-*"))

    assert app.source == FromTree(kind="editable")
    assert (app.artifact.obtained, app.artifact.sha256) == (
        "application",
        sha256(project.wheel),
    )
    assert greet.source == FromIndex(url="https://index.example/simple")
    assert greet.artifact.filename == wheel.name
    assert (greet.artifact.obtained, greet.artifact.sha256) == ("locked", sha256(wheel))
    assert greet.required_by == ("app",)
    assert greet.verdicts == ("satisfied",)


def test_a_ledger_has_the_digest_of_each_record(project: Project) -> None:
    (artifact,) = build(project.request("tar"))
    entries = held(artifact)

    for entry in read(entries).entries:
        record = entries[f"{entry.dist_info}/RECORD"]
        assert isinstance(record, File)
        assert record.digests.sha256 == entry.record
        assert entry.dist_info.startswith(SITE)


def test_a_ledger_tells_what_was_edited_and_left_out(project: Project) -> None:
    WheelFactory(project.wheel.parent)(
        "app",
        "1.0",
        requires=["greet>=1", "shout; extra == 'loud'"],
        extras=["loud"],
        files={
            "app/__init__.py": "",
            "app/__pycache__/__init__.cpython-311.pyc": b"\0",
            "app-1.0.data/scripts/tool": "#!python\n",
        },
    )

    app, greet = ledger(project).entries
    assert [(edit.path, edit.action) for edit in app.edits] == [
        ("app/__pycache__/__init__.cpython-311.pyc", "dropped"),
        ("tool", "edited"),
    ]
    assert greet.edits == (
        Edit(
            path="greet", action="skipped", reason="scripts of dependencies are not asked for"
        ),
    )


def test_a_given_wheel_is_told_from_a_locked_one(project: Project) -> None:
    project.lock_the_source()

    greet = ledger(project).by_name["greet"]  # type: ignore[index]  # it is there

    assert greet.artifact.obtained == "given"
    assert greet.artifact.built_from is not None
    assert greet.artifact.built_from.digest == "1" * 64
    assert greet.verdicts == ("satisfied-sdist",)


def test_a_wheel_that_was_built_is_told_from_a_given_one(project: Project) -> None:
    project.lock_a_directory()
    (project.wheelhouse / "greet-2.0-py3-none-any.whl").unlink()
    Source(name="greet", version="2.0").write(project.directory / "vendored/greet")

    greet = ledger(project).by_name["greet"]  # type: ignore[index]  # it is there

    assert greet.artifact.obtained == "built"
    assert greet.artifact.built_from is None
    assert greet.source == FromTree(kind="directory")


def test_another_digest_than_sha256_is_told_beside_it(project: Project) -> None:
    wheel = next(project.wheelhouse.glob("greet-*"))
    digest = hashlib.sha512(wheel.read_bytes()).hexdigest()
    text = project.lock.read_text()
    project.lock.write_text(text.replace(f"sha256:{sha256(wheel)}", f"sha512:{digest}"))

    greet = ledger(project).by_name["greet"]  # type: ignore[index]  # it is there

    hashes = {each.algorithm: each.digest for each in greet.artifact.hashes}
    assert hashes == {"sha256": sha256(wheel), "sha512": digest}


def test_nothing_of_this_machine_is_in_a_ledger(project: Project) -> None:
    project.lock_a_directory()
    text = project.lock.read_text()
    project.lock.write_text(text.replace("https://index", "https://ann:secret@index"))

    (artifact,) = build(project.request("tar", flags={"extras": ("loud",)}))
    file = held(artifact)[LEDGER]

    assert isinstance(file, File)
    data = read_file(file)
    assert str(project.directory).encode() not in data
    assert b"secret" not in data
    assert json.loads(data)["distributions"][1]["source"] == {
        "kind": "tree",
        "tree": "directory",
    }


def test_equal_inputs_give_equal_ledgers_wherever_they_are(
    project: Project, tmp_path: Path
) -> None:
    first = ledger(project)
    moved = type(project)(tmp_path.rename(tmp_path.with_name("moved")))

    assert ledger(moved) == first


def test_formats_with_one_layout_have_one_ledger(project: Project) -> None:
    made = [held(artifact)[LEDGER] for artifact in build(project.request("tar", "deb"))]

    assert isinstance(made[0], File)
    assert isinstance(made[1], File)
    assert made[0].digests == made[1].digests
    assert made[0].mtime == made[1].mtime
    assert made[0].mode == 0o644


def test_packages_of_two_names_have_two_ledgers(project: Project) -> None:
    options = {"deb": registry.load("deb").Options(package="app-next")}
    (artifact,) = build(replace(project.request("deb"), options=options))

    found = read(held(artifact), "usr/share/repackage/app-next/ledger.json")
    assert found.application == "app"


@pytest.mark.parametrize("prefix", ["", "opt/x/"])
def test_a_flat_ledger_is_below_the_directory_of_its_modules(
    project: Project, prefix: str
) -> None:
    options = {"tar": tar.Options(layout="flat", prefix=prefix.rstrip("/"))}
    (artifact,) = build(replace(project.request("tar"), options=options))

    found = read(held(artifact), f"{prefix}share/repackage/app/ledger.json")
    assert {entry.dist_info for entry in found.entries} == {
        f"{prefix}app-1.0.dist-info",
        f"{prefix}greet-2.0.dist-info",
    }


class WithLayout:
    """The tar format with another layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def __getattr__(self, name: str) -> Any:
        return getattr(tar, name)

    def layout(self, package: Package, target: Target, options: object) -> Layout:
        del package, target, options
        return self._layout


def use(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> None:
    monkeypatch.setattr(registry, "load", lambda _: WithLayout(layout))


def test_a_layout_without_a_ledger_has_none(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, flat_layout())
    (artifact,) = build(project.request("tar"))

    assert [path for path in held(artifact) if "ledger" in path] == []


def test_a_ledger_where_nobody_looks_is_a_mistake_of_the_format(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, replace(flat_layout(), ledger="ledger.json"))

    with pytest.raises(FormatError, match=r"'ledger\.json', where nobody looks for it"):
        build(project.request("tar"))


def test_a_wheel_cannot_bring_a_ledger(project: Project) -> None:
    WheelFactory(project.wheel.parent)(
        "app",
        "1.0",
        requires=["greet>=1", "shout; extra == 'loud'"],
        extras=["loud"],
        files={"app-1.0.data/data/share/repackage/other/ledger.json": "{}"},
    )

    with pytest.raises(StageError, match="app brings a ledger") as caught:
        build(project.request("tar"))
    (problem,) = caught.value.problems
    assert problem.where == "usr/lib/app/share/repackage/other/ledger.json"
    assert project.left_behind() == []
