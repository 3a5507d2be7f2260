"""Reading back what is new, and refusing everything that is not as the logbook says."""

from __future__ import annotations

import gzip
import io
import lzma
import random
import struct
import zipfile
import zlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from repackage.archive import (
    Claim,
    Codec,
    Compression,
    Copying,
    Intake,
    decompressor,
    distrust,
    read_stretches,
    read_tar_part,
    tar_header,
    tar_padding,
    trust,
    write_tar,
)
from repackage.archive._alone import Frame, alone, before
from repackage.archive._stream import JoiningWriter
from repackage.archive._xz_reading import read_index
from repackage.archive._zstd import zstd
from repackage.errors import InputError, RepackageError, StoreError
from repackage.format import Logbook, Stretch
from repackage.tree import Directory, Entry, File, Mapped, Symlink, Zipped, inline_file
from tests.unit.archive.test_pieced import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CODECS: tuple[Codec, ...] = ("gz", "xz", "zst")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    directory = tmp_path / "pieces"
    directory.mkdir()
    return Shelf(directory)


def tree(release: int = 1) -> list[Entry]:
    noise = random.Random(1).randbytes(5 << 20)
    return [
        Directory(path="lib", mtime=1),
        inline_file("lib/app.py", b"%d" % release * 5000, mtime=1, origin="app"),
        inline_file("lib/big.so", noise * 2, mtime=1, origin="big", mode=0o755),
        Symlink(path="lib/link", target="big.so", mtime=1, origin="big"),
    ]


def made(
    entries: list[Entry], codec: Codec, shelf: Shelf | None = None, *, many: bool = False
) -> tuple[bytes, Logbook]:
    level = {"none": None, "gz": 1, "xz": 0, "zst": 1}[codec]
    logbook, stream = Logbook(), io.BytesIO()
    compression = Compression(
        codec=codec,
        level=level,
        frames="many" if many else "one",
        pieces=shelf,
        logbook=logbook,
    )
    write_tar(stream, entries, compression, application="app")
    return stream.getvalue(), logbook


def read_back(data: bytes, codec: Codec, logbook: Logbook) -> list[Entry]:
    parse = partial(read_tar_part, intake=Intake(1 << 30))
    return list(read_stretches(io.BytesIO(data), codec, logbook, parse=parse))


def proven(entries: list[Entry], codec: Codec, shelf: Shelf, *, many: bool = False) -> bytes:
    data, logbook = made(entries, codec, shelf, many=many)
    read_back(data, codec, logbook)
    trust(logbook, shelf)
    return data


def unpacked(data: bytes, codec: Codec) -> bytes:
    with decompressor(io.BytesIO(data), codec) as stream:
        return stream.read()


def bounds(logbook: Logbook) -> list[tuple[int, int]]:
    """Where each stretch begins and ends."""
    found, position = [], logbook.head
    for stretch in logbook.stretches:
        found.append((position, position + sum(stretch.blocks)))
        position = found[-1][1]
    return found


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("many", [False, True])
def test_what_was_written_is_read_whether_it_is_new_or_copied(
    codec: Codec, shelf: Shelf, *, many: bool
) -> None:
    proven(tree(1), codec, shelf, many=many)
    data, logbook = made(tree(2), codec, shelf, many=many)

    assert [stretch.copied for stretch in logbook.stretches] == [True, True, False]
    assert sorted(entry.path for entry in read_back(data, codec, logbook)) == [
        entry.path for entry in tree()
    ]
    assert logbook.stretches[-1].proven


@pytest.mark.parametrize("codec", CODECS)
def test_what_was_never_read_back_is_not_copied(codec: Codec, shelf: Shelf) -> None:
    made(tree(), codec, shelf)
    _, logbook = made(tree(), codec, shelf)

    assert not any(stretch.copied for stretch in logbook.stretches)


@pytest.mark.parametrize("codec", CODECS)
def test_what_was_found_wrong_is_not_copied_again_until_it_is_proven_again(
    codec: Codec, shelf: Shelf
) -> None:
    proven(tree(), codec, shelf)
    _, logbook = made(tree(), codec, shelf)
    distrust(logbook, shelf)
    _, again = made(tree(), codec, shelf)
    proven(tree(), codec, shelf)
    _, at_last = made(tree(), codec, shelf)

    assert all(stretch.copied for stretch in logbook.stretches)
    assert not any(stretch.copied for stretch in again.stretches)
    assert all(stretch.copied for stretch in at_last.stretches)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("many", [False, True])
