"""A compressed tar, of which what has not changed is copied from an earlier build."""

from __future__ import annotations

import io
import lzma
import random
import re
import subprocess
import sys
import tarfile
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repackage.archive import (
    CODECS,
    Codec,
    Compression,
    Intake,
    decompressor,
    read_stretches,
    read_tar_part,
    trust,
    write_tar,
)
from repackage.archive._shares import shares
from repackage.errors import FormatError, StoreError
from repackage.format import Logbook
from repackage.tree import Directory, Entry, Symlink, inline_file

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from pathlib import Path

LEAST = 1 << 20
#: How many bytes a share of one block has, and the digest of the block.
TABLE = bytes(8 + 32)
ZIPPING = ("gz", "xz", "zst")


class Shelf:
    """Pieces in a directory, and which of them were kept and found."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.kept: list[str] = []
        self.found: list[str] = []

    def find(self, key: str) -> Path | None:
        path = self.directory / key
        if path.exists():
            self.found.append(key)
            return path
        return None

    def keep(self, key: str, made: Path | bytes) -> Path:
        assert isinstance(made, bytes)
        self.kept.append(key)
        path = self.directory / key
        path.write_bytes(made)
        return path


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    directory = tmp_path / "pieces"
    directory.mkdir()
    return Shelf(directory)


def noise(size: int, seed: int) -> bytes:
    generator = random.Random(seed)
    words = [generator.randbytes(generator.randrange(4, 60)) for _ in range(40)]
    return b"".join(generator.choices(words, k=size // 16))[:size]


def tree(*, release: int = 1, size: int = 9 << 20) -> list[Entry]:
    """An application of one large dependency, two small ones and two files of its own."""
    return [
        Directory(path="lib", mtime=release),
        inline_file("lib/app.py", noise(5000, release), mtime=release, origin="app"),
        inline_file("lib/big.so", noise(size, 0), mtime=3, origin="big", mode=0o755),
        Symlink(path="lib/link", target="big.so", mtime=3, origin="big"),
        inline_file("lib/one.py", noise(3000, 1), mtime=4, origin="one"),
        inline_file("lib/two.py", noise(3000, 2), mtime=5, origin="two"),
        inline_file("notes", b"written by the package", mtime=release),
    ]


def written(
    entries: list[Entry],
    codec: Codec,
    pieces: Shelf | None = None,
    *,
    jobs: int = 1,
    many: bool = False,
) -> bytes:
    level = {"none": None, "gz": 1, "xz": 0, "zst": 1}[codec]
    stream = io.BytesIO()
    logbook = Logbook()
    compression = Compression(
        codec=codec,
        level=level,
        frames="many" if many else "one",
        jobs=jobs,
        pieces=pieces,
        logbook=logbook,
    )
    write_tar(stream, entries, compression, application="app")
    if pieces is not None and logbook.stretches:
        assert {entry.path for entry in read_back(stream.getvalue(), codec, logbook)} == {
            entry.path for entry in entries
        }
        trust(logbook, pieces)
    return stream.getvalue()


def read_back(data: bytes, codec: Codec, logbook: Logbook) -> list[Entry]:
    parse = partial(read_tar_part, intake=Intake(1 << 30))
    return list(read_stretches(io.BytesIO(data), codec, logbook, parse=parse))


def unpacked(data: bytes, codec: Codec) -> dict[str, tuple[bytes, int, bytes | str]]:
    with decompressor(io.BytesIO(data), codec) as stream:
        tar = tarfile.open(fileobj=io.BytesIO(stream.read()))  # noqa: SIM115 - of memory
    found = {}
    for member in tar:
        content = tar.extractfile(member) if member.isfile() else None
        found[member.name] = (
            member.type,
            int(member.mtime),
            member.linkname if content is None else content.read(),
        )
    return found


def expected(entries: list[Entry]) -> dict[str, tuple[bytes, int, bytes | str]]:
    plain = io.BytesIO()
    write_tar(plain, entries, Compression(codec="none"), application="app")
    return unpacked(plain.getvalue(), "none")


@pytest.mark.parametrize("codec", ZIPPING)
@pytest.mark.parametrize("many", [False, True])
def test_the_bytes_are_the_same_with_or_without_an_earlier_build(
    codec: Codec, shelf: Shelf, *, many: bool
) -> None:
    first = written(tree(), codec, shelf, jobs=3, many=many)
    kept = len(shelf.kept)

    assert written(tree(), codec, many=many) == first
    assert written(tree(), codec, shelf, many=many) == first
    assert kept == len(shelf.kept) == len(shelf.found)
    assert unpacked(first, codec) == expected(tree())


@pytest.mark.parametrize("codec", ZIPPING)
def test_a_release_compresses_nothing_but_directories_and_the_application(
    codec: Codec, shelf: Shelf
) -> None:
    written(tree(release=1), codec, shelf)
    before = len(shelf.kept)
    again = written(tree(release=2), codec, shelf)

    assert len(shelf.kept) - before == 4, "a block and a table for each of the two shares"
    assert again == written(tree(release=2), codec)


@pytest.mark.parametrize("codec", ZIPPING)
def test_a_share_of_which_a_part_is_gone_is_compressed_again(
    codec: Codec, shelf: Shelf
) -> None:
    first = written(tree(), codec, shelf)
    for key in shelf.kept[1::2]:
        (shelf.directory / key).unlink()

    assert written(tree(), codec, shelf) == first


def test_a_cache_that_is_cleared_meanwhile_is_said_to_be(shelf: Shelf) -> None:
    class Cleared(Shelf):
        def find(self, key: str) -> Path | None:
            path = super().find(key)
            if path is not None and path.stat().st_size != len(TABLE):
                path.unlink()
            return path

    written(tree(), "gz", shelf)

    with pytest.raises(StoreError, match="is gone since the build began") as raised:
        written(tree(), "gz", Cleared(shelf.directory))
    assert raised.value.problems[0].advice == "it was cleared meanwhile: build again"


def test_blocks_of_another_size_are_other_blocks(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tree(), "gz", shelf)
    monkeypatch.setattr("repackage.archive._gzip.GzipMembers.block_size", 1 << 20)

    assert written(tree(), "gz", shelf) == written(tree(), "gz")


def test_what_is_small_as_a_whole_is_not_divided() -> None:
    small = tree(size=100)

    assert [share.entries for share in shares(small, application="app", least=LEAST)] == [
        tuple(small)
    ]


def test_directories_come_first_and_the_application_last() -> None:
    found = shares(tree(), application="app", least=LEAST)
    origins = [sorted({entry.origin for entry in share.entries}) for share in found]

    assert origins == [[""], ["big"], ["one", "two"], ["", "app"]]
    assert all(isinstance(entry, Directory) for entry in found[0].entries)


def test_a_small_dependency_changes_nothing_of_a_large_one() -> None:
    more = [*tree(), inline_file("lib/all.py", b"a", mtime=0, origin="all")]
    keys = {share.key() for share in shares(tree(), application="app", least=LEAST)} & {
        share.key() for share in shares(more, application="app", least=LEAST)
    }

    assert len(keys) == 3, "directories, the large one, the application"


@pytest.mark.parametrize("circumstance", ["codec", "level"])
def test_a_share_is_another_one_in_other_circumstances(circumstance: str) -> None:
    (share,) = shares(tree(size=1), application="app", least=LEAST)

    assert share.key(circumstance) != share.key()
    assert share.key("a", "b") != share.key("ab")


def test_xz_is_one_stream_and_zst_one_frame_unless_many_are_wanted(shelf: Shelf) -> None:
    for pieces in (shelf, shelf):
        xz = lzma.LZMADecompressor(lzma.FORMAT_XZ)
        xz.decompress(written(tree(), "xz", pieces))
        zst = zstd.ZstdDecompressor()
        zst.decompress(written(tree(), "zst", pieces))
        first = zstd.ZstdDecompressor()
        first.decompress(written(tree(), "zst", pieces, many=True))

        assert (xz.eof, xz.unused_data) == (True, b"")
        assert (zst.eof, zst.unused_data) == (True, b"")
        assert first.unused_data


@pytest.mark.parametrize("codec", CODECS)
def test_an_archive_of_nothing_is_one(codec: Codec) -> None:
    for many in (False, True):
        assert unpacked(written([], codec, many=many), codec) == {}


@pytest.mark.parametrize("codec", CODECS)
def test_a_path_that_occurs_twice_is_refused_even_if_it_was_compressed_before(
    codec: Codec, shelf: Shelf
) -> None:
    written(tree(), codec, shelf)
    twice = [*tree(), inline_file("lib/big.so", b"again", mtime=0, origin="app")]
    with pytest.raises(FormatError, match="twice"):
        written(twice, codec, shelf)


entries = st.builds(
    lambda path, data, origin, mtime: inline_file(path, data, mtime=mtime, origin=origin),
    path=st.text(alphabet="abü/", min_size=1, max_size=120).map(
        lambda text: re.sub("/+", "/", f"x{text}").strip("/")
    ),
    data=st.binary(max_size=300).map(lambda data: data * 20_000),
    origin=st.sampled_from(["", "app", "one", "two", "three"]),
    mtime=st.integers(0, 2**33),
)


@pytest.mark.parametrize("codec", ZIPPING)
@given(
    before=st.lists(entries, max_size=4, unique_by=lambda entry: entry.path),
    after=st.lists(entries, max_size=4, unique_by=lambda entry: entry.path),
)
@settings(deadline=None, max_examples=15)
def test_any_tree_after_any_other_is_what_it_is_alone(
    codec: Codec,
    before: list[Entry],
    after: list[Entry],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("pieces"))
    written(before, codec, shelf)
    data = written(after, codec, shelf, jobs=2)

    assert data == written(after, codec)
    assert unpacked(data, codec) == expected(after)


@pytest.mark.native("gzip", "xz", "zstd", "tar")
@pytest.mark.parametrize("codec", ZIPPING)
@pytest.mark.parametrize("many", [False, True])
def test_gnu_tar_reads_what_was_put_together(
    codec: Codec, shelf: Shelf, tmp_path: Path, *, many: bool
) -> None:
    written(tree(release=1), codec, shelf, many=many)
    path = tmp_path / f"x.tar.{codec}"
    path.write_bytes(written(tree(release=2), codec, shelf, many=many))
    subprocess.run(["tar", "-xf", path, "-C", tmp_path], check=True)

    assert (tmp_path / "lib/big.so").read_bytes() == noise(9 << 20, 0)
    assert (tmp_path / "notes").read_bytes() == b"written by the package"
