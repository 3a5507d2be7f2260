"""Parts of artifacts, kept from one build to the next."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from repackage.store import Store, _upkeep

if TYPE_CHECKING:
    from pathlib import Path

KEY = "ab" * 32


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "cache")


def kept(store: Store, tmp_path: Path, data: bytes = b"layer") -> Path:
    made = tmp_path / "made"
    made.write_bytes(data)
    return store.pieces.keep(KEY, made)


def test_a_piece_is_found_under_its_key(store: Store, tmp_path: Path) -> None:
    path = kept(store, tmp_path)

    assert store.pieces.find(KEY) == path
    assert path.read_bytes() == b"layer"
    assert not (tmp_path / "made").exists()


def test_bytes_are_kept_as_a_file_is(store: Store) -> None:
    path = store.pieces.keep(KEY, b"block")

    assert store.pieces.find(KEY) == path
    assert path.read_bytes() == b"block"


def test_what_was_never_kept_is_not_found(store: Store) -> None:
    assert store.pieces.find(KEY) is None


def test_a_piece_may_be_kept_again(store: Store, tmp_path: Path) -> None:
    kept(store, tmp_path)
    kept(store, tmp_path, b"another")
    found = store.pieces.find(KEY)

    assert found is not None
    assert found.read_bytes() == b"another"


@pytest.mark.parametrize("damage", [b"lager", b"", b"layer and more"])
def test_a_damaged_piece_is_not_found_and_makes_room(
    store: Store, tmp_path: Path, damage: bytes
) -> None:
    path = kept(store, tmp_path)
    path.chmod(0o644)
    path.write_bytes(damage)

    assert store.pieces.find(KEY) is None
    assert not path.exists()


def test_a_piece_without_its_seal_is_not_trusted(store: Store, tmp_path: Path) -> None:
    kept(store, tmp_path)
    store.shelf("seals").path(KEY).unlink()

    assert store.pieces.find(KEY) is None


def test_the_pieces_that_were_used_longest_ago_make_room(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"{number:064x}" for number in range(3)]
    for age, key in enumerate(keys):
        made = tmp_path / "made"
        made.write_bytes(bytes(10))
        path = store.pieces.keep(key, made)
        os.utime(path, (0, 1_000_000_000 - age * 100_000))
    monkeypatch.setattr(_upkeep, "MOST_PIECES", 20)
    removed = store.trim()

    assert removed.files == 1
    assert [store.pieces.find(key) is None for key in keys] == [False, False, True]


def test_pieces_are_counted_and_removed_with_the_rest(store: Store, tmp_path: Path) -> None:
    kept(store, tmp_path)
    sizes = {kind.name: kind.size for kind in store.info().kinds}

    assert sizes["pieces"] == len(b"layer")
    store.clear()
    assert store.pieces.find(KEY) is None
