"""Copies of source trees: whole, without litter, and known by what is in them."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from repackage.errors import FetchError
from repackage.source import Directory
from repackage.source._tree import copy_tree
from repackage.store import Store
from tests.unit.source.projects import DATE, Source, listing, make_repository

if TYPE_CHECKING:
    from tests.unit.source.conftest import Building


def write(tree: Path, *names: str) -> Path:
    for name in names:
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tree


def copied(tree: Path, into: Path) -> list[str]:
    copy_tree(tree, into)
    return sorted(str(p.relative_to(into)) for p in into.rglob("*") if not p.is_dir())


def test_litter_is_left_out_and_sources_are_not(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        *("src/a.py", "build/script.py", "dist/bundle.js", "deep/dist/x.whl", "env.cfg"),
        *(".git/HEAD", "src/__pycache__/a.pyc", ".venv/pyvenv.cfg", "my env/pyvenv.cfg"),
        *("build/lib/a.py", "build/bdist.linux/x", "a.egg-info/PKG-INFO", "dist/a-1.whl"),
        *("dist/a-1.tar.gz", ".mypy_cache/x", "b.pyc"),
    )

    assert copied(tree, tmp_path / "into") == [
        "build/script.py",
        "deep/dist/x.whl",
        "dist/bundle.js",
        "env.cfg",
        "src/a.py",
    ]


def test_caches_are_left_out_even_the_one_that_the_copy_is_in(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", "a.py", "target/CACHEDIR.TAG", "target/debug/x")
    store = Store.open(tree / "ci/cache")

    with store.scratch() as scratch:
        assert copied(tree, scratch / "source") == ["a.py"]


def test_the_digest_tells_contents_modes_and_names_but_no_dates(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", "a", "b/c")
    digests = [copy_tree(tree, tmp_path / "0")]
    os.utime(tree / "a", (DATE, DATE))
    assert copy_tree(tree, tmp_path / "1") == digests[0]

    (tree / "a").write_text("changed")
    digests.append(copy_tree(tree, tmp_path / "2"))
    (tree / "a").chmod(0o755)
    digests.append(copy_tree(tree, tmp_path / "3"))
    (tree / "a").rename(tree / "d")
    digests.append(copy_tree(tree, tmp_path / "4"))
    (tree / "empty").mkdir()
    digests.append(copy_tree(tree, tmp_path / "5"))

    assert len(set(digests)) == len(digests)
    assert (tmp_path / "5/d").stat().st_mode & 0o777 == 0o755


def test_links_lead_where_they_led(tmp_path: Path) -> None:
    write(tmp_path / "outside", "LICENSE", "data/x")
    tree = write(tmp_path / "tree", "a")
    (tree / "inner").symlink_to("a")
    (tree / "LICENSE").symlink_to("../outside/LICENSE")
    (tree / "data").symlink_to("../outside/data")
    (tree / "broken").symlink_to("nothing")

    first, again = copy_tree(tree, tmp_path / "1"), copy_tree(tree, tmp_path / "2")

    into = tmp_path / "1"
    assert (into / "inner").readlink() == Path("a")
    assert (into / "broken").readlink() == Path("nothing")
    assert not (into / "LICENSE").is_symlink()
    assert (into / "LICENSE").read_text() == "LICENSE"
    assert (into / "data/x").read_text() == "data/x"
    assert first != again  # what lies beyond the tree may have changed


def test_sockets_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = write(tmp_path / "tree", "a")
    monkeypatch.chdir(tree)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")

        assert copied(tree, tmp_path / "into") == ["a"]


def test_a_tree_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="the source tree cannot be copied: no such file"):
        copy_tree(tmp_path / "gone", tmp_path / "into")


@pytest.mark.native("git")
def test_a_back_end_sees_the_history_and_changes_nothing_of_it(
    building: Building, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    before = (
        f"import subprocess; open({str(told)!r}, 'a').write(subprocess.check_output("
        "['git', 'describe', '--tags', '--dirty']).decode())"
    )
    repository = make_repository(tmp_path / "tree")
    Source(before=before).write(repository.directory)
    repository.commit()
    repository.git("tag", "v1.0")
    before_building = listing(repository.directory)

    building(Directory(path=repository.directory))
    assert listing(repository.directory) == before_building
    repository.git("tag", "--delete", "v1.0")
    repository.git("tag", "v2.0")
    building(Directory(path=repository.directory))

    assert told.read_text().split() == ["v1.0", "v2.0"]
