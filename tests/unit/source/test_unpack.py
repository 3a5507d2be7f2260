"""Hostile and damaged source distributions."""

from __future__ import annotations

import stat
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from repackage.errors import FetchError
from repackage.source import _unpack
from repackage.source._unpack import unpack
from repackage.wheel import OLDEST
from tests.unit.source.projects import DATE, add

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def tarball(tmp_path: Path, *members: tuple[str, bytes, dict[str, Any]]) -> Path:
    path = tmp_path / "lib-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, data, facts in members:
            add(tar, name, data, **facts)
    return path


def refused(archive: Path, into: Path) -> str:
    with pytest.raises(FetchError) as caught:
        unpack(archive, into)
    return str(caught.value)


def file(name: str, data: bytes = b"x", **facts: Any) -> tuple[str, bytes, dict[str, Any]]:
    return name, data, facts


def link(name: str, target: str) -> tuple[str, bytes, dict[str, Any]]:
    return name, b"", {"type": tarfile.SYMTYPE, "linkname": target}


def hard(name: str, target: str) -> tuple[str, bytes, dict[str, Any]]:
    return name, b"", {"type": tarfile.LNKTYPE, "linkname": target}


def test_modes_and_dates_are_ours(tmp_path: Path) -> None:
    archive = tarball(
        tmp_path,
        file("lib-1.0/a", mode=0o6777, mtime=DATE + 1),
        file("lib-1.0/b", mode=0o200, mtime=0),
        file("lib-1.0/c", mtime=1 << 40),
    )

    top, newest = unpack(archive, tmp_path / "into")

    assert top == tmp_path / "into/lib-1.0"
    assert [(top / name).stat().st_mode & 0o7777 for name in "ab"] == [0o755, 0o644]
    assert [(top / name).stat().st_mtime for name in "abc"] == [DATE + 1, OLDEST, 0xFFFFFFFF]
    assert newest == 0xFFFFFFFF


def test_links_that_stay_inside_are_made(tmp_path: Path) -> None:
    archive = tarball(
        tmp_path,
        file("lib-1.0/docs/readme"),
        link("lib-1.0/docs/up", "../src"),
        link("lib-1.0/same", "docs/readme"),
        hard("lib-1.0/src/hard", "lib-1.0/docs/readme"),
        file("./lib-1.0/src/own"),
    )

    top, _ = unpack(archive, tmp_path / "into")

    assert (top / "docs/up/own").read_bytes() == b"x"
    assert (top / "same").is_symlink()
    assert not (top / "src/hard").is_symlink()
    assert (top / "src/hard").stat().st_nlink == 1


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ([file("../evil")], "leads out of it"),
        ([file("lib-1.0/../../evil")], "leads out of it"),
        ([file("/etc/passwd")], "is no relative path"),
        ([file("lib-1.0\\..\\evil")], "is no relative path"),
        ([link("lib-1.0/a", "/etc/passwd")], "leads out of it"),
        ([link("lib-1.0/a", "../evil")], "leads out of it"),
        ([link("lib-1.0/a/b", "../../evil")], "leads out of it"),
        ([link("lib-1.0/a/b", "..")], ""),
        ([link("lib-1.0/a/d", ".."), link("lib-1.0/e", "a/d/../..")], "leads out of it"),
        ([link("lib-1.0/a", "."), file("lib-1.0/a/b")], "which is no directory"),
        ([file("lib-1.0/a"), file("lib-1.0/a/b")], "which is no directory"),
        ([link("lib-1.0/a", "b"), file("lib-1.0/a")], "twice, once as a link"),
        ([file("lib-1.0/a"), link("lib-1.0/a", "b")], "twice, once as a link"),
        ([file("lib-1.0/a/b"), file("lib-1.0/a")], "a directory and something else"),
        ([file("lib-1.0/a"), ("lib-1.0/a", b"", {"type": tarfile.DIRTYPE})], "a directory"),
        ([hard("lib-1.0/a", "/etc/passwd")], "is no relative path"),
        ([hard("lib-1.0/a", "lib-1.0/b")], "no file of it"),
        ([link("lib-1.0/b", "c"), hard("lib-1.0/a", "lib-1.0/b")], "once as a link"),
        ([file("lib-1.0/a"), hard("lib-1.0/a", "lib-1.0/a")], "hard link to itself"),
        ([("lib-1.0/p", b"", {"type": tarfile.FIFOTYPE})], "no file, directory or link"),
        ([("lib-1.0/p", b"", {"type": tarfile.CHRTYPE})], "no file, directory or link"),
        ([("lib-1.0/p", b"", {"type": tarfile.BLKTYPE})], "no file, directory or link"),
        ([file("lib-1.0/a"), file("other/b")], "all of its files in one directory"),
        ([file("lib-1.0")], "all of its files in one directory"),
        ([link("lib-1.0", "x")], "leads out of it"),
        ([file("lib-1.0/a"), file(".")], "a directory and something else"),
        ([], "all of its files in one directory"),
    ],
)
def test_a_hostile_tarball_is_refused(
    tmp_path: Path, members: list[tuple[str, bytes, dict[str, Any]]], complaint: str
) -> None:
    archive = tarball(tmp_path, *members)
    into = tmp_path / "deep/er/into"
    if not complaint:
        unpack(archive, into)
        return

    assert complaint in refused(archive, into)

    assert not (tmp_path / "deep/er/evil").exists()
    assert not (tmp_path / "deep/evil").exists()


