"""What wheels have deflated, as members of a gzip stream."""

from __future__ import annotations

import gzip
import io
import random
import subprocess
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repackage.archive import (
    Compression,
    Copying,
    Overheard,
    TarArchive,
    write_in_order,
    write_tar,
)
from repackage.errors import FormatError
from repackage.testing import zipped_file
from repackage.tree import Directory, Entry, File, Symlink, Zipped, inline_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from typing_extensions import Buffer

COPYING = Copying(file=100, payload=0)
NOISE = random.Random(0).randbytes(70_000)


def written(entries: Sequence[Entry], **how: object) -> bytes:
    stream = io.BytesIO()
    compression = replace(Compression(codec="gz", copying=COPYING), **how)  # type: ignore[arg-type]  # its fields
    write_tar(stream, entries, compression, application="app")
    return stream.getvalue()


def plain(entries: list[Entry]) -> dict[str, object]:
    return unpacked(written(entries, codec="none"), "r:")


def unpacked(data: bytes, mode: str = "r:gz") -> dict[str, object]:
    with tarfile.open(fileobj=io.BytesIO(data), mode=mode) as tar:  # type: ignore[call-overload]  # one of them
        return {
            member.name: (
                member.type,
                int(member.mtime),
                member.linkname,
                content.read() if (content := tar.extractfile(member)) else b"",
            )
            for member in tar
            if not member.issym()
        } | {member.name: member.linkname for member in tar if member.issym()}


def deflated(entries: list[Entry]) -> list[bytes]:
    return [
        bytes(entry.content.compressed)
        for entry in entries
        if isinstance(entry, File) and isinstance(entry.content, Zipped)
    ]


def tree() -> list[Entry]:
    return [
        Directory(path="lib", mtime=1),
        inline_file("lib/app.py", NOISE[:3000], mtime=1, origin="app"),
        zipped_file("lib/big.so", NOISE, mtime=2, origin="big"),
        Symlink(path="lib/link", target="big.so", mtime=2, origin="big"),
        zipped_file("lib/more.so", NOISE[1:], mtime=2, origin="big"),
        zipped_file("lib/small.py", b"pass\n", mtime=3, origin="small"),
        zipped_file("lib/stored", NOISE[:9000], mtime=3, origin="small", deflated=False),
    ]


def test_large_members_are_copied_and_all_else_is_compressed() -> None:
    data = written(tree())
    big, more, small, _ = deflated(tree())

    assert data.count(big) == data.count(more) == 1
    assert small not in data
    assert unpacked(data) == plain(tree())


@pytest.mark.parametrize("how", [{"recompress": True}, {"level": 6}])
def test_nothing_is_copied_if_it_is_to_be_compressed_anew(how: dict[str, object]) -> None:
    data = written(tree(), **how)

    assert not [each for each in deflated(tree()) if len(each) > 100 and each in data]
    assert unpacked(data) == plain(tree())


def test_recompression_is_at_the_highest_level_unless_one_is_asked_for() -> None:
    assert Compression(codec="gz").chosen_level == 6
    assert Compression(codec="gz", recompress=True).chosen_level == 9
    assert Compression(codec="gz", recompress=True, level=2).chosen_level == 2
    assert Compression(codec="xz", recompress=True).chosen_level == 6


def test_a_small_payload_is_compressed_as_a_whole() -> None:
    least = sum(entry.size for entry in tree() if isinstance(entry, File))
    below, enough = (
        written(tree(), copying=Copying(file=100, payload=size)) for size in (least + 1, least)
    )

    assert below == written(tree(), level=6)
    assert enough == written(tree())


def test_a_file_beyond_what_a_member_tells_the_size_of_is_not_copied() -> None:
    file = zipped_file("x", NOISE, mtime=0)

    assert COPYING.copied(file)
    assert COPYING.copied(replace(file, size=1 << 32)) is None


def test_threads_cannot_be_seen() -> None:
    assert written(tree(), jobs=3) == written(tree())


def test_whoever_listens_is_told_all_bytes_in_order() -> None:
    heard: list[Buffer] = []
    stream, order = io.BytesIO(), io.BytesIO()
    compression = Compression(codec="gz", copying=COPYING)
    for codec, to in (("gz", stream), ("none", order)):
        write_in_order(
            to,
            tree(),
            replace(compression, codec=codec),  # type: ignore[arg-type]  # one of them
            archive=lambda payload: TarArchive(payload, tell=heard.append),
        )

    assert b"".join(heard) == order.getvalue() * 2
    assert gzip.decompress(stream.getvalue()) == order.getvalue()


def test_a_stream_that_takes_no_files_is_written_to() -> None:
    heard: list[Buffer] = []

    assert Overheard(io.BytesIO(), heard.append).take(zipped_file("x", NOISE, mtime=0)) is False
    assert heard == []


def test_a_file_of_another_length_is_refused() -> None:
    file = inline_file("x", b"12345", mtime=0)

    with pytest.raises(FormatError, match="has 5 bytes, not 6 as declared"):
        written([replace(file, size=6)])


def test_a_path_that_occurs_twice_is_refused_where_it_is_copied() -> None:
    twice = [inline_file("x", b"", mtime=0), zipped_file("x", NOISE, mtime=0)]

    with pytest.raises(FormatError, match="twice"):
        written(twice)


files = st.builds(
    lambda path, data, kind, origin: (
        inline_file(path, data, mtime=1, origin=origin)
        if kind == "inline"
        else zipped_file(path, data, mtime=1, origin=origin, deflated=kind == "deflated")
    ),
    path=st.text(alphabet="abü", min_size=1, max_size=110),
    data=st.binary(max_size=400).map(lambda data: data * 40),
    kind=st.sampled_from(["inline", "deflated", "stored"]),
    origin=st.sampled_from(["", "app", "one", "two"]),
)


@given(
    entries=st.lists(files, max_size=8, unique_by=lambda entry: entry.path),
    least=st.integers(0, 300),
    jobs=st.integers(1, 3),
)
@settings(deadline=None, max_examples=60)
def test_any_tree_is_the_same_copied_or_compressed_anew(
    entries: list[Entry], least: int, jobs: int
) -> None:
    copying = Copying(file=least, payload=0)
    copied = written(entries, copying=copying)

    assert copied == written(entries, copying=copying, jobs=jobs)
    assert unpacked(copied) == plain(entries)
    assert unpacked(written(entries, recompress=True)) == plain(entries)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("tar", marks=pytest.mark.native("tar", "gzip")),
        pytest.param("bsdtar", marks=pytest.mark.native("bsdtar", "gzip")),
        pytest.param("busybox tar", marks=pytest.mark.native("busybox", "gzip")),
    ],
)
def test_native_programs_read_on_behind_each_member(program: str, tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(written(tree()))
    subprocess.run([*program.split(), "-xzf", path, "-C", tmp_path], check=True)
    subprocess.run(["gzip", "-t", path], check=True)

    assert (tmp_path / "lib/big.so").read_bytes() == NOISE
    assert (tmp_path / "lib/more.so").read_bytes() == NOISE[1:]
    assert (tmp_path / "lib/stored").read_bytes() == NOISE[:9000]
