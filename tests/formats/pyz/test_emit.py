"""Applications that are one file: what is written, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import zipapp
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.tags import parse_tag

import repackage_formats.pyz as form
from repackage.errors import ConfigError, FormatError
from repackage.format import Surroundings
from repackage.target import free_target
from repackage.testing import tree_of
from repackage.wheel import EntryPoint
from repackage_formats.pyz._needs import Needs, native_facts, needs_of
from tests.formats.pyz.apps import FILES, entries, made, planned, started

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ELF = b"\x7fELF\x02\x01\x01" + bytes(57)


def test_a_pure_application_runs_in_place(tmp_path: Path) -> None:
    app = made(tmp_path)
    done = started(app, "a", "b")

    assert done.stdout == f"{app}\n['a', 'b'] 1.0 late\n"
    assert (done.returncode, done.stderr) == (7, "")


def test_it_runs_as_a_program_by_itself(tmp_path: Path) -> None:
    app = made(tmp_path, form.Options(interpreter="target"))
    interpreter = planned().target.interpreter
    assert app.read_bytes().startswith(f"#!{interpreter}\n".encode())
    assert app.stat().st_mode & 0o777 == 0o755

    (tmp_path / "python3").symlink_to(sys.executable)
    done = subprocess.run(
        [made(tmp_path / "..", None), "x"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 7, done.stderr


@pytest.mark.parametrize("flag", ["-I", "-S", "-O"])
def test_it_runs_with_the_flags_of_python(tmp_path: Path, flag: str) -> None:
    done = subprocess.run(
        [sys.executable, flag, made(tmp_path)], capture_output=True, check=False, timeout=60
    )

    assert done.returncode == 7, done.stderr


def test_a_relative_name_is_enough_though_the_application_changes_its_directory(
    tmp_path: Path,
) -> None:
    made(tmp_path)
    done = subprocess.run(
        [sys.executable, "app.pyz"], cwd=tmp_path, capture_output=True, check=False, timeout=60
    )

    assert done.returncode == 7, done.stderr


@pytest.mark.native("unzip", "bsdtar")
def test_others_read_it_behind_its_first_line(tmp_path: Path) -> None:
    app = made(tmp_path)

    with zipfile.ZipFile(app) as archive:
        assert archive.testzip() is None
        assert min(info.header_offset for info in archive.infolist()) == 23
        assert "space/" in archive.namelist()  # or older Pythons see no namespace package
    subprocess.run(["unzip", "-tq", app], check=True, capture_output=True)
    subprocess.run(["bsdtar", "-tf", app], check=True, capture_output=True)


def test_it_says_what_it_starts_and_needs(tmp_path: Path) -> None:
    app = made(tmp_path, files={"example/x.so": ELF})
    facts = form.describe(app)

    assert facts["program"] == "#!/usr/bin/env python3"
    assert facts["starts"] == "example:main"
    assert facts["python"] == f"3.{sys.version_info.minor} or later"
    assert facts["unpacks"] == "when it is first started"
    assert facts["machine"] == f"linux on {os.uname().machine}"
    assert form.recognises(app) == 2


def test_other_files_are_not_recognised(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/__main__.py").write_text("FACTS = {'no': 'thing'}\n")
    zipapp.create_archive(tmp_path / "source", tmp_path / "other.pyz", interpreter="python")
    (tmp_path / "script").write_text("#!/bin/sh\n")

    assert form.recognises(tmp_path) == 0
    assert form.recognises(tmp_path / "nothing") == 0
    assert form.recognises(tmp_path / "script") == 0
    assert form.recognises(tmp_path / "other.pyz") == 0
    assert "starts" not in form.describe(tmp_path / "other.pyz")


@pytest.mark.parametrize("facts", ["1", "[", "{'python': 3}", "(" * 10_000])
def test_a_start_that_others_wrote_is_no_reason_to_fail(tmp_path: Path, facts: str) -> None:
    path = tmp_path / "other.pyz"
    keys = dict.fromkeys(("python", "exact", "module", "attribute", "unpack", "native"), 1)
    for literal in (facts, str(keys)):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("__main__.py", f"\nFACTS = {literal}\n\nif x: ...\n")
        path.write_bytes(b"#!/usr/bin/python3\n" + path.read_bytes())

        assert "starts" not in form.describe(path)
        assert form.recognises(path) in {0, 2}


def test_what_lies_where_its_start_belongs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"a wheel has a __main__\.py of its own"):
        made(tmp_path, files={"__main__.py": ""})
    assert list(tmp_path.iterdir()) == []


def test_machine_code_cannot_be_kept_packed(tmp_path: Path) -> None:
    libraries = {f"example/{name}.so": ELF for name in "abcd"}

    with pytest.raises(FormatError, match=r"example/a\.so, example/b\.so, .* and 1 more"):
        made(tmp_path, form.Options(unpack="never"), files=libraries)
    made(tmp_path, form.Options(unpack="never"))


# --- the command


def pointed(*names: str) -> tuple[EntryPoint, ...]:
    return tuple(
        EntryPoint(name=name, module="example", attribute="main", kind="console")
        for name in names
    )


@pytest.mark.parametrize(
    ("names", "asked", "said"),
    [
        ((), "", "it has no command to start"),
        (("a", "b"), "", r"several commands: a, b \(pyz\.command says which"),
        (("first", "second"), "secnd", "no command is called 'secnd' .did you mean 'second'"),
    ],
)
def test_a_command_that_is_not_clear_is_refused_before_anything_is_fetched(
    tmp_path: Path, names: tuple[str, ...], asked: str, said: str
) -> None:
    plan = planned(form.Options(command=asked))
    root = replace(plan.closure.root, entry_points=pointed(*names))
    plan = replace(plan, closure=replace(plan.closure, root=root))

    with pytest.raises(FormatError, match=said):
        form.prepare(plan, Surroundings(cache=tmp_path, offline=True, project=tmp_path))


@pytest.mark.parametrize(
    ("names", "asked"), [(("only",), ""), (("example", "other"), ""), (("a", "b"), "b")]
)
def test_a_command_that_is_clear_is_taken(
    tmp_path: Path, names: tuple[str, ...], asked: str
) -> None:
    plan = planned(form.Options(command=asked))
    root = replace(plan.closure.root, entry_points=pointed(*names))
    plan = replace(plan, closure=replace(plan.closure, root=root))

    assert (
        form.prepare(plan, Surroundings(cache=tmp_path, offline=True, project=tmp_path)) is plan
    )


# --- what it needs


def needs(*tags: str, target: str = "3.11") -> Needs:
    files = {
        f"d{number}-1.dist-info/WHEEL": "".join(f"Tag: {each}\n" for each in parse_lines(tag))
        for number, tag in enumerate(tags)
    }
    machine = free_target(python=target, platform="manylinux_2_36_x86_64")
    return needs_of(tree_of(*entries(files)), machine)


def parse_lines(tag: str) -> list[str]:
    return sorted(map(str, parse_tag(tag)))


@pytest.mark.parametrize(
    ("tag", "exact", "libc"),
    [
        ("py3-none-any", False, None),
        ("py2.py3-none-any", False, None),
        ("cp311-none-any", True, None),
        ("cp39-abi3-manylinux_2_28_x86_64", False, (2, 28)),
        ("py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64", False, (2, 17)),
        ("cp311-cp311-manylinux2010_x86_64.manylinux_2_24_x86_64", True, (2, 12)),
        ("cp311-cp311-manylinux1_x86_64", True, (2, 5)),
        ("cp311-cp311-linux_x86_64", True, (2, 36)),
    ],
)
def test_the_tags_of_wheels_say_what_they_need(
    tag: str,
    exact: bool,  # noqa: FBT001 - a parameter
    libc: tuple[int, int] | None,
) -> None:
    found = needs(tag, "py3-none-any")

    assert (found.python, found.exact, found.libc) == ((3, 11), exact, libc)


def test_the_newest_libc_that_any_wheel_needs_is_what_all_need() -> None:
    tags = ("cp39-abi3-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_17_x86_64")

    assert needs(*tags).libc == (2, 28)


@pytest.mark.parametrize("path", ["a/x.so", "a.libs/libx.so.1.2", "x.pyd", "x.dylib", "bin/x"])
def test_machine_code_is_told_by_name_or_by_its_first_bytes(path: str) -> None:
    tree = tree_of(*entries({path: ELF, "a/x.py": "", "a/so": "text"}))
    target = planned().target

    assert needs_of(tree, target).machine_code == (path,)
    assert native_facts(needs_of(tree, target), target)


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("musllinux_1_2_aarch64", ("linux", "aarch64", ["musl", 1, 2])),
        ("macosx_13_0_arm64", ("darwin", "arm64", None)),
        ("win_amd64", ("win32", "AMD64", None)),
    ],
)
def test_other_systems_are_named_as_python_names_them(
    platform: str, expected: tuple[object, ...]
) -> None:
    target = free_target(python="3.11", platform=platform)
    facts = native_facts(needs_of(tree_of(*entries({"a.so": ELF})), target), target)

    assert facts is not None
    assert isinstance(facts["machines"], list)
    assert (facts["platform"], facts["machines"][0], facts["libc"]) == expected


# --- options


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda: form.Options(interpreter="python3"), "interpreter"),
        (lambda: form.Options(interpreter="/usr/bin/python3\nrm"), "interpreter"),
        (lambda: form.Options(interpreter="/" + "x" * 130), "interpreter"),
        (lambda: form.Options(level=10), "level"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    make: Callable[[], form.Options], where: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert [problem.where for problem in caught.value.problems] == [where]


def test_an_interpreter_of_the_target_that_is_too_long_is_refused(tmp_path: Path) -> None:
    plan = planned(form.Options(interpreter="target"))
    plan = replace(plan, target=replace(plan.target, interpreter="/" + "x" * 130))

    with pytest.raises(FormatError, match="too long"):
        form.emit(plan, tree_of(*entries(FILES)), tmp_path / "app.pyz")
