"""A tree: sorted by raw bytes, parents first, no path twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.tree import Directory, Entry, Symlink, Tree, inline_file, parents, sort_key


def files(*paths: str) -> list[Entry]:
    return [inline_file(path, b"x", mtime=0) for path in paths]


def test_entries_are_sorted_by_bytes_and_not_by_characters() -> None:
    # as text sorted by code point of UTF-16, the second would come first
    tree = Tree.of(files("\U00010000", "\uffff", "a", "B"))

    assert [entry.path for entry in tree] == ["B", "a", "\uffff", "\U00010000"]


def test_a_parent_comes_before_what_is_in_it() -> None:
    entries = [*files("a/b", "a-"), Directory(path="a", mtime=0)]

    assert [entry.path for entry in Tree.of(entries)] == ["a", "a-", "a/b"]


def test_a_path_cannot_be_in_a_tree_twice() -> None:
    with pytest.raises(ValueError, match="'a' is in the tree twice"):
        Tree.of([*files("a"), Symlink(path="a", target="b", mtime=0)])


@pytest.mark.parametrize("above", [[], files("a"), [Symlink(path="a", target="b", mtime=0)]])
def test_what_is_above_an_entry_must_be_a_directory(above: list[Entry]) -> None:
    with pytest.raises(ValueError, match="the parent of 'a/b' is not a directory"):
        Tree.of([*above, *files("a/b")])


def test_a_tree_knows_its_entries_files_and_size() -> None:
    tree = Tree.of([Directory(path="a", mtime=0), *files("a/b", "c")])

    assert len(tree) == 3
    assert [file.path for file in tree.files] == ["a/b", "c"]
    assert tree.size == 2
    assert tree.get("a/b") == files("a/b")[0]
    assert tree.get("d") is None


@given(st.lists(st.text(st.characters(exclude_characters="/"), min_size=1), min_size=1))
def test_the_directories_above_a_path_come_outermost_first(parts: list[str]) -> None:
    above = list(parents("/".join(parts)))

    assert above == ["/".join(parts[: depth + 1]) for depth in range(len(parts) - 1)]


def test_bytes_that_are_no_text_can_be_sorted_by() -> None:
    assert sort_key(files("a\udcff")[0]) == b"a\xff"
