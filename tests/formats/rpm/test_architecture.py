from __future__ import annotations

from dataclasses import replace

import pytest

from repackage.closure import FromSource
from repackage.errors import FormatError
from repackage.lock import LockedFile
from repackage_formats import rpm
from repackage_formats.rpm._metadata import facts
from tests.elves import AARCH64, BPF, RELOCATABLE, make_elf
from tests.formats.rpm.plans import compiled, planned, with_files


@pytest.mark.parametrize(
    ("filename", "arch"),
    [
        ("dependency-2.0-cp39-cp39-manylinux_2_17_x86_64.whl", "x86_64"),
        ("dependency-2.0-py2.py3-none-any.whl", "noarch"),
        ("dependency-2.0.tar.gz", "noarch"),
    ],
)
def test_a_package_is_for_all_architectures_if_every_wheel_is(filename: str, arch: str) -> None:
    plan = planned()
    (pin,) = plan.closure.pins
    assert isinstance(pin.artifact, LockedFile)
    artifact = replace(pin.artifact, filename=filename)
    closure = replace(plan.closure, pins=(replace(pin, artifact=artifact),))

    assert rpm.filename(replace(plan, closure=closure)).endswith(f".{arch}.rpm")


def test_what_was_chosen_for_one_machine_is_packaged_for_it() -> None:
    plan = planned()
    closure = replace(plan.closure, machine_bound=True)

    assert rpm.filename(replace(plan, closure=closure)).endswith(".x86_64.rpm")


def test_what_is_still_to_be_built_is_taken_for_pure() -> None:
    plan = planned()
    (pin,) = plan.closure.pins
    source = FromSource(name=pin.name, version=pin.version)
    closure = replace(plan.closure, pins=(replace(pin, artifact=source),))

    assert rpm.filename(replace(plan, closure=closure)).endswith(".noarch.rpm")


def test_machine_code_makes_the_package_provide_itself_for_its_architecture() -> None:
    plan = compiled()
    decided = facts(
        plan, with_files(plan, {"example/_fast.so": make_elf(needed=["libc.so.6"])})
    )

    assert ("example(x86-64)", "1.0.0-1.el9", 8) in [
        (each.name, each.version, each.flags) for each in decided.provides
    ]
    path = f"{plan.layout.purelib}/example/_fast.so"
    assert decided.file_colors == {path: 2}


def test_every_file_that_does_not_belong_is_told_at_once() -> None:
    plan = planned()
    files = {
        "example/arm.so": make_elf(machine=AARCH64),
        "example/own.so": make_elf(),
        "example/musl.so": make_elf(needed=["libc.musl-x86_64.so.1"]),
        "example/bpf.o": make_elf(machine=BPF, kind=RELOCATABLE, dynamic=False),
    }
    with pytest.raises(FormatError) as error:
        facts(plan, with_files(plan, files))

    told = str(error.value)
    assert "arm.so: the file is for AARCH64 (64 bit, little-endian), not for x86_64" in told
    assert "own.so: a package for all architectures holds machine code for x86_64" in told
    assert "musl.so: needs 'libc.musl-x86_64.so.1'" in told
    assert "bpf.o" not in told


def test_foreign_files_are_shipped_as_data_if_they_are_listed() -> None:
    plan = planned(rpm.Options(foreign=("*.so",)))
    decided = facts(plan, with_files(plan, {"example/arm.so": make_elf(machine=AARCH64)}))

    assert decided.arch == "noarch"
    assert decided.file_colors == {}


def test_an_architecture_other_than_the_targets_is_refused() -> None:
    plan = planned(rpm.Options(architecture="aarch64"))
    with pytest.raises(FormatError, match="the target's architecture is 'x86_64'"):
        facts(plan, with_files(plan, {}))