def test_no_byte_of_an_artifact_may_be_another_one(
    codec: Codec, shelf: Shelf, *, many: bool
) -> None:
    proven(tree(1), codec, shelf, many=many)
    data, logbook = made(tree(2), codec, shelf, many=many)
    edges = [edge for pair in bounds(logbook) for edge in pair]
    places = {0, 1, 7, *(len(data) - back for back in (1, 2, 9, 13))}
    places |= {edge + step for edge in edges for step in (-1, 0, 1, 20, 40)}
    for place in sorted(place for place in places if 0 <= place < len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 0x10
        try:
            read_back(bytes(damaged), codec, _untouched(logbook))
        except RepackageError:
            continue
        # such as the system that a gzip member says it was made on
        assert unpacked(bytes(damaged), codec) == unpacked(data, codec), place
        assert not any(start <= place < end for start, end in bounds(logbook)[:2]), place


def _untouched(logbook: Logbook) -> Logbook:
    """The same, of which nothing that is new is proven yet."""
    stretches = [
        replace(each, proven=each.proven if each.copied else ()) for each in logbook.stretches
    ]
    return replace(logbook, stretches=stretches)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("missing", [1, 3, 100, 5000])
def test_a_truncated_artifact_is_refused(codec: Codec, missing: int, shelf: Shelf) -> None:
    proven(tree(1), codec, shelf)
    data, logbook = made(tree(2), codec, shelf)
    with pytest.raises(InputError, match="bytes long"):
        read_back(data[:-missing], codec, logbook)
    with pytest.raises(InputError):
        read_back(data[:-missing], codec, replace(logbook, size=len(data) - missing))


@pytest.mark.parametrize("codec", CODECS)
def test_stretches_in_another_order_are_refused(codec: Codec) -> None:
    data, logbook = made(tree(), codec)
    (first, middle), (_, last) = bounds(logbook)[:2]
    swapped = data[:first] + data[middle:last] + data[first:middle] + data[last:]
    with pytest.raises(InputError):
        read_back(swapped, codec, logbook)


@pytest.mark.parametrize("codec", CODECS)
def test_another_stretch_than_was_proven_is_refused(codec: Codec, shelf: Shelf) -> None:
    proven(tree(1), codec, shelf)
    data, logbook = made(tree(1), codec, shelf)
    logbook.stretches[0].proven, logbook.stretches[1].proven = (
        logbook.stretches[1].proven,
        logbook.stretches[0].proven,
    )
    with pytest.raises(InputError, match="is not what was proven"):
        read_back(data, codec, logbook)


@pytest.mark.parametrize("codec", CODECS)
def test_a_piece_that_is_damaged_after_it_was_found_is_refused(
    codec: Codec, shelf: Shelf
) -> None:
    class Damaging(Shelf):
        def find(self, key: str) -> Path | None:
            path = super().find(key)
            if path is not None and path.stat().st_size > 5000:
                data = bytearray(path.read_bytes())
                data[len(data) // 2] ^= 1
                path.write_bytes(data)
            return path

    proven(tree(), codec, shelf)
    with pytest.raises(StoreError, match="is not what an earlier build has left there"):
        made(tree(), codec, Damaging(shelf.directory))


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "lie",
    [
        lambda files: files[:-1],
        lambda files: files[::-1],
        lambda files: [*files, inline_file("more", b"", mtime=1)],
        lambda files: [replace(files[0], mode=0o755), *files[1:]],
        lambda files: [replace(files[0], mtime=9), *files[1:]],
        lambda files: [inline_file("lib/app.py", b"2" * 5000, mtime=1), *files[1:]],
    ],
)
def test_other_entries_than_were_written_are_refused(
    codec: Codec, lie: Callable[[list[Entry]], list[Entry]]
) -> None:
    files: list[Entry] = [
        inline_file("lib/app.py", b"1" * 5000, mtime=1),
        inline_file("lib/b.py", b"b", mtime=1),
        Symlink(path="lib/link", target="b.py", mtime=1),
    ]
    data, logbook = made(files, codec)
    (stretch,) = logbook.stretches
    stretch.entries = tuple(lie(files))
    with pytest.raises(InputError, match="read back"):
        read_back(data, codec, logbook)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("split", [1, 511, 1000])
def test_a_stretch_ends_between_two_entries(codec: Codec, split: int) -> None:
    """Read as a whole, such an archive is right; put together with others it would not be."""
    files: list[Entry] = [inline_file(name, b"x" * 700, mtime=1) for name in "ab"]
    tar = b"".join(
        tar_header(file) + b"x" * 700 + tar_padding(700)
        for file in files
        if isinstance(file, File)
    )
    half = len(tar) // 2 + split
    parts = [tar[:half], tar[half:]]
    data, logbook = stretches_of(parts, codec, [[files[0]], [files[1]]])
    with pytest.raises(InputError):
        read_back(data, codec, logbook)


def stretches_of(
    parts: list[bytes], codec: Codec, entries: list[list[Entry]]
) -> tuple[bytes, Logbook]:
    """What a writer makes that cuts where it should not."""
    form = Compression(codec=codec, level=1).form()
    assert form is not None
    stream, logbook = io.BytesIO(), Logbook()
    with JoiningWriter(stream, form, workers=1) as blocks:
        logbook.head = blocks.size
        for part, held in zip(parts, entries, strict=True):
            stretch = Stretch(key="", entries=tuple(held))
            logbook.stretches.append(stretch)
            before = blocks.size
            with blocks.apart(lambda _: None):
                blocks.write(part)
            stretch.blocks.append(blocks.size - before)
        with blocks.apart(lambda _: None):
            blocks.write(bytes(10240))
    logbook.size = blocks.size
    return stream.getvalue(), logbook


@pytest.mark.parametrize("codec", CODECS)
def test_an_end_in_the_middle_is_refused(codec: Codec) -> None:
    """Readers stop there, and install nothing of what follows, silently."""
    files: list[Entry] = [inline_file(name, b"", mtime=1) for name in "ab"]
    parts = [tar_header(files[0]) + bytes(1024), tar_header(files[1])]
    data, logbook = stretches_of(parts, codec, [[files[0]], [files[1]]])
    with pytest.raises(InputError):
        read_back(data, codec, logbook)


def test_a_block_that_relies_on_the_beginning_of_its_frame_is_read_as_something_else() -> None:
    """It would become something else in the middle of one: 1, 4 and 8 are distances at first."""
    plain = b"abcd" * 4000
    compressor = zstd.ZstdCompressor(level=1)
    whole = compressor.compress(plain) + compressor.flush()
    frame = Frame(codec="zst", head=_unsized(whole[:4]), end=b"\1\0\0")
    # a block of one literal byte and a match that repeats the distance 1 of a frame's start
    block = _first_block()
    with alone(iter([_fresh_block(plain)]), frame) as stream:
        assert stream.read() == plain
    assert zstd.decompress(frame.head + block + frame.end) == b"a" * 40
    with alone(iter([block]), frame) as stream:
        assert stream.read() != b"a" * 40


def test_a_block_that_repeats_the_tables_of_the_one_before_does_not_stand_alone() -> None:
    """Whoever comes behind a block with tables of its own repeats these, and not the predefined."""
    block = before()
    literals, at = _literals(block[3:])
    assert literals in {0, 1, 2}
    count = block[3 + at]
    modes = block[3 + at + (1 if count < 128 else 2)]

    assert (
        modes == 0b10_10_10_00
    )  # FSE compressed: lengths of literals, offsets, lengths of matches


def _literals(section: bytes) -> tuple[int, int]:
    """The type of a section of literals, and its length (RFC 8878, section 3.1.1.3.1)."""
    kind, form = section[0] & 3, section[0] >> 2 & 3
    if kind == 2:  # compressed: two sizes
        length, bits = ((3, 10), (3, 10), (4, 14), (5, 18))[form]
        return kind, length + (int.from_bytes(section[:length], "little") >> 4 + bits)
    length, shift = ((1, 3), (2, 4), (1, 3), (3, 4))[form]
    size = int.from_bytes(section[:length], "little") >> shift
    return kind, length + (size if kind == 0 else 1)


def _unsized(magic: bytes) -> bytes:
    """A frame's header that tells nothing but a window of 8 MiB (RFC 8878, section 3.1.1.1)."""
    return magic + b"\0" + bytes([(23 - 10) << 3])


def _fresh_block(plain: bytes) -> bytes:
    """A raw block, which relies on nothing."""
    return (len(plain) << 3).to_bytes(3, "little") + plain


def _first_block() -> bytes:
    """A compressed block as an encoder makes it that believes to be at a frame's start."""
    data = b"a" * 40
    for level in range(1, 20):
        compressor = zstd.ZstdCompressor(level=level)
        made = compressor.compress(data, compressor.FLUSH_BLOCK)[6:]
        kind = made[0] >> 1 & 3
        if kind == 2:
            return made
    raise AssertionError("no level of this libzstd makes such a block")


@pytest.mark.parametrize("place", [0, 7, -1, -3, -5, -9, -13, -20])
def test_an_index_is_held_against_the_blocks(place: int) -> None:
    data, logbook = made(tree(), "xz")
    damaged = bytearray(data)
    damaged[place] ^= 1
    with pytest.raises(InputError, match="damaged xz stream"):
        read_index(io.BytesIO(damaged), start=0, size=logbook.size)


def test_an_index_is_what_liblzma_takes_it_for() -> None:
    data, _ = made(tree(), "xz")
    index = read_index(io.BytesIO(b"before" + data), start=6, size=len(data))

    assert sum(record.uncompressed for record in index.records) == len(lzma.decompress(data))
    assert 12 + sum(record.size for record in index.records) + index.size == len(data)


# --- what wheels vouch for


def zipped(path: Path, contents: dict[str, bytes]) -> list[Entry]:
    """Files of a wheel, deflated where they lie."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in contents.items():
            wheel.writestr(name, data)
    mapped = Mapped(path)
    found: list[Entry] = []
    with zipfile.ZipFile(path) as wheel:
        for info in wheel.infolist():
            inline = inline_file(info.filename, contents[info.filename], mtime=1, origin="big")
            start = info.header_offset + 30 + len(info.filename)
            content = Zipped(
                wheel=mapped, offset=start, compressed_size=info.compress_size, deflated=True
            )
            found.append(replace(inline, content=content))
    return found


def copied(path: Path) -> tuple[bytes, Logbook]:
    noise = random.Random(1).randbytes(2 << 20)
    files = zipped(path, {"a": noise, "b": b"text" * 5000, "c": noise[: 1 << 20]})
    logbook, stream = Logbook(), io.BytesIO()
    compression = Compression(codec="gz", copying=Copying(payload=1), logbook=logbook)
    write_tar(stream, [Directory(path="lib", mtime=1), *files], compression, application="app")
    return stream.getvalue(), logbook


def vouched(logbook: Logbook) -> list[tuple[int, int]]:
    return [
        (start + verbatim.at, start + verbatim.at + verbatim.size)
        for stretch, (start, _) in zip(logbook.stretches, bounds(logbook), strict=True)
        for verbatim in stretch.verbatim
    ]


def test_what_a_wheel_vouches_for_is_not_inflated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, logbook = copied(tmp_path / "x.whl")
    read: list[str] = []
    take = Intake.take

    def heard(self: Intake, claim: Claim, *rest: Any, **more: Any) -> File:
        read.append(claim.path)
        return take(self, claim, *rest, **more)

    monkeypatch.setattr(Intake, "take", heard)

    assert sorted(entry.path for entry in read_back(data, "gz", logbook)) == [*"abc", "lib"]
    assert read == ["b"]
    assert len(vouched(logbook)) == 2
    assert len(gzip.decompress(data)) > 3 << 20


@pytest.mark.parametrize("place", [0, 2, 3, 4, 8, 9, 10, 5000, -9, -8, -4, -1])
def test_no_byte_of_what_a_wheel_vouches_for_may_be_another_one(
    place: int, tmp_path: Path
) -> None:
    data, logbook = copied(tmp_path / "x.whl")
    for start, end in vouched(logbook):
        if end - start < 6000:
            continue
        damaged = bytearray(data)
        damaged[(start if place >= 0 else end) + place] ^= 1
        with pytest.raises(InputError):
            read_back(bytes(damaged), "gz", logbook)


def test_the_content_of_another_file_of_the_wheel_is_refused(tmp_path: Path) -> None:
    data, logbook = copied(tmp_path / "x.whl")
    stretch = next(each for each in logbook.stretches if each.verbatim)
    first = stretch.verbatim[0]
    other = replace(first.file, digests=replace(first.file.digests, sha256="0" * 64))
    stretch.verbatim[0] = replace(first, file=other)
    with pytest.raises(InputError, match="differs"):
        read_back(data, "gz", logbook)


def test_a_place_that_is_not_the_content_of_a_file_is_refused(tmp_path: Path) -> None:
    """Else something could hide behind a wheel's word for it."""
    data, logbook = copied(tmp_path / "x.whl")
    stretch = next(each for each in logbook.stretches if each.verbatim)
    first = stretch.verbatim[0]
    for wrong in (replace(first, at=first.at + 1), replace(first, size=first.size + 1)):
        stretch.verbatim[0] = wrong
        with pytest.raises(InputError):
            read_back(data, "gz", logbook)


def test_a_member_of_other_bytes_that_inflate_to_the_same_is_refused(tmp_path: Path) -> None:
    """What was not verified is not believed, even where it is right."""
    data, logbook = copied(tmp_path / "x.whl")
    (start, end), *_ = vouched(logbook)
    content = gzip.decompress(data[start:end])
    stored = zlib.compressobj(0, zlib.DEFLATED, -15)
    member = data[start : start + 10] + stored.compress(content) + stored.flush()
    member += struct.pack("<LL", zlib.crc32(content), len(content))
    if len(member) != end - start:
        with pytest.raises(InputError):
            read_back(data[:start] + member + data[end:], "gz", logbook)
