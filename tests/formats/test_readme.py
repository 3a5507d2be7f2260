"""What formats/README.md shows is what the plugin is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "tests/plugins/repackage-listing"
README = (ROOT / "formats/README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCKS if kind == language]


def test_the_format_is_the_plugin_to_the_letter() -> None:
    shown, _ = blocks("python")

    assert shown == (PLUGIN / "src/repackage_listing/__init__.py").read_text(encoding="utf-8")


def test_the_entry_point_is_the_plugins() -> None:
    (shown,) = blocks("toml")

    assert shown in (PLUGIN / "pyproject.toml").read_text(encoding="utf-8")


def test_the_contract_can_be_written_as_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PLUGIN / "src")
    _, shown = blocks("python")
    names: dict[str, object] = {}
    exec(shown, names)

    assert isinstance(names["TestListing"], type)


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", README)

    assert targets
    assert all((ROOT / "formats" / target).exists() for target in targets)
