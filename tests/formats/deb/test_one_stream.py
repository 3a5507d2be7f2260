"""dpkg stops after the first stream or frame, and takes what it read for the whole package.

``python-debian``, ``xz -t`` and ``ar p | tar`` read on, so none of them would notice.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import random
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage.archive import trust
from repackage.format import Logbook
from repackage.store import Store
from repackage.testing import EPOCH, example_tree, tree_of, zipped_file
from repackage.tree import Zipped, inline_file, read_file
from repackage_formats import deb
from tests.formats.deb.containers import ar_members, xz_blocks, zstd_blocks
from tests.formats.deb.debs import SITE, emitted, planned

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.tree import Tree

MANY_BLOCKS = 5 << 20


def bulky() -> Tree:
    """A tree of several blocks, some of which can be compressed and some cannot."""
    plan = planned()
    noise = random.Random(0).randbytes(MANY_BLOCKS)
    files = {"noise.bin": noise, "zeros.bin": bytes(MANY_BLOCKS), "more.bin": noise[:4097]}
    added = (inline_file(f"{SITE}/{name}", data, mtime=EPOCH) for name, data in files.items())
    return tree_of(*example_tree(plan.layout), *added)


def members(directory: Path, tree: Tree, *, jobs: int = 1, **options: Any) -> dict[str, bytes]:
    """Emit a deb, and return its tar members by their names without suffix."""
    plan = replace(planned(deb.Options(**options)), jobs=jobs)
    directory.mkdir()
    found = ar_members(emitted(directory, plan, tree))
    assert found.pop("debian-binary") == b"2.0\n"
    return {name.partition(".tar")[0]: data for name, data in found.items()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The tars themselves, by way of a codec that dpkg reads many streams of."""
    found = members(tmp_path_factory.mktemp("plain") / "x", bulky(), compression="gz", level=1)
    return {name: gzip.decompress(data) for name, data in found.items()}


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_xz_member_is_one_stream_that_ends_where_the_member_ends(
    jobs: int, plain: dict[str, bytes], tmp_path: Path
) -> None:
    found = members(tmp_path / "x", bulky(), jobs=jobs, compression="xz", level=0)

    assert list(found) == ["control", "data"]
    assert len(xz_blocks(found["data"])) > 1
    for name, data in found.items():
        assert sum(xz_blocks(data)) == len(plain[name])
        decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ)
        decoded = decoder.decompress(data)
        assert (decoder.eof, decoder.unused_data) == (True, b"")
        assert hashlib.sha256(decoded).digest() == hashlib.sha256(plain[name]).digest()


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_zst_member_is_one_frame_that_ends_where_the_member_ends(
    jobs: int, plain: dict[str, bytes], tmp_path: Path
) -> None:
    found = members(tmp_path / "x", bulky(), jobs=jobs, compression="zst", level=1)

    assert list(found) == ["control", "data"]
    assert zstd_blocks(found["data"]) > 1
    for name, data in found.items():
        zstd_blocks(data)
        decoder = zstd.ZstdDecompressor()
        decoded = decoder.decompress(data)
        assert (decoder.eof, decoder.unused_data) == (True, b"")
        assert hashlib.sha256(decoded).digest() == hashlib.sha256(plain[name]).digest()


def test_two_streams_would_be_noticed() -> None:
    with pytest.raises(AssertionError):
        xz_blocks(lzma.compress(b"one") + lzma.compress(b"two"))
    with pytest.raises(AssertionError):
        zstd_blocks(zstd.compress(b"one") + zstd.compress(b"two"))


def divided(*, release: int) -> Tree:
    """A tree of several shares, of which a release changes one file."""
    plan = planned()
    noise = random.Random(0).randbytes(9 << 20)
    files = {"numpy": noise, "click": noise[:4097], "example": b"%d" % release}
    added = (
        inline_file(f"{SITE}/{name}.bin", data, mtime=EPOCH, origin=name)
        for name, data in files.items()
    )
    return tree_of(*example_tree(plan.layout), *added)


@pytest.mark.native("dpkg-deb", "tar")
@pytest.mark.parametrize("codec", ["gz", "xz", "zst"])
def test_dpkg_unpacks_all_of_what_was_put_together_from_earlier_builds(
    codec: str, tmp_path: Path
) -> None:
    store = Store.open(tmp_path / "cache")
    debs = []
    for number, release in enumerate((1, 2, 2)):
        options = deb.Options(compression=codec, level=1)  # type: ignore[arg-type]  # one of them
        logbook = Logbook()
        pieces = store.pieces if number < 2 else None
        plan = replace(planned(options), pieces=pieces, logbook=logbook)
        (tmp_path / str(number)).mkdir()
        debs.append(emitted(tmp_path / str(number), plan, divided(release=release)))
        assert list(deb.read_logged(debs[-1], logbook))
        trust(logbook, store.pieces)
    subprocess.run(["dpkg-deb", "-x", debs[1], tmp_path / "root"], check=True)
    there = {
        path.relative_to(tmp_path / "root").as_posix(): path.read_bytes()
        for path in (tmp_path / "root").rglob("*")
        if path.is_file() and not path.is_symlink()
    }

    assert debs[1].read_bytes() == debs[2].read_bytes() != debs[0].read_bytes()
    assert {
        file.path: read_file(file) for file in divided(release=2).files
    }.items() <= there.items()


def deflated() -> Tree:
    """A tree of a size from which on the deflate data of wheels are copied."""
    noise = random.Random(0).randbytes(20_000)
    added = (
        zipped_file(f"{SITE}/{name}.so", noise[size:] * 900, mtime=EPOCH, origin=name)
        for size, name in enumerate(("numpy", "pandas"))
    )
    return tree_of(*example_tree(planned().layout), *added)


@pytest.mark.native("dpkg-deb", "tar")
def test_dpkg_unpacks_all_of_what_wheels_have_deflated(tmp_path: Path) -> None:
    """Members that are copied follow others, and each other: one more to be read on behind."""
    tree = deflated()
    for name, options in (
        ("copied", deb.Options(compression="gz")),
        ("anew", deb.Options(compression="gz", recompress=True)),
    ):
        (tmp_path / name).mkdir()
        made = emitted(tmp_path / name, planned(options), tree)
        copied = [
            bytes(f.content.compressed) for f in tree.files if isinstance(f.content, Zipped)
        ]
        there = [data for data in copied if len(data) > 1 << 15 and data in made.read_bytes()]
        assert len(there) == (2 if name == "copied" else 0)
        subprocess.run(["dpkg-deb", "-x", made, tmp_path / name / "root"], check=True)
        for file in tree.files:
            assert (tmp_path / name / "root" / file.path).read_bytes() == read_file(file)
