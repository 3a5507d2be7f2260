"""Distributions and the target that they are installed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.check import POLICIES, check_installed
from repackage.tree import inline_file

if TYPE_CHECKING:
    from repackage.check import Finding, Policy
    from repackage.tree import Entry
    from tests.unit.check.conftest import World

SITE = "lib/python3.11/site-packages"


def dist(
    name: str, version: str, *, site: str = SITE, metadata: str = "", **files: str
) -> list[Entry]:
    """Describe an installation; ``files`` are those of its ``.dist-info``."""
    where = f"{site}/{name}-{version}.dist-info"
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}"
    texts = {"INSTALLER": "pip\n", **files, "METADATA": text}
    return [
        inline_file(f"{where}/{path}", text.encode(), mtime=0)
        for path, text in texts.items()
        if text
    ]


def check(world: World, *entries: list[Entry], policy: Policy = "constrain") -> list[Finding]:
    standard = world.standard(world.make(), policy=policy)
    return list(check_installed(sum(entries, dist("app", "1.0")), standard).findings)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_distribution_for_another_python_is_an_error(world: World, policy: Policy) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"))
    found = check(
        world, dist("dep", "1.0", metadata="Requires-Python: >=3.12\n"), policy=policy
    )

    (wrong,) = [each for each in found if each.verdict == "python-mismatch"]
    assert wrong.message.startswith("it requires Python >=3.12, and the target ")
    assert wrong.severity == ("note" if policy == "report" else "error")


@pytest.mark.parametrize("bound", [">=3.11", "==3.11.*", "!=3.9.*", ">=2.7"])
def test_a_distribution_for_this_python_is_in_order(world: World, bound: str) -> None:
    found = check(world, dist("dep", "1.0", metadata=f"Requires-Python: {bound}\n"))

    assert "python-mismatch" not in {each.verdict for each in found}


@pytest.mark.parametrize(
    ("tags", "wrong"),
    [
        (["py3-none-any"], False),
        (["py2.py3-none-any"], False),
        (["cp311-cp311-manylinux_2_17_x86_64"], False),
        (["cp311-cp311-linux_x86_64"], False),
        (["cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64"], False),
        (["cp27-none-any", "py3-none-any"], False),
        (["cp312-cp312-manylinux_2_17_x86_64"], True),
        (["cp311-cp311-manylinux_2_17_aarch64"], True),
        (["cp311-cp311-musllinux_1_2_x86_64"], True),
        (["cp311-cp311-win_amd64", "cp311-cp311-macosx_11_0_arm64"], True),
        ([], False),
    ],
)
def test_a_wheel_for_another_target_is_an_error(
    world: World,
    tags: list[str],
    wrong: bool,  # noqa: FBT001 - as listed
) -> None:
    wheel = "Wheel-Version: 1.0\n" + "".join(f"Tag: {tag}\n" for tag in tags)

    found = check(world, dist("dep", "1.0", WHEEL=wheel))

    told = [each for each in found if each.verdict == "tag-mismatch"]
    assert len(told) == wrong
    assert all(each.severity == "error" for each in told)
    assert all(f"it was made for {min(tags)}" in each.message for each in told)


def test_what_a_distribution_built_for_all_its_pythons_is_not_held_against_a_tag(
    world: World,
) -> None:
    wheel = "Wheel-Version: 1.0\nTag: cp312-cp312-linux_x86_64\n"

    found = check(world, dist("dep", "1.0", WHEEL=wheel, INSTALLER="debian\n"))

    assert "tag-mismatch" not in {each.verdict for each in found}
