from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.tags import Tag

from repackage.errors import FormatError
from repackage.lock import LockedFile
from repackage.target import MacOS, Musl, Windows, distribution_target
from repackage_formats import deb
from repackage_formats.deb._emit import contents
from tests.elves import AARCH64, BPF, RELOCATABLE, make_elf
from tests.formats.deb.debs import compiled, planned, with_files


def test_pure_wheels_make_a_package_for_all() -> None:
    assert deb.filename(planned()) == "example_1.0.0-0repackage1~deb12_all.deb"


def test_a_wheel_with_a_platform_makes_a_package_for_it() -> None:
    assert deb.filename(compiled()) == "example_1.0.0-0repackage1~deb12_amd64.deb"


@pytest.mark.parametrize(
    ("filename", "architecture"),
    [
        ("dependency-2.0-cp311-cp311-manylinux_2_17_x86_64.whl", "amd64"),
        ("dependency-2.0-py2.py3-none-any.whl", "all"),
        ("dependency-2.0.tar.gz", "all"),
    ],
)
def test_a_dependencys_wheel_counts_too(filename: str, architecture: str) -> None:
    plan = planned()
    (pin,) = plan.closure.pins
    assert isinstance(pin.artifact, LockedFile)
    pin = replace(pin, artifact=replace(pin.artifact, filename=filename))
    plan = replace(plan, closure=replace(plan.closure, pins=(pin,)))

    assert deb.filename(plan).endswith(f"_{architecture}.deb")


@pytest.mark.parametrize(
    ("arch", "architecture"),
    [
        ("aarch64", "arm64"),
        ("armv7l", "armhf"),
        ("i686", "i386"),
        ("ppc64le", "ppc64el"),
        ("riscv64", "riscv64"),
        ("s390x", "s390x"),
    ],
)
def test_architectures_are_called_as_debian_calls_them(arch: str, architecture: str) -> None:
    plan = compiled()
    plan = replace(plan, target=replace(plan.target, arch=arch))

    assert deb.filename(plan).endswith(f"_{architecture}.deb")


def test_an_architecture_that_debian_does_not_have_is_refused() -> None:
    plan = planned()
    plan = replace(plan, target=replace(plan.target, arch="armv6l"))

    with pytest.raises(FormatError, match="'armv6l'"):
        deb.filename(plan)


@pytest.mark.parametrize(
    "system", [Musl(major=1, minor=2), MacOS(major=14, minor=0), Windows()]
)
def test_a_target_without_glibc_is_refused(system: Musl | MacOS | Windows) -> None:
    plan = planned()
    plan = replace(plan, target=replace(plan.target, system=system))

    with pytest.raises(FormatError, match="GNU C library"):
        deb.filename(plan)


def test_machine_code_in_wheels_for_any_platform_is_refused_with_the_way_out() -> None:
    plan = planned()
    tree = with_files(plan, {"example/a.so": make_elf(), "example/b.so": make_elf()})
    with pytest.raises(FormatError, match="machine code") as caught:
        contents(plan, tree)

    assert len(caught.value.problems) == 2
    assert "set architecture = 'amd64'" in str(caught.value)
    assert contents(planned(deb.Options(architecture="amd64")), tree).control


def test_machine_code_for_another_machine_is_refused_by_name() -> None:
    plan = compiled()
    tree = with_files(plan, {"example/arm.so": make_elf(machine=AARCH64)})

    with pytest.raises(FormatError, match=r"arm\.so: the file is for AARCH64"):
        contents(plan, tree)


def test_machine_code_for_another_machine_may_be_shipped_as_data() -> None:
    plan = compiled(deb.Options(foreign=("*/arm.so",)))
    tree = with_files(plan, {"example/arm.so": make_elf(machine=AARCH64)})

    assert contents(plan, tree).control


def test_object_files_and_programs_for_a_kernel_are_data() -> None:
    plan = planned()
    files = {
        "example/a.o": make_elf(machine=AARCH64, kind=RELOCATABLE, dynamic=False),
        "example/probe": make_elf(machine=BPF, dynamic=False),
    }

    assert contents(plan, with_files(plan, files)).control


def test_an_architecture_that_is_not_the_targets_is_refused() -> None:
    plan = compiled(deb.Options(architecture="arm64"))

    with pytest.raises(FormatError, match="the target's architecture is 'amd64'"):
        contents(plan, with_files(plan, {}))


def test_a_debian_13_package_for_arm_is_made_on_any_machine() -> None:
    plan = compiled()
    target = distribution_target("debian-13", arch="aarch64")
    root = replace(
        plan.closure.root, tags=frozenset({Tag("cp313", "cp313", "manylinux_2_28_aarch64")})
    )
    plan = replace(plan, target=target, closure=replace(plan.closure, root=root))
    library = make_elf(
        machine=AARCH64, needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.38"]}
    )
    made = contents(plan, with_files(plan, {"example/a.so": library}))
    control = next(file for file in made.control if file.path == "control")

    assert deb.filename(plan) == "example_1.0.0-0repackage1~deb13_arm64.deb"
    assert b"\nDepends: python3.13, python3:any, libc6 (>= 2.38)\n" in control.content.data  # type: ignore[union-attr]  # in memory
