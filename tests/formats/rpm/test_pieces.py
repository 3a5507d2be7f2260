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

from repackage.errors import StoreError
from repackage.testing import EPOCH, tree_of, zipped_file
from repackage.tree import Digests, File, Symlink, Tree, Zipped, inline_file
from repackage_formats import rpm
from repackage_formats.rpm._header_tags import Tag
from tests.formats.rpm.made import facts, headers, owned, written
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
