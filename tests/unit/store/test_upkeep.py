"""Counting, pruning and clearing the store."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from pathlib import Path

import pytest

from repackage.errors import StoreError
from repackage.store import KINDS, KindInfo, Removed, Store

DAY = 86_400


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "cache")


def put(store: Store, name: str, *, size: int = 100, age: float = 0) -> Path:
    """Put an artifact in that was used some days ago."""
    with store.scratch() as scratch:
        temporary = scratch / "file"
        temporary.write_bytes(name[:1].encode() * size)
        path = store.put(temporary, name)
    make_old(path, age)
    return path


def make_old(path: Path, days: float) -> None:
    used = time.time() - days * DAY
    os.utime(path, (used, used))


def test_an_empty_store_says_so(store: Store) -> None:
    assert store.info().kinds == (
        KindInfo(name="artifacts", files=0, size=0),
        KindInfo(name="manifests", files=0, size=0),
        KindInfo(name="pieces", files=0, size=0, limit=4 << 30),
    )


def test_what_it_holds_is_counted_by_kind(store: Store) -> None:
    put(store, "a.whl")
    put(store, "b.whl", size=50)
    store.shelf("pieces").write("ab", b"x" * 10)

    info = store.info()

    assert info.directory == store.directory
    assert info.kinds[0] == KindInfo(name="artifacts", files=2, size=150)
    assert info.kinds[2] == KindInfo(name="pieces", files=1, size=42, limit=4 << 30)
    assert (info.files, info.size) == (3, 192)


def test_what_was_not_used_for_long_is_pruned(store: Store) -> None:
    old = put(store, "a.whl", age=40)
    new = put(store, "b.whl", age=20)

    assert store.prune(max_age_days=30) == Removed(files=1, size=100)
    assert (old.exists(), new.exists()) == (False, True)
    assert not old.parent.exists()


def test_the_least_recently_used_is_pruned_first_when_there_is_too_much(store: Store) -> None:
    paths = [
        put(store, f"{name}.whl", age=age) for name, age in {"a": 1, "b": 3, "c": 2}.items()
    ]

    assert store.prune(max_size=150) == Removed(files=2, size=200)
    assert [path.exists() for path in paths] == [True, False, False]


def test_one_kind_is_pruned_alone(store: Store) -> None:
    artifact = put(store, "a.whl", age=40)
    manifest = store.shelf("manifests").path("ab")
    store.shelf("manifests").write("ab", b"x")
    make_old(manifest, 40)

    assert store.prune(max_size=0, kind="built").files == 0
    assert store.prune(max_age_days=30, kind="manifests").files == 1
    assert (artifact.exists(), manifest.exists()) == (True, False)
    assert store.prune(max_size=0, kind="artifacts").files == 1


def test_one_kind_is_cleared_alone(store: Store) -> None:
    put(store, "a.whl")
    store.shelf("manifests").write("ab", b"x")

    assert store.clear(kind="manifests").files == 1
    assert [kind.name for kind in store.info().kinds if kind.files] == ["artifacts"]


def test_the_kinds_that_can_be_named_are_those_that_there_are() -> None:
    documented = set(re.findall(r"v1/([a-z]+)/", sys.modules["repackage.store"].__doc__ or ""))

    assert documented - {"scratch"} == set(KINDS)


def test_being_read_counts_as_use(store: Store) -> None:
    shelf = store.shelf("pieces")
    shelf.write("ab", b"x")
    make_old(shelf.path("ab"), 40)

    assert shelf.read("ab") == b"x"

    assert store.prune(max_age_days=30) == Removed(files=0, size=0)


def test_an_artifact_that_was_found_counts_as_used(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(store, "a.whl", age=40)
    monkeypatch.setattr("repackage.store._seen.RACY", -(1 << 62))
    store.seen.sha256(path)

    assert store.prune(max_age_days=30) == Removed(files=0, size=0)
    assert path.exists()


def test_nothing_that_is_in_use_is_pruned_without_limits(store: Store) -> None:
    put(store, "a.whl", age=400)

    assert store.prune() == Removed(files=0, size=0)


def test_what_a_running_process_holds_is_left_alone(store: Store) -> None:
    with store.scratch() as empty, store.scratch() as used, store.partial("key") as partial:
        (used / "file").write_bytes(b"x" * 100)
        make_old(used / "file", 4000)  # as unpacked from an archive
        partial.write_bytes(b"x" * 100)
        store.prune(max_size=0)

        assert empty.is_dir()
        assert (used / "file").exists()
        assert partial.exists()


def test_leftovers_are_pruned_some_time_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.partial("key") as partial:
        partial.write_bytes(b"x")
    leftover = store.scratch_directory / "tmp"
    leftover.mkdir()
    (leftover / "file").write_bytes(b"x")
    later = time.time() + 8 * DAY
    monkeypatch.setattr(time, "time", lambda: later)

    assert store.prune() == Removed(files=2, size=2)
    assert not leftover.exists()


def test_an_interrupted_download_can_go_on_however_small_the_store_is_to_be(
    store: Store,
) -> None:
    with store.partial("key") as partial:
        partial.write_bytes(b"x" * 100)
    put(store, "a.whl")

    assert store.prune(max_size=0) == Removed(files=1, size=100)
    assert partial.exists()


def test_everything_is_cleared_and_the_store_still_works(store: Store) -> None:
    put(store, "a.whl")
    store.shelf("manifests").write("ab", b"x")

    assert store.clear().files == 2
    assert store.info().files == 0
    assert put(store, "a.whl").exists()


def test_what_a_running_process_holds_is_not_cleared_either(store: Store) -> None:
    with store.partial("old") as old:
        old.write_bytes(b"x")
    with store.scratch() as used, store.partial("key") as partial:
        (used / "file").write_bytes(b"x")
        partial.write_bytes(b"x")
        store.clear()
        store.prune(max_age_days=0)

        assert (used / "file").exists()
        assert partial.with_suffix(".lock").exists()
        assert partial.exists()
        assert not old.exists()
    store.clear()
    assert not partial.exists()


def test_a_store_that_was_deleted_under_our_feet_is_made_anew(store: Store) -> None:
    shutil.rmtree(store.directory)

    assert store.info().files == 0
    assert put(store, "a.whl").exists()
    store.shelf("manifests").write("ab", b"x")
    assert store.shelf("manifests").read("ab") == b"x"


def test_what_cannot_be_removed_is_an_error_with_advice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "a.whl")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreError, match="Permission denied"):
        store.clear()
