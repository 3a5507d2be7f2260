"""Directories that stay or go as a whole: mirrors, and places where something is built."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from repackage.store import Store

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://git.example/lib"


def mirror(store: Store, url: str = URL) -> Path:
    with store.mirror(url) as path:
        (path / "refs").mkdir(parents=True)
        (path / "HEAD").write_text("ref: refs/heads/main\n")
        (path / "objects").write_bytes(b"x" * 100)
    return path


def made_old(path: Path) -> None:
    for file in path.rglob("*"):
        os.utime(file, (0, 0))


def test_a_mirror_is_counted_with_all_that_is_in_it(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    mirror(store)

    (kind,) = (kind for kind in store.info().kinds if kind.name == "git")
    assert (kind.files, kind.size) == (2, 121)


def test_a_mirror_that_was_not_used_goes_as_a_whole(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    old, new = mirror(store), mirror(store, "https://git.example/other")
    made_old(old)
    os.utime(new / "objects", (0, 0))

    removed = store.prune(max_age_days=7)

    assert removed.files == 2
    assert list(new.parent.iterdir()) == [new]
    assert (new / "refs").is_dir()
    assert (new / "objects").exists()


def test_a_mirror_that_somebody_is_at_stays(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    path = mirror(store)
    made_old(path)

    with store.mirror(URL):
        removed = store.prune(max_age_days=7)

    assert removed.files == 0
    assert (path / "HEAD").exists()


def test_clearing_takes_mirrors_too(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    path = mirror(store)

    store.clear()

    assert not path.exists()


def test_a_workspace_has_one_path_and_never_outlives_its_use(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    with store.workspace("a") as first:
        (first / "left").write_text("x")
    with store.workspace("a") as second, store.workspace("b") as other:
        assert list(second.iterdir()) == []
        assert first == second != other

    assert not first.exists()
    assert list((store.directory / "partial").iterdir()) == []


def test_clearing_leaves_a_workspace_alone(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    with store.workspace("a") as work:
        (work / "empty/below").mkdir(parents=True)
        (work / "file").write_text("x")
        store.clear()

        assert sorted(path.name for path in work.rglob("*")) == ["below", "empty", "file"]


def test_a_workspace_is_lent_to_one_at_a_time(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    order: list[str] = []
    started = threading.Event()

    def second() -> None:
        started.set()
        with store.workspace("a"):
            order.append("second")

    with store.workspace("a"):
        thread = threading.Thread(target=second)
        thread.start()
        started.wait()
        order.append("first")
    thread.join()

    assert order == ["first", "second"]
