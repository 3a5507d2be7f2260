# ruff: noqa: INP001 - a package here would be a second one called ``tests``
from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest
import repackage_listing

from repackage.errors import InputError
from repackage.testing import FormatContract, example_plan, example_tree

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Format

LISTING: Format[repackage_listing.Options] = repackage_listing


class TestListing(FormatContract):
    format = LISTING


def test_the_format_is_found_by_its_entry_point() -> None:
    (point,) = entry_points(group="repackage.formats", name="listing")

    assert point.load() is repackage_listing


def test_the_title_is_the_users(tmp_path: Path) -> None:
    plan = example_plan(LISTING, repackage_listing.Options(title="Möbius"))
    out = tmp_path / "out"
    repackage_listing.emit(plan, example_tree(plan.layout), out)

    assert out.read_text().splitlines()[0] == '# "M\\u00f6bius"'


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"file": "x"}', '{"directory": 1}', "1"])
def test_a_line_that_is_no_entry_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "x.listing"
    path.write_text(f"# title\n{line}\n")

    with pytest.raises(InputError, match=r"x\.listing:2: not an entry"):
        list(repackage_listing.read(path))
