"""The order of tags is uv's, which decides between wheels of one version."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.tags import Tag, sys_tags

from repackage.target import Python, free_target


def order(*, python: str = "3.12", platform: str) -> list[str]:
    return [str(tag) for tag in free_target(python=python, platform=platform).tags]


def platforms(*, python: str = "3.12", platform: str) -> list[str]:
    """The platforms of the first group of tags."""
    tags = free_target(python=python, platform=platform).tags
    return [tag.platform for tag in tags if (tag.interpreter, tag.abi) == _first(tags)]


def _first(tags: tuple[Tag, ...]) -> tuple[str, str]:
    return tags[0].interpreter, tags[0].abi


def test_the_groups_of_a_cpython_come_in_the_documented_order() -> None:
    tags = free_target(python="3.4", platform="win_amd64").tags

    assert [str(tag) for tag in tags] == [
        "cp34-cp34m-win_amd64",
        "cp34-abi3-win_amd64",
        "cp34-none-win_amd64",
        "cp33-abi3-win_amd64",
        "cp32-abi3-win_amd64",
        "py34-none-win_amd64",
        "py3-none-win_amd64",
        "py33-none-win_amd64",
        "py32-none-win_amd64",
        "py31-none-win_amd64",
        "py30-none-win_amd64",
        "cp34-none-any",
        "py34-none-any",
        "py3-none-any",
        "py33-none-any",
        "py32-none-any",
        "py31-none-any",
        "py30-none-any",
    ]


def test_a_free_threaded_python_takes_abi3t_and_no_abi3() -> None:
    tags = order(python="3.13t", platform="win_amd64")

    assert tags[:4] == [
        "cp313-cp313t-win_amd64",
        "cp313-abi3t-win_amd64",
        "cp313-none-win_amd64",
        "cp312-abi3t-win_amd64",
    ]
    assert not any("-abi3-" in tag for tag in tags)


def test_manylinux_of_x86_64_goes_down_to_2_5_with_legacy_names_after_their_numbers() -> None:
    assert platforms(platform="manylinux_2_19_x86_64") == [
        "manylinux_2_19_x86_64",
        "manylinux_2_18_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux_2_16_x86_64",
        "manylinux_2_15_x86_64",
        "manylinux_2_14_x86_64",
        "manylinux_2_13_x86_64",
        "manylinux_2_12_x86_64",
        "manylinux2010_x86_64",
        "manylinux_2_11_x86_64",
        "manylinux_2_10_x86_64",
        "manylinux_2_9_x86_64",
        "manylinux_2_8_x86_64",
        "manylinux_2_7_x86_64",
        "manylinux_2_6_x86_64",
        "manylinux_2_5_x86_64",
        "manylinux1_x86_64",
        "linux_x86_64",
    ]


@pytest.mark.parametrize(
    ("platform", "oldest"),
    [
        ("manylinux_2_40_i686", "manylinux1_i686"),
        ("manylinux_2_40_aarch64", "manylinux2014_aarch64"),
        ("manylinux_2_40_armv7l", "manylinux2014_armv7l"),
        ("manylinux_2_40_ppc64le", "manylinux2014_ppc64le"),
        ("manylinux_2_40_s390x", "manylinux2014_s390x"),
        ("manylinux_2_40_riscv64", "manylinux_2_31_riscv64"),
        ("manylinux_2_40_loongarch64", "manylinux_2_36_loongarch64"),
    ],
)
def test_manylinux_ends_where_the_architecture_begins(platform: str, oldest: str) -> None:
    found = platforms(platform=platform)

    assert found[-2] == oldest
    assert found[-1] == f"linux_{platform.removeprefix('manylinux_2_40_')}"


def test_musllinux_goes_down_to_1_0_and_knows_no_manylinux() -> None:
    assert platforms(platform="musllinux_1_2_aarch64") == [
        "musllinux_1_2_aarch64",
        "musllinux_1_1_aarch64",
        "musllinux_1_0_aarch64",
        "linux_aarch64",
    ]


def test_macos_arm64_takes_universal_wheels_of_older_releases() -> None:
    found = platforms(platform="macosx_13_0_arm64")

    assert found[:4] == [
        "macosx_13_0_arm64",
        "macosx_13_0_universal2",
        "macosx_12_0_arm64",
        "macosx_12_0_universal2",
    ]
    assert found[-1] == "macosx_10_4_universal2"


def test_windows_has_one_platform() -> None:
    assert platforms(platform="win32") == ["win32"]
    assert platforms(platform="win-arm64") == ["win_arm64"]


def test_the_python_that_runs_has_no_influence() -> None:
    host = next(iter(sys_tags()))

    tags = free_target(python="3.99", platform="musllinux_1_1_s390x").tags

    assert host not in tags
    assert tags[0] == Tag("cp399", "cp399", "musllinux_1_1_s390x")


@given(
    minor=st.integers(8, 20),
    platform=st.sampled_from(
        ["manylinux_2_17_x86_64", "manylinux_2_39_aarch64", "musllinux_1_2_x86_64", "win_amd64"]
    ),
)
def test_no_tag_occurs_twice_and_pure_wheels_come_last(minor: int, platform: str) -> None:
    tags = free_target(python=f"3.{minor}", platform=platform).tags

    assert len(set(tags)) == len(tags)
    assert str(tags[-1]) == "py30-none-any"
    native = [tag.platform != "any" for tag in tags]
    assert native == sorted(native, reverse=True)


def test_release_is_major_and_minor() -> None:
    assert Python(major=3, minor=12, micro=4).release == "3.12"
