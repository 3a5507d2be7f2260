"""Workspaces: any member's wheel is a root, and the others count as far as it needs them."""

from __future__ import annotations

import pytest

from repackage.closure import FromSource
from repackage.resolve import Selection
from tests.unit.resolve.locks import Locks, a_wheel, edges, package, pinned


def member(name: str, *needs: str, kind: str = "editable", body: str = "") -> str:
    """A member of the workspace, with what it needs."""
    return (
        f"[[package]]\nname = '{name}'\nversion = '1.0'\nsource = {{ {kind} = 'members/{name}' }}\n"
        f"{edges(*needs)}\n{body}\n"
    )


SHOP = (
    (
        "[manifest]\nmembers = ['admin', 'api', 'models', 'tools', 'worker']\n"
        "[manifest.dependency-groups]\nlint = [{ name = 'ruff' }]\n"
    ),
    member("admin", "api", "click"),
    member(
        "api",
        *("flask", "models"),
        body="[package.optional-dependencies]\nmetrics = [{ name = 'meter' }]\n"
        "[package.dev-dependencies]\ndev = [{ name = 'pytest' }]",
    ),
    member("models", "attrs"),
    member("tools", "admin", kind="virtual"),
    member("worker", "models"),
    *map(package, ("attrs", "click", "flask", "meter", "pytest", "ruff")),
)


@pytest.mark.parametrize(
    ("root", "needs"),
    [
        ("admin", ["api", "attrs", "click", "flask", "models"]),
        ("api", ["attrs", "flask", "models"]),
        ("worker", ["attrs", "models"]),
        ("models", ["attrs"]),
        ("tools", ["admin", "api", "attrs", "click", "flask", "models"]),
    ],
)
def test_any_member_is_a_root(locks: Locks, root: str, needs: list[str]) -> None:
    closure = locks.closure(*SHOP, wheel=a_wheel(root))

    assert pinned(closure) == [f"{name} 1.0" for name in needs]
    for pin in closure.pins:
        is_member = pin.name in {"admin", "api", "models"}
        assert isinstance(pin.artifact, FromSource) == is_member


def test_extras_and_groups_are_those_of_the_root_alone(locks: Locks) -> None:
    every = Selection(all_extras=True, all_groups=True)

    api = locks.closure(*SHOP, wheel=a_wheel("api"), selection=every)
    admin = locks.closure(*SHOP, wheel=a_wheel("admin"), selection=every)

    assert (api.extras, api.groups) == (("metrics",), ("dev", "lint"))
    assert {"meter", "pytest", "ruff"} <= {pin.name for pin in api.pins}
    assert (admin.extras, admin.groups) == ((), ("lint",))
    assert {"meter", "pytest"}.isdisjoint(pin.name for pin in admin.pins)


def test_what_concerns_other_members_only_is_told_apart(locks: Locks) -> None:
    closure = locks.closure(*SHOP, wheel=a_wheel("worker"))

    kinds = {str(each.name): each.kind for each in closure.skipped}
    assert kinds["ruff"] == "group"
    assert {name for name, kind in kinds.items() if kind == "elsewhere"} == {
        *("admin", "api", "click", "flask", "meter", "pytest"),
    }
