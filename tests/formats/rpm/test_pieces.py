"""Payloads of which what has not changed is copied from an earlier build."""

from __future__ import annotations

import gzip
import hashlib
import random
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import rpm_rs

from repackage.archive import distrust
from repackage.errors import StoreError
from repackage.format import Logbook
from repackage.testing import EPOCH, tree_of, zipped_file
from repackage.tree import Digests, File, Symlink, Tree, Zipped, inline_file
from repackage_formats import rpm
from repackage_formats.rpm import _digests
from repackage_formats.rpm._digests import ArchiveDigests
from repackage_formats.rpm._emit_package import write_package
from repackage_formats.rpm._header_tags import Tag
from repackage_formats.rpm._payload_write import Means
from tests.formats.rpm.made import LEVELS, facts, headers, owned, written
from tests.formats.rpm.test_package import BUFFER, zeros

if TYPE_CHECKING:
    from pathlib import Path

ZIPPING = ("gzip", "xz", "zstd")


class Shelf:
    """Pieces in a directory, and how many of them were kept and found."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.directory = directory
        self.kept = 0
        self.found = 0

    def find(self, key: str) -> Path | None:
        path = self.directory / key
        if not path.exists():
            return None
        self.found += 1
        return path

    def keep(self, key: str, made: Path | bytes) -> Path:
        assert isinstance(made, bytes)
        self.kept += 1
        path = self.directory / key
        path.write_bytes(made)
        return path


def tree(*, release: int = 1) -> Tree:
    """An application with a large dependency, and two small ones."""
    generator = random.Random(1)
    words = [generator.randbytes(30) for _ in range(50)]
    large = b"".join(generator.choices(words, k=320_000))
    return owned(
        tree_of(
            inline_file("usr/lib/demo/big.so", large, mtime=EPOCH, origin="big", mode=0o755),
            Symlink(path="usr/lib/demo/link", target="big.so", mtime=EPOCH, origin="big"),
            inline_file("usr/lib/demo/one.py", b"1\n", mtime=EPOCH, origin="one"),
            inline_file("usr/lib/demo/own.py", b"%d\n" % release, mtime=EPOCH),
        )
    )


@pytest.mark.parametrize("compression", ZIPPING)
def test_the_bytes_are_the_same_with_or_without_an_earlier_build(
    tmp_path: Path, compression: str
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    bytes_of = []
    for jobs, pieces in ((1, None), (4, shelf), (2, shelf)):
        artifact = written(
            tmp_path, facts(tree(), compression=compression), jobs=jobs, pieces=pieces
        )
        bytes_of.append(artifact.read_bytes())

    assert len(set(bytes_of)) == 1
    assert shelf.kept == shelf.found > 0


@pytest.mark.parametrize("compression", ZIPPING)
def test_what_was_put_together_is_digested_as_a_whole(tmp_path: Path, compression: str) -> None:
    shelf = Shelf(tmp_path / "shelf")
    written(tmp_path, facts(tree(release=1), compression=compression), pieces=shelf)
    decided = facts(tree(release=2), compression=compression)
    artifact = written(tmp_path, decided, pieces=shelf)
    report = rpm_rs.Package.open(str(artifact)).check_digests()
    read = {entry.path: entry for entry in rpm.read(artifact)}

    assert shelf.found
    assert report.is_ok
    assert report.payload_sha256_alt.is_verified
    for file in tree(release=2).files:
        found = read[file.path]
        assert isinstance(found, File)
        assert found.digests.sha256 == file.digests.sha256


def test_numbers_of_files_are_kept_for_no_other_package(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    written(tmp_path, facts(tree(), rpm_format=6), pieces=shelf)

    assert shelf.kept == 0


def test_a_damaged_piece_is_noticed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    decided = facts(tree(), compression="zstd")
    written(tmp_path, decided, pieces=shelf)
    for path in shelf.directory.iterdir():
        data = path.read_bytes()
        if len(data) > 1000:
            path.write_bytes(data[:500] + b"damage" + data[506:])
    with pytest.raises(StoreError, match="is not what an earlier build has left there"):
        written(tmp_path, decided, pieces=shelf)


@pytest.mark.parametrize("compression", ZIPPING)
def test_memory_does_not_grow_with_the_payload(tmp_path: Path, compression: str) -> None:
    peaks = []
    for size in (100 << 20, 400 << 20):
        digest = hashlib.sha256()
        for _ in range(size >> 20):
            digest.update(BUFFER)
        digests = Digests(sha256=digest.hexdigest(), md5="", crc32=0)
        file = replace(zeros("opt/demo/zeros", size), digests=digests)
        decided = facts(tree_of(file), compression=compression)
        tracemalloc.start()
        artifact = written(tmp_path, decided, jobs=2)
        for _ in rpm.read(artifact):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    # of the 300 MiB more, no more than the blocks by which threads may be ahead of each other
    assert peaks[1] - peaks[0] < 32 << 20
    assert max(peaks) < 120 << 20


def deflated() -> Tree:
    """An application of a size from which on the deflate data of wheels are copied."""
    noise = random.Random(2).randbytes(20_000)
    files = (
        zipped_file(f"usr/lib/demo/{name}.so", noise[size:] * 900, mtime=EPOCH, origin=name)
        for size, name in enumerate(("one", "two"))
    )
    return owned(tree_of(inline_file("usr/lib/demo/app.py", b"1\n", mtime=EPOCH), *files))


def test_what_wheels_have_deflated_is_digested_as_it_is_unpacked(tmp_path: Path) -> None:
    decided = facts(deflated(), compression="gzip")
    package = written(tmp_path, decided, copying=True)
    _, main, payload = headers(package.read_bytes())
    plain = gzip.decompress(payload)

    for file in decided.tree.files:
        if isinstance(file.content, Zipped):
            assert payload.count(bytes(file.content.compressed)) == 1
    assert main.texts(Tag.PAYLOAD_DIGEST) == (hashlib.sha256(payload).hexdigest(),)
    assert main.texts(Tag.PAYLOAD_DIGEST_ALT) == (hashlib.sha256(plain).hexdigest(),)
    assert written(tmp_path, decided, copying=True, jobs=3).read_bytes() == package.read_bytes()


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody digest an archive, but say what is in it."""

    def refuse(_: object, data: object) -> None:
        raise AssertionError(data)

    monkeypatch.setattr(ArchiveDigests, "_digest", refuse)


