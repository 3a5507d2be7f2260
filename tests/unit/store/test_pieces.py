"""Parts of artifacts, kept from one build to the next."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from repackage.errors import UsageError
from repackage.store import Removed, Store

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


def test_a_piece_that_another_process_has_not_sealed_yet_is_left_there(
    store: Store, tmp_path: Path
) -> None:
    path = kept(store, tmp_path)
    store.shelf("seals").path(KEY).unlink()
    store.pieces.find(KEY)

    assert path.exists()


def aged(store: Store, tmp_path: Path, *, size: int = 10) -> list[str]:
    """Keep three pieces, each of which was used a day before the one before it."""
    keys = [f"{number:064x}" for number in range(3)]
    for age, key in enumerate(keys):
        made = tmp_path / "made"
        made.write_bytes(bytes(size))
        path = store.pieces.keep(key, made)
        os.utime(path, (0, time.time() - (age + 1) * 86_400))
    return keys


def there(store: Store, keys: list[str]) -> list[bool]:
    return [store.pieces.find(key) is not None for key in keys]


def test_the_pieces_that_were_used_longest_ago_make_room(store: Store, tmp_path: Path) -> None:
    keys = aged(store, tmp_path)
    removed = replace(store, most_pieces=20).trim()

    assert removed == Removed(files=1, size=10)
    assert there(store, keys) == [True, True, False]


def test_a_piece_that_was_found_is_not_the_first_to_go(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by the access time, which many mounts do not keep."""
    monkeypatch.setattr("repackage.store._seen.RACY", -(1 << 62))
    keys = aged(store, tmp_path)
    assert store.pieces.find(keys[2]) is not None
    replace(store, most_pieces=20).trim()

    assert there(store, keys) == [True, False, True]


def test_what_was_used_within_the_hour_is_not_written_to_again(
    store: Store, tmp_path: Path
) -> None:
    key = aged(store, tmp_path)[2]
    assert store.pieces.find(key) is not None
    notes = [store.shelf(kind).path(key) for kind in ("seals", "pieces")]
    before = [note.stat().st_mtime_ns for note in notes]
    assert store.pieces.find(key) is not None

    assert [note.stat().st_mtime_ns for note in notes] == before


def test_with_a_piece_goes_what_was_noted_of_it(store: Store, tmp_path: Path) -> None:
    keys = aged(store, tmp_path)
    assert there(store, keys) == [True] * 3
    replace(store, most_pieces=0).trim()

    assert store.info().files == 0


@pytest.mark.parametrize(
    ("text", "limit"), [(None, 4 << 30), ("", 4 << 30), ("0", 0), ("500M", 500 << 20)]
)
def test_the_environment_says_how_much_of_them_is_kept(
    text: str | None, limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPACKAGE_PIECES_SIZE", raising=False)
    if text is not None:
        monkeypatch.setenv("REPACKAGE_PIECES_SIZE", text)
    store = Store.open(tmp_path / "cache")

    assert {kind.name: kind.limit for kind in store.info().kinds}["pieces"] == limit


@pytest.mark.parametrize("text", ["much", "-1", "1.5G", "1X"])
def test_a_limit_that_is_no_size_is_refused_before_anything_is_done(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPACKAGE_PIECES_SIZE", text)

    with pytest.raises(
        UsageError, match=r"REPACKAGE_PIECES_SIZE: .* is not a size, such as 2G"
    ):
        Store.open(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_pieces_are_counted_and_removed_with_the_rest(store: Store, tmp_path: Path) -> None:
    kept(store, tmp_path)
    sizes = {kind.name: kind.size for kind in store.info().kinds}

    assert sizes["pieces"] == len(b"layer")
    store.clear()
    assert store.pieces.find(KEY) is None


def test_whoever_is_stopped_as_a_piece_is_removed_leaves_what_is_counted_and_not_believed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(store, tmp_path)
    unlink = Path.unlink

    def stopped(self: Path, *, missing_ok: bool = False) -> None:
        if self == path:
            raise KeyboardInterrupt
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", stopped)
    with pytest.raises(KeyboardInterrupt):
        store.clear(kind="pieces")
    monkeypatch.undo()

    assert {kind.name: kind.files for kind in store.info().kinds}["pieces"] == 1
    assert store.pieces.find(path.name) is None
