from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage_formats.nix_store._path import (
    StorePath,
    content_addressed,
    from_nix32,
    nix32,
    store_path,
)
from tests.formats.nix_store.made import HASH, STORED

#: nix-store --dump of a directory, and nix store add-path of the same, nix 2.8.
NAR = bytes.fromhex("98adac50964952b8f491c75fc574bbbff78e85db64fab2cc2a92e6477800c326")


def test_digests_are_spelled_as_nix_does() -> None:
    # nix-hash --flat --base32 --type sha256 /dev/null
    empty = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

    assert nix32(empty) == "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73"
    assert nix32(bytes(20)) == "0" * 32


@given(st.binary(min_size=1, max_size=64))
def test_what_was_spelled_is_read(data: bytes) -> None:
    assert from_nix32(nix32(data), len(data)) == data


@pytest.mark.parametrize("text", ["", "0" * 51, "0" * 53, "e" * 52, "z" * 52, "0" * 51 + "é"])
def test_what_is_no_digest_is_not_read(text: str) -> None:
    assert from_nix32(text, 32) is None


def test_a_path_follows_from_its_bytes_as_nix_says() -> None:
    path = content_addressed("vector-1.0", NAR, ())

    assert str(path) == "/nix/store/1z6r19922l6d5vl2rh6hqbkrias1qvnw-vector-1.0"


def test_references_are_part_of_a_path_whatever_their_order() -> None:
    one = StorePath(hash_part=HASH, name="b")
    other = StorePath(hash_part=HASH, name="a")

    assert content_addressed("x", NAR, [one, other]) == content_addressed(
        "x", NAR, [other, one]
    )
    assert content_addressed("x", NAR, [one]) != content_addressed("x", NAR, [])


def test_a_path_is_taken_apart() -> None:
    path = store_path(STORED)

    assert path == StorePath(hash_part=HASH, name="python3-3.11.9")
    assert str(path) == STORED


@pytest.mark.parametrize(
    "text",
    [
        "",
        STORED.removeprefix("/"),
        f"{STORED}/bin",
        f"{STORED}\n",
        f"/gnu/store/{HASH}-x",
        f"/nix/store/{HASH}",
        f"/nix/store/{HASH}-",
        f"/nix/store/{HASH}-.hidden",
        f"/nix/store/{HASH}-{'x' * 212}",
        f"/nix/store/{HASH[:-1]}e-x",
        f"/nix/store/{HASH}-ü",
    ],
)
def test_what_is_no_path_of_the_store_is_not_taken_for_one(text: str) -> None:
    assert store_path(text) is None
