"""Which layer each file is in, and what its bytes depend on."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.errors import ConfigError
from repackage.testing import EPOCH, tree_of
from repackage.tree import Directory, inline_file
from repackage_formats import oci
from repackage_formats.oci._split import layer_of, split
from tests.formats.oci.plans import BIG, SMALL, made, planned, staged

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Plan

SIZES = {"numpy": 3 * BIG, "zstd": BIG, "idna": SMALL, "click": SMALL}


def titles(plan: Plan[oci.Options]) -> list[str]:
    return [share.title for share in split(plan, staged(plan))]


def test_what_changes_seldom_lies_below_what_changes_often() -> None:
    plan = planned(sizes=SIZES, members=["shared"])

    assert titles(plan) == [
        "numpy 2.0",
        "zstd 2.0",
        "dependencies",
        "members of the workspace",
        "application",
    ]


def test_the_largest_have_layers_of_their_own_as_far_as_the_budget_goes() -> None:
    expected = {
        1: ["application"],
        2: ["dependencies", "application"],
        3: ["dependencies", "members of the workspace", "application"],
        4: ["numpy 2.0", "dependencies", "members of the workspace", "application"],
    }
    for budget, layers in expected.items():
        plan = planned(oci.Options(layers=budget), sizes=SIZES, members=["shared"])

        assert titles(plan) == layers


def test_members_are_with_the_application_where_there_are_two_layers() -> None:
    plan = planned(oci.Options(layers=2), sizes=SIZES, members=["shared"])
    application = split(plan, staged(plan))[-1]

    assert application.tree.get("app/lib/shared/__init__.py")


def test_no_layer_is_left_for_others_if_there_are_none() -> None:
    plan = planned(oci.Options(layers=3), sizes={"numpy": BIG, "zstd": BIG})

    assert titles(plan) == ["numpy 2.0", "zstd 2.0", "application"]


@given(
    sizes=st.dictionaries(
        st.sampled_from([f"d{number}" for number in range(12)]),
        st.sampled_from([SMALL, BIG, 2 * BIG]),
        min_size=1,
    ),
    members=st.lists(st.sampled_from(["m1", "m2"]), unique=True),
    budget=st.integers(1, 14),
)
def test_the_budget_is_kept_and_no_file_is_lost(
    sizes: dict[str, int], members: list[str], budget: int
) -> None:
    plan = planned(oci.Options(layers=budget), sizes=sizes, members=members)
    tree = staged(plan)

    shares = split(plan, tree)

    held = [file.path for share in shares for file in share.tree.files]
    assert len(shares) <= budget
    assert sorted(held) == sorted(file.path for file in tree.files)


def test_a_size_that_the_lock_does_not_state_is_that_of_the_file(tmp_path: Path) -> None:
    plan = planned(sizes={"numpy": SMALL, "idna": SMALL})
    pins = [
        replace(pin, artifact=replace(pin.artifact, size=None))  # type: ignore[arg-type]  # a locked file
        for pin in plan.closure.pins
    ]
    (tmp_path / "numpy.whl").write_bytes(bytes(BIG))
    wheels = {pins[0].name: tmp_path / "numpy.whl"}
    unstated = replace(plan, closure=replace(plan.closure, pins=tuple(pins)), wheels=wheels)

    assert layer_of(unstated) == {"numpy": "numpy 2.0", "idna": "dependencies"}


def test_only_the_layers_of_what_changed_are_others(tmp_path: Path) -> None:
    first, second = (
        planned(sizes=SIZES, members=["shared"], version=version) for version in ("1", "2")
    )
    one = made(tmp_path, first, name="one").layers
    changed = staged(second, changed=["example", "zstd"])
    two = made(tmp_path, replace(second, epoch=EPOCH + 9), changed, name="two").layers

    assert {title for title in one if one[title] != two[title]} == {"zstd 2.0", "application"}


def test_a_layer_does_not_depend_on_which_others_there_are(tmp_path: Path) -> None:
    """Not even by the date of a directory that it has in common with another one."""
    alone, together = (planned(sizes=dict.fromkeys(names, BIG)) for names in (["numpy"], SIZES))

    one = made(tmp_path, alone, name="one").layers["numpy 2.0"]

    assert one == made(tmp_path, together, name="two").layers["numpy 2.0"]


def test_the_layer_of_a_dependency_is_the_same_for_every_application(tmp_path: Path) -> None:
    plan = planned(sizes=SIZES)
    other = replace(plan, package=replace(plan.package, name="other"))  # type: ignore[arg-type]  # a name

    one = made(tmp_path, plan, name="one").layers
    two = made(tmp_path, other, name="two").layers

    assert one["numpy 2.0"] == two["numpy 2.0"]


def test_a_directory_that_has_nothing_in_it_is_in_the_layer_of_its_owner() -> None:
    plan = planned(sizes=SIZES)
    tree = tree_of(
        Directory(path="app/lib/numpy/empty", mtime=EPOCH, origin="numpy"),
        inline_file("app/lib/example.py", b"", mtime=EPOCH),
    )

    below, application = split(plan, tree)

    assert [entry.path for entry in below.tree] == [
        "app",
        "app/lib",
        "app/lib/numpy",
        "app/lib/numpy/empty",
    ]
    assert [entry.path for entry in application.tree][-1] == "app/lib/example.py"


def test_what_a_layer_lists_is_owned_by_root_and_sorted(tmp_path: Path) -> None:
    image = made(tmp_path, planned(oci.Options(compression="none"), sizes=SIZES))

    for digest in image.layers.values():
        with tarfile.open(image.blob(digest)) as archive:
            members = archive.getmembers()
        names = [member.name for member in members]
        assert names == sorted(names)
        assert {(m.uid, m.gid, m.mode) for m in members} <= {(0, 0, 0o755), (0, 0, 0o644)}


@pytest.mark.parametrize("layers", [0, 101])
def test_a_budget_that_no_runtime_would_take_is_refused(layers: int) -> None:
    with pytest.raises(ConfigError, match=f"layers: an image cannot have {layers} layers"):
        oci.Options(layers=layers)
