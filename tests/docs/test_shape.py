"""What the guides to formats show in ``pyproject.toml`` is what the formats take."""

from __future__ import annotations

import itertools
import shlex

import pytest
import tomli

from repackage import registry
from repackage.config import collect_settings, construct
from tests.docs.blocks import ROOT, blocks, steps

GUIDES = {
    "deb": "shape-a-deb.md",
    "oci": "shape-an-image.md",
    "nix": "shape-a-nix-expression.md",
    "nix_cache": "fill-a-nix-store.md",
    "pyz": "ship-one-file.md",
    "rpm": "shape-an-rpm.md",
    "zip": "shape-a-zip.md",
}


@pytest.mark.parametrize("name", GUIDES)
def test_every_table_is_one_that_the_format_takes(name: str) -> None:
    tables = blocks(ROOT / "docs/how-to" / GUIDES[name], "toml")

    assert tables
    for text in tables:
        table = tomli.loads(text)["tool"]["repackage"][name]
        assert construct(registry.load(name).Options, table, where=f"tool.repackage.{name}")


@pytest.mark.parametrize("name", GUIDES)
def test_every_setting_is_one_that_the_format_takes(name: str) -> None:
    found = 0
    for step in steps(ROOT / "docs/how-to" / GUIDES[name]):
        words = shlex.split(step.command)
        settings = [after for word, after in itertools.pairwise(words) if word == "-C"]
        prefix = f"{name}."
        given = collect_settings(setting.removeprefix(prefix) for setting in settings)
        found += len(given)
        assert construct(registry.load(name).Options, {}, where="", settings=given)

    assert found
