"""Which wheels are installed where, what lies in the artifact, and that it is always the same."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage.errors import FormatError
from repackage.target import distribution_target, free_target
from repackage.testing import example_plan, example_tree
from repackage_formats import nix
from tests.formats.nix.locked import Locked
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Served
    from repackage.target import Target


def bytes_of(artifact: Path) -> dict[str, bytes]:
    return {
        path.relative_to(artifact).as_posix(): path.read_bytes()
        for path in artifact.rglob("*")
        if path.is_file()
    }


def names(served: Served) -> list[str]:
    return [target.name for target in served.targets]


# --- systems


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        (distribution_target("debian-12", arch="x86_64"), "cp311-manylinux_2_40_x86_64"),
        (distribution_target("el9", arch="aarch64"), "cp39-manylinux_2_40_aarch64"),
        (
            free_target(python="3.13t", platform="macosx_15_0_arm64"),
            "cp313t-macosx_14_0_arm64",
        ),
        (
            free_target(python="3.12", platform="musllinux_1_2_aarch64"),
            "cp312-manylinux_2_40_x86_64",
        ),
        (free_target(python="pypy3.11", platform="win_amd64"), "pp311-manylinux_2_40_x86_64"),
    ],
)
def test_the_first_system_is_that_of_the_machine_that_was_asked_for(
    asked: Target, first: str
) -> None:
    served = nix.targets((asked,), nix.Options())

    assert names(served)[0] == first
    assert len(set(names(served))) == 4
    assert served.may_leave_out


def test_systems_and_the_newest_libraries_are_the_users_choice() -> None:
    asked = distribution_target("debian-12", arch="x86_64")
    options = nix.Options(
        systems=("x86_64-darwin", "aarch64-linux"), glibc="2.28", macos="11.0"
    )

    assert names(nix.targets((asked,), options)) == [
        "cp311-manylinux_2_28_aarch64",
        "cp311-macosx_11_0_x86_64",
    ]


def test_every_system_gets_the_wheel_that_is_for_it(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.compiled("native")
    locked.app()
    text = (locked.make() / "package.nix").read_text()

    assert re.findall(r"(\S+) = \[\n +\(fetchurl \{\n +url = \".*cp311-(.*)\.whl", text) == [
        ("x86_64-linux", "manylinux_2_17_x86_64"),
        ("aarch64-linux", "manylinux_2_17_aarch64"),
        ("aarch64-darwin", "macosx_11_0_arm64"),
        ("x86_64-darwin", "macosx_10_12_x86_64"),
    ]


def test_a_system_is_left_out_with_a_warning_that_names_the_dependency(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.compiled("native", without="aarch64-darwin")
    locked.app()
    manifest = json.loads((locked.make() / "repackage.json").read_text())

    assert list(manifest["systems"]) == ["x86_64-linux", "aarch64-linux", "x86_64-darwin"]
    assert len(locked.told.warnings) == 1
    assert "native" in locked.told.warnings[0]
    assert "macosx_14_0_arm64" in locked.told.warnings[0]


# --- wheels


def test_what_no_index_has_lies_beside_the_expression(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.depend("public")
    locked.depend("member", source='{ directory = "member" }')
    locked.app()
    artifact = locked.make()

    assert sorted(path.name for path in (artifact / "wheels").iterdir()) == [
        "app-1.0-py3-none-any.whl",
        "member-2.0-py3-none-any.whl",
    ]
    assert "./wheels/member-2.0-py3-none-any.whl" in (artifact / "package.nix").read_text()


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://files.example/a%2Bb/public-2.0-py3-none-any.whl", False),
        ("https://files.example/public-2.0-py3-none-any.whl?x=1", True),
        ("https://files.example/public-2.0-py3-none%2Dany.whl", True),
    ],
)
def test_a_url_whose_end_is_not_the_wheel_gives_it_a_name(
    url: str,
    *,
    named: bool,
    tmp_path: Path,
) -> None:
    locked = Locked(tmp_path)
    locked.depend("public")
    locked.app()
    lock = tmp_path / "uv.lock"
    lock.write_text(
        lock.read_text().replace("https://files.example/public-2.0-py3-none-any.whl", url)
    )
    text = (locked.make() / "package.nix").read_text()

    assert (f'name = "public-2.0-py3-none-any.whl";\n      url = "{url}"' in text) == named
    assert f'url = "{url}";' in text


def test_a_url_with_a_password_is_never_written(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.depend("private")
    locked.app()
    lock = tmp_path / "uv.lock"
    lock.write_text(lock.read_text().replace("https://files", "https://me:secret@files"))
    artifact = locked.make()

    assert (artifact / "wheels" / "private-2.0-py3-none-any.whl").is_file()
    assert not [name for name, data in bytes_of(artifact).items() if b"secret" in data]


def test_a_wheel_whose_name_is_too_long_for_a_store_is_refused(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.depend("a" * 200)
    locked.app()

    with pytest.raises(FormatError, match="cannot be the name of a store path"):
        locked.make()


def test_a_file_of_this_machine_is_no_address(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.depend("near")
    locked.app()
    lock = tmp_path / "uv.lock"
    there = (locked.wheelhouse / "near-2.0-py3-none-any.whl").as_uri()
    lock.write_text(
        lock.read_text().replace("https://files.example/near-2.0-py3-none-any.whl", there)
    )
    artifact = locked.make()

    assert (artifact / "wheels" / "near-2.0-py3-none-any.whl").is_file()
    assert "fetchurl" not in (artifact / "package.nix").read_text()


def test_files_in_common_and_an_epoch_are_told_to_the_build(tmp_path: Path) -> None:
    locked = Locked(tmp_path, version="1!1.0")
    for name in ("one", "two"):
        locked.depend(name, files={"space/__init__.py": "", f"space/{name}.py": ""})
    locked.app()
    artifact = locked.make()
    text = (artifact / "package.nix").read_text()

    assert artifact.name == "app-1_1.0.nix"
    assert "--destdir installed" in text
    assert "''${file//=/!}" in text
    assert (artifact / "wheels" / "app-1!1.0-py3-none-any.whl").is_file()


def test_a_machine_that_nix_has_no_system_for_is_refused(tmp_path: Path) -> None:
    plan = example_plan(nix, nix.Options())
    musl = replace(plan, target=free_target(python="3.11", platform="musllinux_1_2_x86_64"))

    with pytest.raises(FormatError, match="Nix has no system"):
        nix.emit(musl, example_tree(plan.layout), tmp_path / "out")


# --- commands


@pytest.mark.parametrize(
    ("options", "key"),
    [({"scripts": ("ap",)}, "scripts"), ({"main_program": "x"}, "main-program")],
)
def test_a_command_that_there_is_not_is_refused(
    options: dict[str, Any], key: str, tmp_path: Path
) -> None:
    locked = Locked(tmp_path)
    locked.app()
    with pytest.raises(FormatError) as caught:
        locked.make(**options)

    assert [problem.where for problem in caught.value.problems] == [key]
    assert not (tmp_path / "out").exists()


def test_the_main_program_is_called_like_the_package_or_is_the_first(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.app(scripts={"zzz": "app:main", "aaa": "app:main"})

    first = (locked.make() / "package.nix").read_text()
    named = (locked.make(package="zzz", out="other") / "package.nix").read_text()

    assert 'mainProgram = "aaa";' in first
    assert 'mainProgram = "zzz";' in named


def test_a_command_that_a_system_lacks_is_not_linked_there(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    for wheel in locked.compiled("tool", scripts={"tool": "tool:main"}):
        if "macosx" in wheel.name:
            before = hashlib.sha256(wheel.read_bytes()).hexdigest()
            bare = WheelFactory(locked.wheelhouse)("tool", "2.0", tag=wheel.stem[9:])
            after = hashlib.sha256(bare.read_bytes()).hexdigest()
            locked.entries[-1] = locked.entries[-1].replace(before, after)
    locked.app()
    artifact = locked.make(scripts=("app", "tool"), scripts_of="tool")
    text = (artifact / "package.nix").read_text()
    systems = json.loads((artifact / "repackage.json").read_text())["systems"]

    assert 'test ! -e "$venv/bin/$program" || ln -s' in text
    assert "test ! -e" not in (locked.make(out="app") / "package.nix").read_text()
    assert [
        any(link["path"] == "bin/tool" for link in holding["links"])
        for holding in systems.values()
    ] == [True, True, False, False]


def test_a_package_may_be_called_like_the_default_of_a_flake(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.app()
    text = (locked.make(package="default") / "flake.nix").read_text()

    assert text.count("        default = nixpkgs.legacyPackages") == 1
    assert "default = self.packages.${system}.default;" not in text


def test_a_script_that_is_called_like_an_entry_point_is_refused(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.depend(
        "twins",
        scripts={"twin": "twins:main"},
        files={
            "twins-2.0.data/scripts/twin": "#!python\n",
            "vendored/x.dist-info/entry_points.txt": "",
        },
    )
    locked.app()

    with pytest.raises(FormatError, match="both a script and an entry point called 'twin'"):
        locked.make()


_SAME = 'python.pythonVersion == "3.11"'
_LATER = 'lib.versionAtLeast python.pythonVersion "3.11"'


@pytest.mark.parametrize(
    ("marker", "tag", "required", "said"),
    [
        ("", "py3-none-any", "", _LATER),
        ("", "py3-none-any", ">=3.9,!=3.10.*,<4", _LATER),
        ("", "py3-none-any", ">=3.9,<3.14", _SAME),
        ("", "py3-none-any", "!=3.13.*", _SAME),
        ("python_full_version < '3.14'", "py3-none-any", "", _SAME),
        ("", "cp311-abi3-manylinux_2_17_x86_64", "", _SAME),
    ],
)
def test_another_interpreter_is_held_to_what_the_wheels_are_for(
    marker: str, tag: str, required: str, said: str, tmp_path: Path
) -> None:
    locked = Locked(tmp_path)
    metadata = [f"Requires-Python: {required}"] if required else []
    locked.depend("part", tags=[tag], marker=marker, metadata=metadata)
    locked.app()

    assert f"assert {said};" in (locked.make(python="python3") / "package.nix").read_text()
    assert "assert" not in (locked.make(out="own") / "package.nix").read_text()


# --- always the same


def test_an_artifact_does_not_depend_on_where_and_when_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(directory: Path) -> dict[str, bytes]:
        locked = Locked(directory)
        locked.compiled("native")
        locked.depend("plain")
        locked.depend("member", source='{ directory = "member" }')
        locked.app()
        return bytes_of(locked.make())

    one = made(tmp_path / "one")
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    monkeypatch.setenv("LC_ALL", "C")
    before = os.umask(0o077)
    try:
        other = made(tmp_path / "other place")
    finally:
        os.umask(before)

    assert one == other
    assert str(tmp_path).encode() not in b"".join(one.values())
