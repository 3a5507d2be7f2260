"""``plan --why``: what is asked, and what is answered to machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli.plan.conftest import edge, package

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.plan.conftest import Shown, Site

    Show = Callable[..., Shown]

D12 = "debian-12"


def test_a_name_that_the_lock_does_not_have_suggests_the_nearest(
    show: Show, site: Site
) -> None:
    done = show("--why", "nmaes", "--why", "entirely-else", *site.options(D12))

    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "error: /project/uv.lock: the lock has no 'nmaes'\n  did you mean 'names'?\n"
        "error: /project/uv.lock: the lock has no 'entirely-else'\n"
        "  'repackage plan -v' lists the 12 names that it has\n"
    )


def test_json_has_each_edge_of_each_path(show: Show, site: Site) -> None:
    done = show("--why", "names", "--why", "plugins", "--json", *site.options(D12))

    names, plugins = json.loads(done.out)["why"]
    assert (names["name"], names["version"], names["installed"]) == ("names", "3.10", True)
    assert [[step["name"] for step in path] for path in names["paths"]["found"]] == [
        ["web", "names"],
        ["views", "web", "names"],
    ]
    assert names["paths"]["found"][0][0] == {
        "name": "web",
        "version": "3.0",
        "required_by": "site",
        "extra": None,
        "group": None,
        "marker": "",
        "extras": ["fast"],
        "kind": None,
        "reason": None,
    }
    assert names["missed"] == {"found": [], "more": 0, "counted": True}
    assert (plugins["version"], plugins["installed"]) == (None, False)
    ((first, last),) = plugins["missed"]["found"]
    assert (first["kind"], first["group"]) == ("group", "dev")
    assert (last["kind"], last["reason"]) == ("parent", "tester 8.0 is left out")


def test_json_without_a_question_has_no_answer(show: Show, site: Site) -> None:
    planned = json.loads(show("--json", *site.options(D12)).out)

    assert "why" not in planned
    kinds = {each["name"]: each["kind"] for each in planned["skipped"]}
    assert kinds == {
        "colours": "marker",
        "drawing": "extra",
        "maths": "fork",
        "plugins": "parent",
        "tester": "group",
        "tzdata": "marker",
    }


def test_many_paths_are_counted(show: Show, site: Site) -> None:
    names = [f"n{number:02}" for number in range(12)]
    lock = site.directory / "uv.lock"
    text = lock.read_text().replace(
        "dependencies = [", f"dependencies = [{', '.join(map(edge, names))}, ", 1
    )
    lock.write_text(text + "".join(package(name, "1", edge("names")) for name in names))

    done = show("--why", "names", *site.options(D12))

    assert "through 14 paths\n" in done.out
    assert done.out.endswith("and 4 more paths\n")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("editable", "another member of the workspace, which site does not need"),
        ("directory", "nothing in the lock requires it"),
    ],
)
def test_what_nothing_leads_to_is_said_to_be_so(
    show: Show, site: Site, source: str, said: str
) -> None:
    lock = site.directory / "uv.lock"
    members = "[manifest]\nmembers = ['site', 'apart']\n" if source == "editable" else ""
    lock.write_text(
        f"{lock.read_text()}\n{members}"
        f"[[package]]\nname = 'apart'\nversion = '1'\nsource = {{ {source} = 'apart' }}\n"
        f"dependencies = [{edge('below')}]\n" + package("below", "2")
    )

    done = show("--why", "apart", "--why", "below", *site.options(D12))

    assert done.out == (
        f"apart is left out on debian-12-x86_64\n  {said}\n\n"
        "below is left out on debian-12-x86_64\n  site does not need apart 1\n"
    )
    assert "1 for others" in show(*site.options(D12)).out


def test_what_is_virtual_is_passed_through(show: Show, site: Site) -> None:
    lock = site.directory / "uv.lock"
    text = lock.read_text().replace("dependencies = [", f"dependencies = [{edge('shell')}, ", 1)
    lock.write_text(
        f"{text}\n[[package]]\nname = 'shell'\nversion = '1'\nsource = {{ virtual = 'shell' }}\n"
        f"dependencies = [{edge('below')}]\n" + package("below", "2")
    )

    done = show("--why", "shell", "--why", "below", *site.options(D12))

    assert done.out == (
        "shell is virtual: what it requires is installed, itself it is not, through 1 path\n"
        "\nsite 1.0\n└── shell 1\n\n"
        "below 2 is installed on debian-12-x86_64, through 1 path\n"
        "\nsite 1.0\n└── shell 1\n    └── below 2\n"
    )


def test_where_lines_cannot_be_drawn_they_are_written(
    show: Show, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.unit.cli.plan.conftest.Terminal.encoding", "ascii")

    done = show("--why", "names", *site.options(D12))

    assert done.out.endswith("`-- views 1.2\n    `-- web 3.0\n        `-- names 3.10\n")
