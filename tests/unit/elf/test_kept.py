"""What was found in ELF files, kept between builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.elf import scan_all
from repackage.errors import FormatError
from repackage.tree import inline_file
from tests.elves import make_elf

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.tree import File


class Shelf:
    """Pieces in a directory, and which of them were found."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.found: list[str] = []
        self.kept: list[str] = []

    def find(self, key: str) -> Path | None:
        path = self.directory / key
        if not path.exists():
            return None
        self.found.append(key)
        return path

    def keep(self, key: str, made: bytes) -> Path:
        self.kept.append(key)
        path = self.directory / key
        path.write_bytes(made)
        return path


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def library(path: str, needed: str, *, origin: str) -> File:
    data = make_elf(needed=[needed], versions={needed: ["V_1"]}, soname=path)
    return inline_file(path, data, mtime=0, origin=origin)


FILES = [
    library("b/one.so", "libc.so.6", origin="one"),
    library("a/two.so", "libm.so.6", origin="two"),
    library("c/one.so", "libdl.so.2", origin="one"),
    inline_file("d.py", b"pass", mtime=0, origin="two"),
]


def test_what_was_kept_is_what_would_be_found(shelf: Shelf) -> None:
    found = scan_all(FILES)
    first, second = scan_all(FILES, pieces=shelf), scan_all(FILES, pieces=shelf)

    assert first == second == tuple(sorted(found, key=lambda elf: elf.path))
    assert (len(shelf.kept), len(shelf.found)) == (2, 2)


def test_only_what_changed_is_looked_into_again(shelf: Shelf) -> None:
    scan_all(FILES, pieces=shelf)
    changed = [library("b/one.so", "libz.so.1", origin="one"), *FILES[1:]]
    found = {elf.path: elf.needed for elf in scan_all(changed, pieces=shelf)}

    assert found["b/one.so"] == ("libz.so.1",)
    assert len(shelf.kept) == 3


def test_what_is_not_looked_into_is_kept_apart(shelf: Shelf) -> None:
    everything = scan_all(FILES, pieces=shelf)
    some = scan_all(FILES, skipped=("*/one.so",), pieces=shelf)

    assert [elf.path for elf in some] == ["a/two.so"]
    assert len(everything) == 3


def test_what_is_damaged_is_told_each_time(shelf: Shelf) -> None:
    good = FILES[0]
    data = make_elf(needed=["libc.so.6"])[:100]
    damaged = inline_file("e.so", data, mtime=0, origin="one")
    for _ in range(2):
        with pytest.raises(FormatError, match=r"e\.so"):
            scan_all([good, damaged], pieces=shelf)

    assert shelf.kept == []
