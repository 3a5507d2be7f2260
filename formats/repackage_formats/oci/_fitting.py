"""Whether a tree fits on a base: nothing of the base replaced, nothing too new for its libc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.errors import FormatError, Problem, Problems
from repackage.tree import Directory, Symlink, parents
from repackage_formats.oci._prepared import prepared_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.oci._layers import Root
    from repackage_formats.oci._options import Options


def refuse_misplaced(plan: Plan[Options], tree: Tree) -> None:
    """Refuse what would take the place of something else of the base.

    A directory over a link to one: umoci and podman put it in the link's place, and what the
    link led to, such as the C library in ``lib -> usr/lib``, is gone.
    """
    problems = Problems()
    problems.extend(misplaced(prepared_of(plan).root, tree))
    problems.raise_if_any(FormatError)


def misplaced(root: Root, tree: Tree) -> Iterator[Problem]:
    """Find what would take the place of something of another kind."""
    told: set[str] = set()
    for entry in tree:
        above = next((each for each in parents(entry.path) if each in told), None)
        there = None if above else root.at(entry.path)
        if there is None:
            continue
        match entry, there:
            case Directory(), Directory():
                continue
            case Directory(), Symlink(target=target):
                what = f"in the base it is a link to {target!r}"
                advice = "choose a prefix without links on its way"
            case Directory(), _:
                what, advice = "in the base it is a file", "choose another prefix"
            case _, Directory():
                what, advice = "in the base it is a directory", "choose another prefix"
            case _:
                continue
        told.add(entry.path)
        yield Problem(what=what, where=f"/{entry.path}", advice=advice)
