from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.errors import FormatError
from repackage.target import Python
from repackage_formats import rpm
from repackage_formats.rpm._metadata import facts
from tests.elves import make_elf
from tests.formats.rpm.plans import compiled, planned, with_files

if TYPE_CHECKING:
    from pathlib import Path

INTERPRETER = ("/usr/bin/python3.9", "", 0)
FOR_POST = ("/usr/bin/python3.9", "", 1 << 10)
SHELL = ("/bin/sh", "", 0x500)
ABI = ("python(abi)", "3.9", 8)


def requires(
    options: rpm.Options | None = None, **target: object
) -> list[tuple[str, str, int]]:
    plan = planned(options)
    plan = replace(plan, target=replace(plan.target, **target))  # type: ignore[arg-type]  # as tests say
    found = facts(plan, with_files(plan, {})).requires
    return [(each.name, each.version, each.flags) for each in found]


def test_an_application_requires_its_interpreter_and_the_abi_of_it() -> None:
    assert requires() == [SHELL, INTERPRETER, FOR_POST, ABI]
    assert requires(rpm.Options(compile=False)) == [INTERPRETER, ABI]


def test_other_relations_may_bring_the_interpreter() -> None:
    assert requires(rpm.Options(interpreter_requires=("python39 >= 3.9.2",))) == [
        SHELL,
        ("python39", "3.9.2", 12),
    ]
    assert requires(rpm.Options(interpreter_requires=(), compile=False)) == []


@pytest.mark.parametrize(
    "python",
    [
        Python(major=3, minor=13, free_threaded=True),
        Python(major=3, minor=11, implementation="pypy"),
    ],
)
def test_only_the_usual_python_has_an_abi_that_is_provided(python: Python) -> None:
    assert requires(rpm.Options(compile=False), python=python) == [INTERPRETER]


def test_an_interpreter_in_a_place_that_rpm_cannot_name_is_refused() -> None:
    with pytest.raises(FormatError, match="rpm cannot require '/opt/my python/bin/python'"):
        requires(interpreter="/opt/my python/bin/python")


def test_what_machine_code_needs_is_required_and_what_it_brings_is_not_provided() -> None:
    plan = compiled()
    module = make_elf(
        needed=["libc.so.6", "libown-12.so.3"],
        versions={"libc.so.6": ["GLIBC_2.17"], "libown-12.so.3": ["OWN_1"]},
    )
    files = {
        "example/_fast.so": module,
        "example.libs/libown-12.so.3": make_elf(soname="libown-12.so.3"),
    }
    decided = facts(plan, with_files(plan, files))
    required = [each.name for each in decided.requires if each.flags & 1 << 14]

    assert required == ["libc.so.6()(64bit)", "libc.so.6(GLIBC_2.17)(64bit)"]
    assert not [each for each in decided.provides if "libown" in each.name]


def test_relations_of_the_options_are_added_sorted_and_once() -> None:
    options = rpm.Options(
        requires=("zlib", "attr >= 2", "zlib"),
        recommends=("r",),
        suggests=("s",),
        supplements=("(t unless u)",),
        enhances=("v",),
        conflicts=("w < 1",),
        obsoletes=("x < 2",),
        provides=("y = 3",),
    )
    plan = planned(options)
    decided = facts(plan, with_files(plan, {}))

    assert [r.name for r in decided.requires if r.name in {"attr", "zlib"}] == ["attr", "zlib"]
    assert decided.recommends[0].name == "r"
    assert decided.suggests[0].name == "s"
    assert decided.supplements[0].name == "(t unless u)"
    assert decided.enhances[0].name == "v"
    assert (decided.conflicts[0].version, decided.conflicts[0].flags) == ("1", 2)
    assert (decided.obsoletes[0].version, decided.obsoletes[0].flags) == ("2", 2)
    assert ("y", "3", 8) in [(p.name, p.version, p.flags) for p in decided.provides]


def test_a_package_provides_itself_in_its_very_version() -> None:
    plan = planned(rpm.Options(epoch=1, release="3"))
    decided = facts(plan, with_files(plan, {}))

    assert ("example", "1:1.0.0-3", 8) in [
        (each.name, each.version, each.flags) for each in decided.provides
    ]
    assert decided.source_rpm == "example-1.0.0-3.src.rpm"
    assert f"{decided.nevra}.rpm" == rpm.filename(plan)


def test_all_that_is_in_the_way_is_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    options = rpm.Options(
        requires=("(a or b)",),
        ghosts=("/usr/lib/example/there",),
        scriptlets={"post": "#!/usr/bin/python3\n1\n"},
    )
    plan = compiled(options, target="el7")
    files = {
        "example/_musl.so": make_elf(needed=["libc.musl-x86_64.so.1"]),
        "example/_arm.so": make_elf(machine=183),
        "example/_new.so": make_elf(
            needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.34"]}
        ),
        "/usr/lib/example/there": b"",
        "/usr/lib/example/a\nb": b"",
        f"/usr/lib/example/{'d/' * 2045}file": b"",
    }
    out = tmp_path / "out.rpm"
    with pytest.raises(FormatError) as error:
        rpm.emit(plan, with_files(plan, files), out)

    told = "\n".join(problem.what for problem in error.value.problems)
    for what in (
        "knows no expressions", "was built for musl", "is for AARCH64", "needs glibc 2.34",
        "it cannot be a ghost", "yours is none", "'usr/lib/example/a\\nb'", "rpm takes 4094",
    ):  # fmt: skip
        assert what in told or what in str(error.value), what
    assert not out.exists()