@pytest.mark.parametrize("compression", ZIPPING)
def test_an_archive_that_was_in_a_right_package_is_not_read_again_to_be_digested(
    tmp_path: Path, compression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    decided = facts(tree(), compression=compression)
    first = written(tmp_path, decided, pieces=shelf).read_bytes()
    unread(monkeypatch)

    assert written(tmp_path, decided, pieces=shelf).read_bytes() == first


def test_what_wheels_have_deflated_is_not_inflated_to_be_digested_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    decided = facts(deflated(), compression="gzip")
    first = written(tmp_path, decided, pieces=shelf, copying=True).read_bytes()
    unread(monkeypatch)

    assert written(tmp_path, decided, pieces=shelf, copying=True).read_bytes() == first


def test_what_is_between_copied_files_waits_for_no_more_than_some_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = facts(deflated(), compression="gzip")
    patient = written(tmp_path, decided, copying=True).read_bytes()
    monkeypatch.setattr(_digests, "_WAITING", 0)

    assert written(tmp_path, decided, copying=True).read_bytes() == patient


def linked(content: bytes) -> Tree:
    """A large dependency, beside a content under three names."""
    names = (inline_file(f"usr/lib/demo/{name}", content, mtime=EPOCH) for name in "abc")
    return owned(tree_of(*tree().files, *names))


def test_what_is_known_of_an_archive_is_said_of_no_other(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    one, two, three = (f"usr/lib/demo/{name}" for name in "abc")
    packages = [
        facts(linked(content), compression="zstd", hard_links=links)
        for content in (b"1", b"2")
        for links in (((one, two),), ((one, three),), ((one, two, three),), ())
    ]
    told = [
        [written(tmp_path, each, pieces=pieces).read_bytes() for each in packages]
        for pieces in (None, shelf, shelf)
    ]

    assert told[0] == told[1] == told[2]
    assert len(set(told[0])) == len(packages)


def finding(shelf: Shelf) -> Path:
    """The piece that says what an archive was found to be."""
    (path,) = (path for path in shelf.directory.iterdir() if path.stat().st_size == 2 * 64 + 1)
    return path


@pytest.mark.parametrize("bit", [0, 64 * 8, 8 * 100])
def test_a_digest_that_was_damaged_after_it_was_found_is_not_believed(
    tmp_path: Path, bit: int
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    decided = facts(tree(), compression="zstd")
    first = written(tmp_path, decided, pieces=shelf).read_bytes()
    kept = bytearray(finding(shelf).read_bytes())
    kept[bit // 8] ^= 1
    finding(shelf).write_bytes(kept)

    assert written(tmp_path, decided, pieces=shelf).read_bytes() == first


def test_the_digest_of_another_archive_is_not_believed(tmp_path: Path) -> None:
    shelves = [Shelf(tmp_path / str(release)) for release in (1, 2)]
    packages = [facts(tree(release=release), compression="zstd") for release in (1, 2)]
    first, _ = (
        written(tmp_path, decided, pieces=shelf).read_bytes()
        for decided, shelf in zip(packages, shelves, strict=True)
    )
    finding(shelves[0]).write_bytes(finding(shelves[1]).read_bytes())

    assert written(tmp_path, packages[0], pieces=shelves[0]).read_bytes() == first


def test_a_digest_that_is_gone_since_it_was_found_is_made_again(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    decided = facts(tree(), compression="zstd")
    first = written(tmp_path, decided, pieces=shelf).read_bytes()
    path = finding(shelf)
    path.unlink()
    path.mkdir()  # is there, and cannot be read

    with pytest.raises(IsADirectoryError):
        path.read_bytes()
    logbook = Logbook()
    out = tmp_path / "again.rpm"
    means = Means(level=LEVELS["zstd"], pieces=shelf, logbook=logbook)
    write_package(decided, out, epoch=EPOCH, means=means)

    assert out.read_bytes() == first
    assert list(logbook.found) == [path.name]


def test_a_digest_that_was_believed_in_a_wrong_package_is_believed_no_more(
    tmp_path: Path,
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    decided = facts(tree(), compression="zstd")
    written(tmp_path, decided, pieces=shelf)
    logbook = Logbook()
    means = Means(level=LEVELS["zstd"], pieces=shelf, logbook=logbook)
    path = finding(shelf)
    write_package(decided, tmp_path / "wrong.rpm", epoch=EPOCH, means=means)
    distrust(logbook, shelf)

    assert logbook.believed == [path.name]
    assert path.read_bytes() == b""


def test_nothing_is_known_of_an_archive_that_nobody_has_read_back(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    decided = facts(tree(), compression="zstd")
    logbook = Logbook()
    means = Means(level=LEVELS["zstd"], pieces=shelf, logbook=logbook)
    write_package(decided, tmp_path / "new.rpm", epoch=EPOCH, means=means)

    (key,) = logbook.found
    assert shelf.find(key) is None
