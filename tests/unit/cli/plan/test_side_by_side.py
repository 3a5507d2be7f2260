"""``plan`` for several targets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.plan.conftest import Shown, Site

    Show = Callable[..., Shown]


def test_a_refusal_hides_no_other_plan_and_is_the_status(show: Show, site: Site) -> None:
    done = show(*site.options("debian-12", "debian-11", "el-seven"))

    assert done.status == 4
    assert "debian-11:  refused, with status 4\n" in done.out
    assert "\nDISTRIBUTION  debian-12\n" not in done.out  # nothing differs from itself
    assert "error: debian-11: /project/uv.lock: package[4]: no wheel of loop 0.2" in done.err
    assert "error: el-seven: unknown target 'el-seven'\n" in done.err


def test_targets_that_are_all_refused_say_so_each(show: Show, site: Site) -> None:
    done = show(*site.options("el-six", "el-seven"))

    assert done.status == 2
    assert "the same" not in done.out
    assert [line for line in done.err.splitlines() if line.startswith("error")] == [
        "error: el-six: unknown target 'el-six'",
        "error: el-seven: unknown target 'el-seven'",
    ]


@pytest.mark.parametrize("options", [["--lock", "nowhere.lock"], ["-f", "dep"]])
def test_what_is_wrong_whatever_the_target_is_said_once(
    show: Show, site: Site, options: list[str]
) -> None:
    done = show(*site.options("debian-12", "debian-13"), *options)

    assert done.status == 2
    assert done.out == ""
    assert done.err.count("error:") == 1


def test_a_target_that_is_named_twice_is_one(show: Show, site: Site) -> None:
    twice = show(*site.options("debian-12", "debian-12"))

    assert twice == show(*site.options("debian-12"))


def test_json_lists_the_plans_by_target(show: Show, site: Site) -> None:
    done = show(
        "--json", "--why", "maths", *site.options("debian-12", "debian-11", "debian-12")
    )

    facts = json.loads(done.out)
    good, refused = facts["targets"]
    assert done.status == 4
    assert (good["asked"], good["refused"], good["target"]["python"]) == (
        *("debian-12", None, "3.11"),
    )
    assert [pin["name"] for pin in good["pins"]][:2] == ["backport", "loop"]
    assert good["why"][0]["version"] == "1.9"
    assert (refused["asked"], refused["refused"]["status"]) == ("debian-11", 4)
    assert refused["refused"]["problems"][0]["where"].endswith("uv.lock: package[4]")
    assert facts["differing"] == []


def test_what_differs_is_listed_other_versions_first(show: Show, site: Site) -> None:
    done = show("--json", *site.options("debian-12", "ubuntu-24.04"))

    assert json.loads(done.out)["differing"] == ["backport", "maths", "loop"]


def test_a_warning_that_holds_for_all_targets_is_said_once(show: Show, site: Site) -> None:
    lock = site.directory / "uv.lock"
    lock.write_text(lock.read_text().replace('{ name = "views" }, ', "", 1))

    done = show(*site.options("debian-12", "ubuntu-24.04"))

    assert done.err.count("the lock is stale: probably: the wheel requires 'views'") == 1
    assert done.status == 0
