from __future__ import annotations

import pytest

from repackage.elf import Elf, machine_of, scan_all
from repackage.testing import EPOCH
from repackage.tree import inline_file
from tests.elves import AARCH64, BPF, RELOCATABLE, make_elf


def read(data: bytes) -> Elf:
    (elf,) = scan_all(
        [inline_file("a", data, mtime=EPOCH), inline_file("b", b"b", mtime=EPOCH)]
    )
    return elf


@pytest.mark.parametrize(("arch", "number"), [("x86_64", 62), ("aarch64", AARCH64)])
def test_a_machine_knows_its_own_files(arch: str, number: int) -> None:
    machine = machine_of(arch)
    assert machine is not None

    assert machine.is_native(read(make_elf(machine=number)))
    assert not machine.is_foreign(read(make_elf(machine=number)))


def test_files_of_another_machine_are_foreign() -> None:
    machine = machine_of("x86_64")
    assert machine is not None

    assert machine.is_foreign(read(make_elf(machine=AARCH64)))
    assert not machine.is_native(read(make_elf(machine=AARCH64)))


@pytest.mark.parametrize(
    "data",
    [
        make_elf(machine=BPF, dynamic=False),
        make_elf(machine=AARCH64, kind=RELOCATABLE, dynamic=False),
    ],
)
def test_data_of_no_machine_are_neither(data: bytes) -> None:
    machine = machine_of("x86_64")
    assert machine is not None

    assert not machine.is_foreign(read(data))
    assert not machine.is_native(read(data))


def test_a_machine_that_is_not_known_is_none() -> None:
    assert machine_of("sparc") is None


def test_where_there_is_no_machine_code_nothing_is_read() -> None:
    assert scan_all([inline_file("a", b"text", mtime=EPOCH)]) == ()
