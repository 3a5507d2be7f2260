"""Overrides that ELF files give cause for."""

from __future__ import annotations

import pytest

from repackage.elf import scan
from repackage.testing import EPOCH, tree_of
from repackage.tree import inline_file
from repackage_formats.deb._lintian import overrides
from tests.elves import EXECUTABLE, SHARED, make_elf


@pytest.mark.parametrize(
    ("kind", "needed", "tag"),
    [
        (EXECUTABLE, ["libc.so.6"], "hardening-no-pie"),
        (SHARED, ["libc.so.6"], "hardening-no-relro"),
        (SHARED, ["libm.so.6"], "library-not-linked-against-libc"),
    ],
)
def test_what_a_project_built_so_is_said_to_be_so(
    kind: int, needed: list[str], tag: str
) -> None:
    file = inline_file("usr/lib/x/a", make_elf(needed=needed, kind=kind), mtime=EPOCH)
    tree = tree_of(file)
    lines = overrides("x", tree, scan([file])).decode().splitlines()

    assert f"x: {tag} *" in lines
    assert lines[lines.index(f"x: {tag} *") - 1] == "# built so by its project"


def test_a_library_can_be_in_order() -> None:
    """Position-independent, and without libraries there is nothing to relocate."""
    file = inline_file("usr/lib/x/a.so", make_elf(kind=SHARED, needed=()), mtime=EPOCH)

    text = overrides("x", tree_of(file), scan([file])).decode()
    assert "hardening" not in text
