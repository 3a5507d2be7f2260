from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.config import NO_PROJECT, find_project, read_project
from repackage.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def test_scalars_and_arrays_are_the_cores_and_tables_are_formats(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """
        [tool.repackage]
        target = "debian-12"
        extras = ["fast"]
        [tool.repackage.policy]
        level = "exact"
        [tool.repackage.deb]
        section = "net"
        """
    )

    project = find_project(tmp_path / "uv.lock")

    assert project.core == {
        "target": "debian-12",
        "extras": ["fast"],
        "policy": {"level": "exact"},
    }
    assert project.formats == {"deb": {"section": "net"}}
    assert project.where("deb") == f"{tmp_path / 'pyproject.toml'}: tool.repackage.deb"


def test_a_lock_without_project_has_no_configuration(tmp_path: Path) -> None:
    assert find_project(tmp_path / "uv.lock") == NO_PROJECT
    assert NO_PROJECT.where() == "tool.repackage"


def test_a_project_without_our_table_is_empty(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")

    project = read_project(tmp_path)

    assert (project.core, project.formats) == ({}, {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = 1\n[tool", "toml: line 2, column 6: is not TOML: Expected"),
        (b"\xff", "is not UTF-8"),
        (b"tool = 1", "tool.repackage: is not a table"),
        (b"tool.repackage = 1", "tool.repackage: is not a table"),
    ],
)
def test_a_project_that_cannot_be_used_is_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)

    with pytest.raises(ConfigError, match=message):
        read_project(tmp_path / "pyproject.toml")


def test_a_project_that_is_missing_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read: No such file.*--project names"):
        read_project(tmp_path / "nowhere.toml")
