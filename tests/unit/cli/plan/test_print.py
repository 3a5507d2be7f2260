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


def test_one_that_is_alone_and_one_that_is_not_are_shown_side_by_side(
    show: Callable[..., Shown], site: Site
) -> None:
    options = site.options()
    shown = show(
        *("-f", "rpm", "-C", "rpm.layout=system", "--target", "el9", "--python", "3.11"),
        *options,
    )

    assert shown.status == 0, shown.err
    rpm, tar = re.findall(
        r"^el9-python3.11-x86_64 \((?:rpm|tar)\): +(.*)$", shown.out, re.MULTILINE
    )
    assert rpm == "Python 3.11, x86_64; the wheel alone"
    assert "distributions" in tar
    assert re.search(r"^maths +of the system: \S*==\S+ +\d", shown.out, re.MULTILINE)
    assert "missing" not in shown.out


def test_what_is_left_to_the_system_is_shown_with_its_bounds(
    show: Callable[..., Shown], site: Site
) -> None:
    options = [each for each in site.options("el9") if each not in ("-f", "tar")]
    shown = show("-f", "rpm", "-C", "rpm.layout=system", *options)

    assert shown.status == 0, shown.err
    assert "\nleft to the system by rpm:\n  maths:" in shown.out
    assert "DISTRIBUTION" not in shown.out
    assert "\nthe wheel alone\n" in shown.out


def forget_sizes(site: Site, *, count: int = 0) -> None:
    """Take sizes out of the lock: the first ones, or all."""
    path = site.directory / "uv.lock"
    path.write_text(SIZE.sub("", path.read_text("utf-8"), count=count), encoding="utf-8")
