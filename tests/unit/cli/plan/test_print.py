"""What a plan for one target says of sizes, which a lock need not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.plan.conftest import Shown, Site

SIZE = re.compile(r", size = \d+")


def test_sizes_that_a_lock_does_not_know_are_no_sum(
    show: Callable[..., Shown], site: Site
) -> None:
    forget_sizes(site)

    assert "\n6 distributions\n" in show(*site.options("debian-12")).out


def test_sizes_of_which_a_lock_knows_some_are_the_least_that_it_can_be(
    show: Callable[..., Shown], site: Site
) -> None:
    forget_sizes(site, count=1)

    shown = show(*site.options("debian-12"))

    assert "\n6 distributions, at least 10.0 KiB of wheels\n" in shown.out


def forget_sizes(site: Site, *, count: int = 0) -> None:
    """Take sizes out of the lock: the first ones, or all."""
    path = site.directory / "uv.lock"
    path.write_text(SIZE.sub("", path.read_text("utf-8"), count=count), encoding="utf-8")
