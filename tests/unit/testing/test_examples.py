from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.format import app_layout, flat_layout
from repackage.testing import (
    bare_tree,
    example_closure,
    example_target,
    example_tree,
    odd_tree,
    zipped_file,
)
from repackage.tree import Digests, Symlink, open_file, read_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from repackage.format import Layout
    from repackage.tree import Tree

LAYOUTS = [app_layout(example_target(), prefix="usr/lib/example"), flat_layout()]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("staged", [example_tree, odd_tree, bare_tree])
def test_digests_and_sizes_of_the_examples_are_true(
    staged: Callable[[Layout], Tree], layout: Layout
) -> None:
    for file in staged(layout).files:
        data = read_file(file)

        assert len(data) == file.size
        assert Digests.of(data) == file.digests
        with open_file(file) as content:
            assert content.read() == data


def test_links_of_the_app_layout_lead_to_entries() -> None:
    tree = example_tree(LAYOUTS[0])
    links = {entry.path: entry.target for entry in tree if isinstance(entry, Symlink)}

    assert links == {
        "usr/bin/example": "../../usr/lib/example/bin/example",
        "usr/lib/example/bin/python": "/usr/bin/python3.11",
    }
    assert tree.get("usr/lib/example/bin/example")


def test_the_closure_says_who_required_what() -> None:
    closure = example_closure(version="2.0")
    (pin,) = closure.pins

    assert pin.required_by[0].name == closure.root.name
    assert pin.required_by[0].version == closure.root.version


def test_a_zipped_file_may_be_stored_or_deflated() -> None:
    for deflated in (True, False):
        file = zipped_file("x", b"data" * 99, mtime=0, deflated=deflated)

        assert read_file(file) == b"data" * 99
