"""Which interpreter a virtual environment says it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.cli._venv import targeting_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.36.1"))
    monkeypatch.setattr("platform.machine", lambda: "aarch64")


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("version = 3.11.2", "3.11.2"),
        ("version_info = 3.12.1.final.0", "3.12.1"),
        ("version = 3.11", "3.11"),
    ],
)
def test_every_maker_of_environments_is_understood(
    tmp_path: Path, line: str, python: str
) -> None:
    (tmp_path / "pyvenv.cfg").write_text(f"home = /usr/bin\n{line}\n")

    assert targeting_of(tmp_path) == {"python": python, "platform": "manylinux_2_36_aarch64"}


def test_another_directory_has_no_target(tmp_path: Path) -> None:
    assert targeting_of(tmp_path) == {}


def test_an_environment_without_a_version_has_no_target(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\n")

    assert targeting_of(tmp_path) == {}
