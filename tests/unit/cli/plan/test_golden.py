"""What ``plan`` shows on a terminal, compared with what is kept beside the tests.

``REPACKAGE_UPDATE_GOLDEN=1`` writes it anew: read the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.plan.conftest import Shown, Site

GOLDEN = Path(__file__).parent / "golden"
D12, U24 = "debian-12", "ubuntu-24.04"
CASES = {
    "plan": ((D12,), (), 80),
    "plan-verbose": ((D12,), ("-v",), 120),
    "plan-verbose-narrow": ((D12,), ("-v",), 80),
    "why-installed": ((D12,), ("--why", "names", "--why", "loop"), 80),
    "why-a-fork": ((D12,), ("--why", "maths"), 80),
    "why-left-out": ((D12,), ("--why", "Plugins", "--why", "tzdata"), 80),
    "why-left-out-narrow": ((D12,), ("--why", "colours"), 50),
    "why-the-wheel": ((D12,), ("--why", "site"), 80),
    "why-with-an-extra": ((D12,), ("--why", "drawing", "--extra", "plot"), 80),
    "side-by-side": ((D12, U24), (), 80),
    "side-by-side-verbose": ((D12, U24), ("-v",), 120),
    "side-by-side-refused": ((D12, "debian-11", U24, "el-seven"), (), 100),
    "side-by-side-why": ((D12, U24), ("--why", "backport"), 80),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_shown_is_what_it_was(
    name: str, show: Callable[..., Shown], site: Site
) -> None:
    targets, options, columns = CASES[name]
    found = show(*options, *site.options(*targets), columns=columns)
    kept = GOLDEN / f"{name}.txt"
    if "REPACKAGE_UPDATE_GOLDEN" in os.environ:
        kept.write_text(found.out, encoding="utf-8")

    assert found.out == kept.read_text(encoding="utf-8")
    # paths may be of any length: whoever copies one wants all of it
    drawn = [line for line in found.out.splitlines() if "/project" not in line]
    assert [line for line in drawn if len(line) > columns] == []
