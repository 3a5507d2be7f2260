"""Any machine, by its Python and its platform tag."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from repackage.errors import TargetError
from repackage.target import Glibc, MacOS, Musl, Python, Windows, free_target


def test_a_linux_target_has_all_markers_of_pep_508() -> None:
    target = free_target(python="3.12.4", platform="manylinux_2_28_aarch64")

    assert dict(target.markers) == {
        "implementation_name": "cpython",
        "implementation_version": "3.12.4",
        "os_name": "posix",
        "platform_machine": "aarch64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": "3.12.4",
        "python_version": "3.12",
        "sys_platform": "linux",
    }
    assert Marker("python_full_version >= '3.12.4'").evaluate(dict(target.markers))


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("macosx_13_0_arm64", ("posix", "darwin", "Darwin", "arm64")),
        ("macosx_10_9_x86_64", ("posix", "darwin", "Darwin", "x86_64")),
        ("win_amd64", ("nt", "win32", "Windows", "AMD64")),
        ("win_arm64", ("nt", "win32", "Windows", "ARM64")),
        ("win32", ("nt", "win32", "Windows", "x86")),
        ("musllinux_1_2_x86_64", ("posix", "linux", "Linux", "x86_64")),
    ],
)
def test_markers_follow_the_platform(platform: str, expected: tuple[str, ...]) -> None:
    markers = free_target(python="3.12", platform=platform).markers

    names = ("os_name", "sys_platform", "platform_system", "platform_machine")
    assert tuple(markers[name] for name in names) == expected


def test_markers_cannot_be_changed() -> None:
    markers = free_target(python="3.12", platform="win_amd64").markers

    with pytest.raises(TypeError):
        markers["sys_platform"] = "linux"  # type: ignore[index]  # that it is refused is the test


@pytest.mark.parametrize(
    ("platform", "name", "system", "interpreter"),
    [
        (
            "manylinux_2_28_arm64",
            "cp312-manylinux_2_28_aarch64",
            Glibc(major=2, minor=28),
            "/usr/bin/python3.12",
        ),
        (
            "manylinux2014_x86_64",
            "cp312-manylinux_2_17_x86_64",
            Glibc(major=2, minor=17),
            "/usr/bin/python3.12",
        ),
        (
            "linux-x86-64",
            "cp312-manylinux_2_28_x86_64",
            Glibc(major=2, minor=28),
            "/usr/bin/python3.12",
        ),
        (
            "musllinux_1_2_x86_64",
            "cp312-musllinux_1_2_x86_64",
            Musl(major=1, minor=2),
            "/usr/bin/python3.12",
        ),
        (
            "macosx-13.0-arm64",
            "cp312-macosx_13_0_arm64",
            MacOS(major=13, minor=0),
            "/usr/local/bin/python3.12",
        ),
        ("win_amd64", "cp312-win_amd64", Windows(), "python.exe"),
    ],
)
def test_the_name_says_what_was_chosen(
    platform: str, name: str, system: object, interpreter: str
) -> None:
    target = free_target(python="3.12", platform=platform)

    assert (target.name, target.system) == (name, system)
    assert target.interpreter == interpreter
    assert target.distribution is None


def test_the_interpreter_may_be_given() -> None:
    target = free_target(
        python="3.13", platform="linux_x86_64", interpreter="/opt/py/bin/python3"
    )

    assert target.interpreter == "/opt/py/bin/python3"


def test_a_free_threaded_python_is_named_with_its_t() -> None:
    target = free_target(python="3.13t", platform="manylinux_2_28_x86_64")

    assert target.name == "cp313t-manylinux_2_28_x86_64"
    assert target.python == Python(major=3, minor=13, free_threaded=True)
    assert target.interpreter == "/usr/bin/python3.13t"


@pytest.mark.parametrize(
    ("python", "message"),
    [
        ("", "not a Python version"),
        ("3", "not a Python version"),
        ("3.x", "not a Python version"),
        ("3.12rc1", "not a Python version"),
        ("٣.١٢", "not a Python version"),
        ("3.12.4.5", "not a Python version"),
        ("2.7", "only Python 3 is"),
        ("3.12t", "free-threaded builds begin with 3.13t"),
    ],
)
def test_a_python_that_cannot_be_is_refused(python: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        free_target(python=python, platform="manylinux_2_28_x86_64")


@pytest.mark.parametrize(
    "platform",
    [
        "",
        "linux",
        "any",
        "manylinux_3_1_x86_64",
        "manylinux2077_x86_64",
        "musllinux_2_0_x86_64",
        "macosx_13_0_universal2",
        "macosx_9_0_arm64",
        "win_ia64",
        "../../etc",
    ],
)
def test_a_platform_that_cannot_be_is_refused_with_examples(platform: str) -> None:
    with pytest.raises(TargetError, match="manylinux_2_28_x86_64"):
        free_target(python="3.12", platform=platform)


def test_an_unknown_architecture_suggests_the_nearest() -> None:
    with pytest.raises(TargetError, match="did you mean 'aarch64'"):
        free_target(python="3.12", platform="manylinux_2_28_aarch46")


@given(st.text(max_size=40), st.text(max_size=40))
def test_nonsense_is_a_target_error_and_nothing_else(python: str, platform: str) -> None:
    with pytest.raises(TargetError):
        free_target(python=python, platform="")
    with pytest.raises(TargetError):
        free_target(python="3.12", platform=f"x{platform}")
