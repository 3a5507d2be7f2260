"""Reading an expression back: whole, or refused with what is wrong with it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from repackage.errors import InputError
from repackage.store import KeptWheels, Store
from repackage.tree import Entry, File, read_file
from repackage_formats import nix
from tests.formats.nix.locked import Locked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def locked(tmp_path: Path) -> Locked:
    locked = Locked(tmp_path)
    locked.compiled("native")
    locked.depend("plain")
    locked.app()
    return locked


def kept(locked: Locked) -> KeptWheels:
    return KeptWheels(
        store=Store.open(locked.directory / "cache"),
        at_hand=tuple(locked.wheelhouse.iterdir()),
    )


def read(locked: Locked, artifact: Path, machine: str | None = None) -> dict[str, Entry]:
    entries = nix.read_wheels(artifact, kept(locked), machine=machine)
    return {entry.path: entry for entry in entries}


def change(artifact: Path, how: Change) -> None:
    manifest = json.loads((artifact / "repackage.json").read_text())
    how(manifest)
    (artifact / "repackage.json").write_text(json.dumps(manifest))


def first(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = manifest["systems"]["x86_64-linux"]
    return found


# --- what is there


def test_contents_come_from_the_wheels(locked: Locked) -> None:
    entries = read(locked, locked.make())
    module = entries["libexec/app/lib/python3.11/site-packages/plain/__init__.py"]

    assert isinstance(module, File)
    assert read_file(module) == b"def main():\n    print('hello')\n"
    assert module.origin == "plain"


@pytest.mark.parametrize(
    ("machine", "tag"),
    [
        (None, b"manylinux_2_17_x86_64"),
        ("aarch64", b"manylinux_2_17_aarch64"),
        ("arm64", b"macosx_11_0_arm64"),
        ("aarch64-darwin", b"macosx_11_0_arm64"),
        ("x86_64-darwin", b"macosx_10_12_x86_64"),
        ("cp311-macosx_14_0_x86_64", b"macosx_10_12_x86_64"),
        ("x86_64", b"manylinux_2_17_x86_64"),
        ("macosx_13_0_arm64", b"macosx_11_0_arm64"),
        ("manylinux_2_28_aarch64", b"manylinux_2_17_aarch64"),
    ],
)
def test_each_machine_gets_what_is_for_it(
    machine: str | None, tag: bytes, locked: Locked
) -> None:
    entries = read(locked, locked.make(), machine)
    wheel = entries["libexec/app/lib/python3.11/site-packages/native-2.0.dist-info/WHEEL"]

    assert isinstance(wheel, File)
    assert tag in read_file(wheel)


@pytest.mark.parametrize("machine", ["riscv64", "win_amd64", "musllinux_1_2_x86_64"])
def test_a_machine_that_it_is_not_for_is_refused_by_name(machine: str, locked: Locked) -> None:
    with pytest.raises(InputError, match=f"it is not made for {machine}"):
        read(locked, locked.make(), machine)


def test_what_it_says_of_itself_is_told(locked: Locked) -> None:
    artifact = locked.make(systems=("x86_64-linux",))

    assert nix.recognises(artifact) == 2
    assert nix.describe(artifact) == {
        "Package": "app",
        "Version": "1.0",
        "Description": "An application",
        "Python": "python311",
        "Systems": "x86_64-linux",
        "Targets": "cp311-manylinux_2_40_x86_64",
    }
    assert nix.recognises(artifact / "wheels") == 0


def test_files_that_are_no_text_and_files_of_odd_modes_come_back(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.app(
        files={
            "app/__init__.py": "",
            "app/tool": b"#!/bin/sh\n",
            "app-1.0.data/scripts/odd": b"#!/usr/bin/python\n\xff\xfe",
            "app-1.0.data/purelib/other.py": "x = 1\n",
        },
        executables=["app/tool"],
    )
    entries = read(locked, locked.make())

    script, tool = entries["libexec/app/bin/odd"], entries[SITE + "app/tool"]
    assert isinstance(script, File)
    assert isinstance(tool, File)
    assert read_file(script).endswith(b"\n\xff\xfe")
    assert tool.mode == 0o755
    assert SITE + "other.py" in entries


SITE = "libexec/app/lib/python3.11/site-packages/"

# --- wheels that are not there


def test_a_wheel_that_is_nowhere_is_named_with_advice(locked: Locked) -> None:
    artifact = locked.make()
    with pytest.raises(InputError) as caught:
        list(nix.read(artifact))

    assert [problem.what for problem in caught.value.problems] == [
        "the wheel native-2.0-cp311-cp311-manylinux_2_17_x86_64.whl is not at hand",
        "the wheel plain-2.0-py3-none-any.whl is not at hand",
    ]
    assert "beside the artifact" in caught.value.problems[0].advice


def test_a_wheel_may_lie_beside_the_artifact(locked: Locked) -> None:
    artifact = locked.make()
    for wheel in locked.wheelhouse.iterdir():
        shutil.copyfile(wheel, artifact.parent / wheel.name)

    assert {entry.path for entry in nix.read(artifact)} == set(read(locked, artifact))


def test_another_wheel_of_the_same_name_is_not_taken(locked: Locked) -> None:
    artifact = locked.make(vendor_wheels=True)
    other = Locked(locked.directory / "other")
    (wheel,) = other.depend("plain", files={"plain/__init__.py": "evil = True\n"})
    shutil.copyfile(wheel, artifact / "wheels" / wheel.name)
    with pytest.raises(InputError, match=r"plain-2\.0-py3-none-any\.whl is not at hand"):
        list(nix.read(artifact))


# --- expressions and manifests that were changed


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("plain-2.0", "plain-2.0", ""),
        ('hash = "sha256-', 'hash = "sha256-AAAA', "does not list"),
        ("./wheels/app-1.0", "./wheels/evil-1.0", "evil-1.0-py3-none-any.whl"),
    ],
)
def test_an_expression_that_installs_something_else_is_refused(
    old: str, new: str, said: str, locked: Locked
) -> None:
    package = locked.make() / "package.nix"
    text = package.read_text()
    end = text.index(old) + len(old) + len(new) - len(old)
    text = text.replace(old, new, 1)
    if new != old and "hash" in old:
        text = text[:end] + text[end + 4 :]
    package.write_text(text)
    if not said:
        assert read(locked, package.parent)
        return
    with pytest.raises(InputError, match=said):
        read(locked, package.parent)


def test_a_wheel_elsewhere_is_never_looked_at(locked: Locked) -> None:
    artifact = locked.make()
    change(artifact, lambda manifest: first(manifest)["wheels"][0].update(filename="../x"))
    with (artifact / "package.nix").open("a") as file:
        file.write('# ./wheels + "/../x"\n')
    with pytest.raises(InputError, match=r"the wheel \.\./x is not at hand"):
        read(locked, artifact)


CHANGES: dict[str, Change] = {
    "another version": lambda manifest: manifest.update({"repackage-nix": 2}),
    "no version": lambda manifest: manifest.pop("repackage-nix"),
    "no systems": lambda manifest: manifest.update(systems={}),
    "systems in a list": lambda manifest: manifest.update(systems=[1]),
    "something more": lambda manifest: manifest.update(more=1),
    "no wheels": lambda manifest: first(manifest).update(wheels=[]),
    "a number for a path": lambda manifest: first(manifest)["made"][0].update(path=1),
    "a path that leaves": lambda manifest: first(manifest)["made"][0].update(path="../x"),
    "an absolute path": lambda manifest: first(manifest)["links"][0].update(path="/x"),
    "a strange mode": lambda manifest: first(manifest)["made"][0].update(mode=0o4755),
    "a file elsewhere": lambda manifest: first(manifest)["made"][0].update(beside="../../x"),
    "a file that is not there": lambda manifest: first(manifest)["made"][0].update(beside="x"),
    "no Base64": lambda manifest: first(manifest)["made"][0].update(base64="!"),
    "a wheel elsewhere": lambda manifest: first(manifest)["wheels"][0].update(filename="../x"),
    "a wheel with another digest": lambda manifest: first(manifest)["wheels"][1].update(
        sha256="0" * 64
    ),
    "a wheel with no digest": lambda manifest: first(manifest)["wheels"][1].update(sha256="x"),
    "two of one distribution": lambda manifest: first(manifest)["wheels"].append(
        {**first(manifest)["wheels"][1], "filename": "x-1-py3-none-any.whl"}
    ),
}


@pytest.mark.parametrize("defect", CHANGES)
def test_a_manifest_that_was_changed_is_refused(defect: str, locked: Locked) -> None:
    artifact = locked.make()
    change(artifact, CHANGES[defect])
    with pytest.raises(InputError) as caught:
        read(locked, artifact)

    assert all(str(artifact) in problem.where for problem in caught.value.problems)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, "\xff"])
def test_what_is_no_manifest_is_refused(text: str, locked: Locked) -> None:
    artifact = locked.make()
    (artifact / "repackage.json").write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match="no manifest"):
        read(locked, artifact)


def test_an_expression_without_its_manifest_is_told_what_it_lacks(locked: Locked) -> None:
    artifact = locked.make()
    (artifact / "repackage.json").unlink()
    with pytest.raises(InputError, match="cannot be read") as caught:
        read(locked, artifact)

    (problem,) = caught.value.problems
    assert problem.where == str(artifact / "repackage.json")
    assert problem.advice == "make the artifact anew"
