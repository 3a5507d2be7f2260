"""Paths of a store that files name are references, or refused."""

from __future__ import annotations

import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.errors import FormatError
from repackage_formats.nix_store._path import StorePath
from repackage_formats.nix_store._scan import ReferenceScan
from tests.formats.nix_store.made import HASH, STORED

DECLARED = StorePath(hash_part=HASH, name="python3-3.11.9")
OTHER = StorePath(hash_part="0" * 32, name="openssl-3.0.13")


def scanned(*pieces: bytes, declared: tuple[StorePath, ...] = (DECLARED,)) -> ReferenceScan:
    scan = ReferenceScan(io.BytesIO(), declared)
    for piece in pieces:
        scan.write(piece)
    return scan


def test_bytes_are_passed_on_unchanged() -> None:
    stream = io.BytesIO()
    ReferenceScan(stream, ()).write(memoryview(b"some bytes"))

    assert stream.getvalue() == b"some bytes"


def test_a_hash_part_alone_is_a_reference_as_it_is_for_nix() -> None:
    assert scanned(b"xx" + HASH.encode() + b"yy").references() == (DECLARED,)


def test_what_is_declared_and_not_named_is_no_reference() -> None:
    assert scanned(b"nothing").references() == ()
    assert scanned(b"nothing", declared=()).references() == ()


def test_references_are_sorted() -> None:
    named = f"{DECLARED} {OTHER}".encode()

    assert scanned(named, declared=(DECLARED, OTHER)).references() == (OTHER, DECLARED)


@given(st.lists(st.integers(min_value=0, max_value=200), max_size=8))
def test_a_path_is_found_wherever_it_is_cut(cuts: list[int]) -> None:
    data = b"#!" + STORED.encode() + b"/bin/python3.11\n" + f"{OTHER}/lib".encode() + b"end"
    edges = [0, *sorted(cuts), len(data)]
    scan = scanned(*(data[a:b] for a, b in itertools.pairwise(edges)))

    with pytest.raises(FormatError, match=f"{OTHER}, which"):
        scan.references()
    assert scan._found == {HASH.encode()}


def test_every_path_that_is_not_declared_is_told_with_the_file() -> None:
    scan = ReferenceScan(io.BytesIO(), (DECLARED,))
    for name in ("one", "two"):
        scan.entry = f"lib/{name}.py"
        scan.write(f"x = '/nix/store/{'1' * 32}-one'".encode())
        scan.write(f"y = '{OTHER}'".encode())

    with pytest.raises(FormatError) as caught:
        scan.references()

    assert [problem.where for problem in caught.value.problems] == ["lib/one.py", "lib/one.py"]
    assert f"the file names {OTHER}, which is not declared" in str(caught.value)
    assert f"references = ['{OTHER}']" in str(caught.value)


def test_what_only_looks_like_a_store_is_text() -> None:
    text = (
        b"/nix/store/ and /nix/store/<hash>-name and /nix/store/eeee-x " + STORED[:30].encode()
    )

    assert scanned(text).references() == ()
