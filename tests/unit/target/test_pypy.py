"""PyPy, and every spelling of an interpreter; tags and their order were tried with uv."""

from __future__ import annotations

import pytest

from repackage.errors import TargetError
from repackage.format import app_layout
from repackage.target import Python, distribution_target, free_target

LINUX = "manylinux_2_17_x86_64"


def test_the_tags_of_a_pypy_are_its_own_abi_and_what_is_pure() -> None:
    tags = free_target(python="pypy3.3", platform="win_amd64").tags

    assert [str(tag) for tag in tags] == [
        "pp33-pypy33_pp73-win_amd64",
        "py33-none-win_amd64",
        "py3-none-win_amd64",
        "py32-none-win_amd64",
        "py31-none-win_amd64",
        "py30-none-win_amd64",
        "py33-none-any",
        "py3-none-any",
        "py32-none-any",
        "py31-none-any",
        "py30-none-any",
    ]


def test_a_pypy_is_named_and_found_by_its_own_name() -> None:
    target = free_target(python="pypy3.11", platform=LINUX)

    assert target.name == f"pp311-{LINUX}"
    assert target.interpreter == "/usr/bin/pypy3.11"


def test_markers_tell_a_pypy_from_the_python_that_it_implements() -> None:
    markers = free_target(python="pypy3.10.14", platform=LINUX).markers

    assert markers["implementation_name"] == "pypy"
    assert markers["platform_python_implementation"] == "PyPy"
    assert markers["implementation_version"] == "7.3.19"
    assert markers["python_full_version"] == "3.10.14"


@pytest.mark.parametrize(
    ("python", "version"), [("pypy3.9", "7.3.16"), ("pypy3.11", "7.3.20"), ("pp399", "7.3.20")]
)
def test_the_version_of_pypy_is_its_last_for_the_python(python: str, version: str) -> None:
    markers = free_target(python=python, platform=LINUX).markers

    assert markers["implementation_version"] == version


@pytest.mark.parametrize(
    ("spellings", "python"),
    [
        (
            ("3.12", "cp312", "cpython3.12", "cpython@3.12", "CPython-3.12", "cp3.12"),
            Python(major=3, minor=12),
        ),
        (("3.12.4", "cpython3.12.4"), Python(major=3, minor=12, micro=4)),
        (
            ("3.13t", "3.13+freethreaded", "cp313t", "cpython@3.13+freethreaded"),
            Python(major=3, minor=13, free_threaded=True),
        ),
        (
            ("pypy3.11", "pypy@3.11", "pypy-3.11", "PyPy311", "pp311", "pp3.11"),
            Python(major=3, minor=11, implementation="pypy"),
        ),
    ],
)
def test_an_interpreter_is_spelt_as_for_uv(spellings: tuple[str, ...], python: Python) -> None:
    for text in spellings:
        assert free_target(python=text, platform=LINUX).python == python


@pytest.mark.parametrize("python", ["pypy", "pypy3.13t", "312", "jython3.12", "pypy3", "cp27"])
def test_an_interpreter_that_cannot_be_is_refused(python: str) -> None:
    with pytest.raises(TargetError):
        free_target(python=python, platform=LINUX)


def test_a_distribution_does_not_ship_a_pypy() -> None:
    with pytest.raises(TargetError, match=r"does not ship Python pypy3\.11"):
        distribution_target("debian-12", arch="amd64", python="pypy3.11")


@pytest.mark.parametrize(
    ("python", "directory"),
    [("3.12", "python3.12"), ("3.13t", "python3.13t"), ("pypy3.11", "pypy3.11")],
)
def test_the_layout_has_the_directories_of_the_implementation(
    python: str, directory: str
) -> None:
    layout = app_layout(free_target(python=python, platform=LINUX), prefix="usr/lib/app")

    assert layout.purelib == f"usr/lib/app/lib/{directory}/site-packages"
