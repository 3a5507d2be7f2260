"""A tree on disk."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from repackage.errors import OutputError
from repackage.stage import materialise
from repackage.tree import Directory, Symlink, Tree, inline_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.stage.conftest import Staging
    from tests.wheels import WheelFactory

DATE = 1_600_000_000

TREE = Tree.of(
    [
        Directory(path="a", mtime=DATE),
        Directory(path="a/b", mtime=DATE + 1),
        inline_file("a/b/run", b"#!/bin/sh\n", mtime=DATE + 2, mode=0o755),
        inline_file("a/data", b"x", mtime=DATE + 3),
        Symlink(path="a/link", target="../../outside", mtime=DATE + 4),
    ]
)


@pytest.fixture
def umask(tmp_path: Path) -> Iterator[None]:  # noqa: ARG001 - made before, or unusable
    before = os.umask(0o777)
    yield
    os.umask(before)


def facts(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return stat.S_IMODE(status.st_mode), int(status.st_mtime)


@pytest.mark.parametrize("jobs", [1, 4])
@pytest.mark.usefixtures("umask")
def test_modes_and_dates_are_exact_whatever_the_umask(tmp_path: Path, jobs: int) -> None:
    materialise(TREE, tmp_path / "root", jobs=jobs)

    assert facts(tmp_path / "root/a") == (0o755, DATE)
    assert facts(tmp_path / "root/a/b") == (0o755, DATE + 1)
    assert facts(tmp_path / "root/a/b/run") == (0o755, DATE + 2)
    assert facts(tmp_path / "root/a/data") == (0o644, DATE + 3)
    assert facts(tmp_path / "root/a/link")[1] == DATE + 4
    assert (tmp_path / "root/a/link").readlink().as_posix() == "../../outside"
    assert facts(tmp_path / "root")[0] == 0o755


def test_an_empty_directory_is_filled(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()

    materialise(TREE, tmp_path / "root")

    assert (tmp_path / "root/a/data").read_bytes() == b"x"


def test_a_directory_is_made_with_its_parents(tmp_path: Path) -> None:
    materialise(TREE, tmp_path / "some/where/root")

    assert (tmp_path / "some/where/root/a/data").read_bytes() == b"x"


@pytest.mark.parametrize("kind", ["full", "file", "link", "dangling"])
def test_an_occupied_place_is_refused_and_left_alone(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "root"
    (tmp_path / "other").mkdir()
    match kind:
        case "full":
            root.mkdir()
            (root / "mine").write_text("precious")
        case "file":
            root.write_text("precious")
        case "link":
            root.symlink_to("other")
        case _:
            root.symlink_to("nowhere")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(OutputError, match="not an empty directory"):
        materialise(TREE, root)

    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("path", ["../evil", "/etc/evil", "a/../../evil", "a//evil", "."])
def test_a_path_that_leads_out_is_refused_before_anything_is_written(
    tmp_path: Path, path: str
) -> None:
    tree = Tree((inline_file(path, b"", mtime=0),))

    with pytest.raises(OutputError, match="leads out of the directory"):
        materialise(tree, tmp_path / "root")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_full_disk_is_one_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("shutil.copyfileobj", full)

    with pytest.raises(OutputError, match="No space left on device"):
        materialise(TREE, tmp_path / "root", jobs=jobs)

    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.copyfileobj", interrupted)

    with pytest.raises(KeyboardInterrupt):
        materialise(TREE, tmp_path / "root")

    assert list(tmp_path.iterdir()) == []


def test_a_parent_that_is_a_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError, match="cannot be written"):
        materialise(TREE, tmp_path / "file/root")


def test_a_staged_tree_is_inflated(
    make_wheel: WheelFactory, flat: Staging, tmp_path: Path
) -> None:
    content = "x = 1\n" * 100_000

    materialise(flat(make_wheel(files={"app.py": content})).tree, tmp_path / "root")

    assert (tmp_path / "root/app.py").read_text() == content