def zipped(tmp_path: Path, *members: tuple[str, bytes, int]) -> Path:
    path = tmp_path / "lib-1.0.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data, mode in members:
            info = zipfile.ZipInfo(name, (2024, 5, 17, 12, 0, 0))
            info.external_attr = mode << 16
            archive.writestr(info, data)
    return path


def test_a_zip_is_unpacked(tmp_path: Path) -> None:
    archive = zipped(
        tmp_path,
        ("lib-1.0/", b"", stat.S_IFDIR | 0o755),
        ("lib-1.0/run", b"x", stat.S_IFREG | 0o755),
        ("lib-1.0/a", b"y", 0),
    )

    top, newest = unpack(archive, tmp_path / "into")

    assert newest == DATE
    assert (top / "run").stat().st_mode & 0o777 == 0o755
    assert (top / "a").read_bytes() == b"y"


@pytest.mark.parametrize(
    ("member", "complaint"),
    [
        (("../evil", b"x", 0), "leads out of it"),
        (("/evil", b"x", 0), "is no relative path"),
        (("lib-1.0/link", b"/etc/passwd", stat.S_IFLNK | 0o777), "is no file or directory"),
        (("lib-1.0/fifo", b"", stat.S_IFIFO | 0o644), "is no file or directory"),
        (("other", b"x", 0), "all of its files in one directory"),
    ],
)
def test_a_hostile_zip_is_refused(
    tmp_path: Path, member: tuple[str, bytes, int], complaint: str
) -> None:
    archive = zipped(tmp_path, ("lib-1.0/a", b"x", 0), member)

    assert complaint in refused(archive, tmp_path / "into")


@pytest.mark.parametrize("make", [tarball, zipped])
def test_a_bomb_is_refused(
    tmp_path: Path, make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_unpack, "LARGEST", 1000)
    monkeypatch.setattr(_unpack, "_CHUNK", 100)
    large: Any = ("lib-1.0/a", bytes(2000), {} if make is tarball else 0)

    assert "larger than 1000 bytes" in refused(make(tmp_path, large), tmp_path / "into")
    monkeypatch.setattr(_unpack, "MOST", 1)
    many: Any = [(f"lib-1.0/{name}", b"", {} if make is tarball else 0) for name in "abc"]
    assert "more than 1 members" in refused(make(tmp_path, *many), tmp_path / "in")


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
@pytest.mark.parametrize("data", [b"", b"nothing of this kind", b"\x1f\x8b\x08" + bytes(50)])
def test_what_is_no_archive_is_damaged(tmp_path: Path, name: str, data: bytes) -> None:
    archive = tmp_path / name
    archive.write_bytes(data)

    assert name in refused(archive, tmp_path / "into")


@pytest.mark.parametrize("make", [tarball, zipped])
def test_an_archive_that_was_cut_off_is_damaged(
    tmp_path: Path, make: Callable[..., Path]
) -> None:
    archive = make(
        tmp_path, ("lib-1.0/a", bytes(range(256)) * 99, {} if make is tarball else 0)
    )
    whole = archive.read_bytes()
    for length in range(1, len(whole), len(whole) // 7):
        archive.write_bytes(whole[:length])

        refused(archive, tmp_path / f"into-{length}")


def test_other_archives_are_refused_by_name(tmp_path: Path) -> None:
    archive = tmp_path / "lib-1.0.tar.lz"
    archive.write_bytes(b"")

    assert "not a source distribution that can be read" in refused(archive, tmp_path / "into")


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [
        (".tgz", "w:gz"),
        (".tar.bz2", "w:bz2"),
        (".tbz", "w:bz2"),
        (".tar.xz", "w:xz"),
        (".txz", "w:xz"),
        (".tar", "w"),
    ],
)
def test_archives_of_old_are_unpacked(tmp_path: Path, suffix: str, mode: Any) -> None:
    archive = tmp_path / f"lib-1.0{suffix}"
    with tarfile.open(archive, mode) as tar:
        add(tar, "lib-1.0/a", b"x")

    top, _ = unpack(archive, tmp_path / "into")

    assert (top / "a").read_bytes() == b"x"
