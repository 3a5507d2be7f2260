"""The hooks, called as the guide shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.docs.blocks import ROOT, blocks
from tests.unit.build.project import make_project

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TABLE = """
[tool.repackage]
target = "debian-13"
arch = "x86_64"
find-links = ["wheelhouse"]
offline = true
"""


def test_the_example_of_the_hooks_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(tmp_path)
    (tmp_path / "pyproject.toml").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPACKAGE_CACHE_DIR", str(tmp_path / "cache"))
    (example,) = blocks(ROOT / "docs/how-to/automate-releases.md", "python")
    names: dict[str, Any] = {}

    exec(example, names)

    made = {names["name"], names["tarball"]}
    assert names["name"].endswith(".deb")
    assert names["tarball"] == "app-1.0-debian-13-x86_64.tar.gz"
    assert {path.name for path in (tmp_path / "release").iterdir()} == made
