"""Distributions by name, and the facts that are shipped about them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from packaging.tags import Tag

from repackage.errors import TargetError
from repackage.target import (
    Distribution,
    Glibc,
    Python,
    distribution_target,
    names,
)


@pytest.mark.parametrize(
    ("name", "glibc", "python"),
    [
        ("debian-11", 31, "3.9"),
        ("debian-12", 36, "3.11"),
        ("debian-13", 41, "3.13"),
        ("ubuntu-20.04", 31, "3.8"),
        ("ubuntu-22.04", 35, "3.10"),
        ("ubuntu-24.04", 39, "3.12"),
        ("ubuntu-26.04", 43, "3.14"),
        ("el8", 28, "3.12"),
        ("el9", 34, "3.9"),
        ("el10", 39, "3.12"),
        ("fedora-41", 40, "3.13"),
        ("fedora-42", 41, "3.13"),
        ("fedora-43", 42, "3.14"),
        ("fedora-44", 43, "3.14"),
        ("fedora-45", 44, "3.15"),
        ("amazon-2023", 34, "3.9"),
        ("opensuse-leap-15.6", 38, "3.11"),
        ("opensuse-leap-16.0", 40, "3.13"),
        ("opensuse-tumbleweed", 41, "3.13"),
        ("sles-15.6", 38, "3.11"),
        ("sles-15.7", 38, "3.11"),
        ("sles-16.0", 40, "3.13"),
    ],
)
def test_a_distribution_has_its_glibc_and_python(name: str, glibc: int, python: str) -> None:
    target = distribution_target(name, arch="x86_64")

    assert target.system == Glibc(major=2, minor=glibc)
    assert target.python.release == python
    assert target.markers["python_version"] == python
    assert target.interpreter == f"/usr/bin/python{python}"
    abi = f"cp{python.replace('.', '')}"
    assert target.tags[0] == Tag(abi, abi, f"manylinux_2_{glibc}_x86_64")


def test_debian_12_is_described_in_full() -> None:
    target = distribution_target("debian-12", arch="arm64")

    assert target.name == "debian-12-aarch64"
    assert target.arch == "aarch64"
    assert target.python == Python(major=3, minor=11, micro=2)
    assert target.markers["python_full_version"] == "3.11.2"
    assert target.markers["platform_machine"] == "aarch64"
    assert target.distribution == Distribution(
        id="debian", version="12", codename="bookworm", family="deb"
    )


@pytest.mark.parametrize(
    ("runtime", "glibc"),
    [("3.10", 26), ("3.11", 26), ("3.12", 34), ("3.13", 34), ("3.14", 34)],
)
def test_a_runtime_of_lambda_has_its_interpreter_and_the_libc_of_its_system(
    runtime: str, glibc: int
) -> None:
    target = distribution_target(f"lambda-python{runtime}", arch="arm64")

    assert target.name == f"lambda-python{runtime}-aarch64"
    assert target.system == Glibc(major=2, minor=glibc)
    assert target.python.release == runtime
    assert target.interpreter == f"/var/lang/bin/python{runtime}"
    assert distribution_target(f"lambda-python{runtime}-aarch64") == target


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("bookworm", "debian-12"),
        ("Debian-12", "debian-12"),
        ("debian12", "debian-12"),
        ("noble", "ubuntu-24.04"),
        ("24.04", "ubuntu-24.04"),
        ("rhel-9", "el9"),
        ("el-10", "el10"),
        ("rocky-8", "el8"),
        ("al2023", "amazon-2023"),
        ("f42", "fedora-42"),
        ("lambda-3.13", "lambda-python3.13"),
        ("aws-lambda-python3.11", "lambda-python3.11"),
        ("leap-15.6", "opensuse-leap-15.6"),
    ],
)
def test_other_names_of_a_distribution_are_understood(alias: str, name: str) -> None:
    assert distribution_target(alias, arch="amd64").name == f"{name}-x86_64"


@pytest.mark.parametrize(
    ("spelling", "arch"),
    [
        ("amd64", "x86_64"),
        ("x86-64", "x86_64"),
        ("X64", "x86_64"),
        ("arm64", "aarch64"),
        ("armhf", "armv7l"),
        ("i386", "i686"),
        ("ppc64el", "ppc64le"),
        ("s390x", "s390x"),
    ],
)
def test_architectures_may_be_spelled_as_debian_does(spelling: str, arch: str) -> None:
    assert distribution_target("debian-12", arch=spelling).arch == arch


def test_another_python_of_the_release_is_part_of_the_name() -> None:
    target = distribution_target("el9", arch="x86_64", python="3.12")

    assert target.name == "el9-python3.12-x86_64"
    assert target.interpreter == "/usr/bin/python3.12"
    assert target.markers["python_full_version"] == "3.12.1"


def test_the_micro_version_may_be_said() -> None:
    target = distribution_target("debian-12", arch="x86_64", python="3.11.9")

    assert target.markers["python_full_version"] == "3.11.9"


def test_every_target_is_found_by_its_own_full_name() -> None:
    for known in names():
        for python in known.pythons:
            for arch in known.architectures:
                target = distribution_target(known.name, arch=arch, python=python.release)

                assert distribution_target(target.name) == target


def test_no_name_means_two_targets() -> None:
    spellings = [spelling for known in names() for spelling in {known.name, *known.aliases}]

    assert len(spellings) == len(set(spellings))


def test_the_machine_that_builds_gives_the_architecture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "arm64")

    assert distribution_target("fedora-42").arch == "aarch64"


def test_the_table_of_names_is_grouped_and_in_order_of_release() -> None:
    fedoras = [known for known in names() if known.distribution.id == "fedora"]

    assert [known.name for known in fedoras] == [
        "fedora-41",
        "fedora-42",
        "fedora-43",
        "fedora-44",
        "fedora-45",
    ]
    assert all(older.glibc.minor < newer.glibc.minor for older, newer in pairwise(fedoras))


def test_every_fact_is_of_the_expected_form() -> None:
    for known in names():
        assert known.glibc.major == 2
        assert known.interpreter.startswith("/")
        assert known.architectures[0] == "x86_64"
        assert known.distribution.family in {"deb", "rpm"}
        assert len({python.release for python in known.pythons}) == len(known.pythons)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("debian-21", "did you mean 'debian-1"),
        ("bokworm", "did you mean 'bookworm'"),
        ("ubuntu-25.04", "did you mean 'ubuntu-2"),
        ("plan9", "known: amazon-2, amazon-2023, debian-11"),
        ("", "known: "),
        ("debian-12-x86_64-x86_64", "unknown target"),
    ],
)
def test_an_unknown_name_is_refused_with_advice(name: str, advice: str) -> None:
    with pytest.raises(TargetError, match=advice):
        distribution_target(name)


def test_an_architecture_that_the_release_lacks_is_refused() -> None:
    with pytest.raises(TargetError, match="its architectures: x86_64, aarch64"):
        distribution_target("amazon-2023", arch="s390x")


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(TargetError, match="did you mean 'riscv64'"):
        distribution_target("debian-12", arch="riscv46")


@pytest.mark.parametrize("python", ["3.12", "3.13t"])
def test_a_python_that_the_release_lacks_is_refused(python: str) -> None:
    with pytest.raises(TargetError, match="debian-12 does not ship Python") as error:
        distribution_target("debian-12", arch="x86_64", python=python)

    assert error.value.exit_code == 2
