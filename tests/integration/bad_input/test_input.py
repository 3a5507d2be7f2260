"""Bad input: one clear error each, a documented status, nothing left behind."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.integration.bad_input.user import User, change
from tests.unit.build.project import _locked
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from pathlib import Path

WHEEL = "app-1.0-py3-none-any.whl"


def altered(wheel: Path, member: str, content: bytes) -> None:
    """Write a wheel anew with another content of a member, and the old RECORD."""
    with zipfile.ZipFile(wheel) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in members:
            archive.writestr(info, content if info.filename == member else data)


def relocked(user: User, **wheels: Path) -> None:
    """Lock other wheels: name and version stay."""
    head = user.project.lock.read_text().partition('\n[[package]]\nname = "greet"')[0]
    versions = {"greet": "2.0", "shout": "3.0"}
    tables = [_locked(name, versions[name], wheels[name]) for name in versions]
    user.project.lock.write_text(head + "".join(tables))


def test_what_is_no_wheel(user: User) -> None:
    user.project.wheel.write_text("hello")

    assert f"{WHEEL}: not a wheel: this is no zip archive" in user.refused(2)


def test_no_file_at_all(user: User) -> None:
    user.project.wheel.unlink()

    assert f"{user.project.wheel}: no such file" in user.refused(2)


def test_a_truncated_wheel(user: User) -> None:
    user.project.wheel.write_bytes(user.project.wheel.read_bytes()[:-50])

    said = user.refused(2)

    assert f"{WHEEL}: the archive is truncated" in said
    assert "download or build it again" in said


def test_a_tampered_wheel(user: User) -> None:
    altered(user.project.wheel, "app/__init__.py", b"evil()")

    said = user.refused(2)

    assert f"{WHEEL}: app/__init__.py: the sha256 is not the one in RECORD" in said
    assert "download or build it again" in said


def test_all_tampered_dependencies_are_named(user: User) -> None:
    wheels = {path.name.partition("-")[0]: path for path in user.project.wheelhouse.iterdir()}
    for name, wheel in wheels.items():
        altered(wheel, f"{name}/__init__.py", b"evil()")
    relocked(user, **wheels)

    said = user.refused(2, "--extra", "loud", errors=2)

    assert "greet/__init__.py: the sha256 is not the one in RECORD" in said
    assert "shout/__init__.py: the sha256 is not the one in RECORD" in said


def test_no_lock(user: User) -> None:
    user.project.lock.unlink()

    said = user.refused(2)

    assert (
        f"no uv.lock or pylock.toml in or above {user.project.wheel.parent} or {user.here}"
        in said
    )
    assert "run 'uv lock', or name one with --lock" in said


def test_a_lock_that_is_no_toml(user: User) -> None:
    change(user.project.lock, 'version = "2.0"', 'version = "2.0')

    said = user.refused(2)

    line = user.project.lock.read_text().partition('version = "2.0')[0].count("\n") + 1
    assert f"{user.project.lock}: line {line}, column 15: not TOML" in said


def test_a_table_that_is_no_toml(user: User) -> None:
    (user.project.directory / "pyproject.toml").write_text("[tool.repackage]\ntarget = [\n")

    assert "pyproject.toml: line 3, column 1: is not TOML" in user.refused(2)


def test_a_lock_of_an_unknown_version(user: User) -> None:
    change(user.project.lock, "version = 1\n", "version = 2\n")

    assert "unsupported schema version (v2; only v1 is known)" in user.refused(2)


def test_a_broken_wheel_does_not_hide_a_broken_lock(user: User) -> None:
    user.project.wheel.write_text("hello")
    user.project.lock.write_text("version = 2\n")

    said = user.refused(2, errors=2)

    assert "not a wheel" in said
    assert "unsupported schema version" in said


def test_no_wheel_for_the_target(user: User) -> None:
    (user.project.wheelhouse / "greet-2.0-py3-none-any.whl").unlink()
    change(user.project.lock, "greet-2.0-py3-none-any", "greet-2.0-cp313-cp313-win_amd64")

    said = user.refused(4)

    assert "no wheel of greet 2.0 fits debian-12-x86_64" in said
    assert "there are wheels for cp313-cp313-win_amd64; required by app 1.0" in said
    assert "another target" in said


def test_a_python_that_the_lock_does_not_allow(user: User) -> None:
    change(user.project.lock, ">=3.10", ">=3.12")

    said = user.refused(4)

    assert "the lock requires Python >=3.12, and debian-12-x86_64 has 3.11" in said
    assert "choose a target with another Python" in said


def test_other_bytes_in_a_wheelhouse(user: User) -> None:
    WheelFactory(user.project.wheelhouse)("greet", "2.0", files={"greet/__init__.py": "x"})

    said = user.refused(5)

    assert "greet-2.0-py3-none-any.whl has other bytes than the lock says" in said
    assert "or pass --find-links" in said


def test_two_distributions_that_own_one_path(user: User) -> None:
    build = WheelFactory(user.project.wheelhouse)
    relocked(
        user,
        greet=build("greet", "2.0", files={"common/x.py": "1"}),
        shout=build("shout", "3.0", files={"common/x.py": "2"}),
    )

    said = user.refused(6, "--extra", "loud")

    assert "common/x.py: greet and shout both have this file, with different content" in said
    assert "take one of them out of the dependencies" in said


@pytest.mark.parametrize(
    ("options", "status", "what", "advice"),
    [
        ("--format tra", 2, "no format is called 'tra'", "did you mean 'tar'?"),
        ("--target debain-12", 2, "unknown target 'debain-12'", "did you mean 'debian-12'?"),
        ("--extra lowd", 4, "app has no extra 'lowd'", "did you mean 'loud'?"),
        ("--group dve", 4, "app has no dependency group 'dve'", "none is known"),
        ("--formt tar", 2, "no option is called '--formt'", "did you mean '--format'?"),
        ("-C deb.secton=x", 2, "-C deb.secton: no option is called", "mean 'section'?"),
        ("-C dbe.section=x", 2, "-C dbe.section: no format is called", "mean 'deb'?"),
        ("-C ofline=true", 2, "-C ofline: no option is called", "mean 'offline'?"),
        ("-C offline", 2, "'offline' is not a setting", "write format.key=value"),
        ("--python 3.x", 2, "'3.x' is not a Python version", "write it like 3.12"),
        ("--find-links nowhere", 5, "nowhere: cannot look for wheels", "names a directory"),
    ],
)
def test_what_is_misspelt(
    user: User, options: str, status: int, what: str, advice: str
) -> None:
    said = user.refused(status, *options.split())

    assert what in said
    assert advice in said


@pytest.mark.parametrize(
    "options",
    ["-C deb.secton=x -C tra.x=1 -C ofline=true", "-C deb.secton=x -f zip7 --target debain-12"],
)
def test_everything_that_is_misspelt_is_named_at_once(user: User, options: str) -> None:
    said = user.refused(2, *options.split(), errors=3)

    for word in ("secton", "ofline", "zip7", "debain-12"):
        assert (repr(word) in said) == (word in options)
