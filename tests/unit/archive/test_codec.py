from __future__ import annotations

import gzip
import io
import lzma
import random
import shutil
import subprocess
import threading
import time
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repackage.archive import (
    CODECS,
    LEVELS,
    Codec,
    codec_versions,
    compressor,
    decompressor,
    detect_codec,
)
from repackage.archive._gzip import GzipMembers
from repackage.archive._stream import BlockWriter
from repackage.archive._xz import XzStream, xz_workers
from repackage.errors import ConfigError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typing_extensions import Buffer

PROGRAMS = {"gz": "gzip", "xz": "xz", "zst": "zstd"}


def payload(size: int) -> bytes:
    """Half compressible bytes, the same ones each time."""
    words = [random.Random(4711).randbytes(50) + bytes(50) for _ in range(1)]
    generator = random.Random(42)
    words += [generator.randbytes(generator.randrange(4, 40)) for _ in range(500)]
    parts = generator.choices(words, k=size // 8)
    return b"".join(parts)[:size]


BIG = payload(3_500_000)


def compressed(
    data: bytes, codec: Codec, *, level: int | None = None, jobs: int = 1, step: int = 1 << 16
) -> bytes:
    stream = io.BytesIO()
    with compressor(stream, codec, level=level, jobs=jobs) as sink:
        for start in range(0, len(data), step):
            sink.write(data[start : start + step])
    return stream.getvalue()


def decompressed(data: bytes, codec: Codec) -> bytes:
    with decompressor(io.BytesIO(data), codec) as stream:
        return stream.read()


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("size", [0, 1, 511, 1 << 20, (1 << 20) + 1])
def test_what_is_compressed_can_be_read_back(codec: Codec, size: int) -> None:
    data = payload(size)

    assert decompressed(compressed(data, codec), codec) == data


@pytest.mark.parametrize("codec", CODECS)
@given(parts=st.lists(st.binary(max_size=3000), max_size=8))
@settings(deadline=None, max_examples=25)
def test_any_bytes_in_any_division_can_be_read_back(codec: Codec, parts: list[bytes]) -> None:
    stream = io.BytesIO()
    with compressor(stream, codec, level=None if codec == "none" else 1) as sink:
        for part in parts:
            sink.write(part)

    assert decompressed(stream.getvalue(), codec) == b"".join(parts)


@pytest.mark.parametrize("codec", ["gz", "xz", "zst"])
def test_bytes_do_not_depend_on_threads_nor_on_the_size_of_writes(codec: Codec) -> None:
    level = 0 if codec == "xz" else None
    one = compressed(BIG, codec, level=level)

    assert compressed(BIG, codec, level=level, jobs=2, step=999_999) == one
    assert compressed(BIG, codec, level=level, jobs=4, step=1 << 22) == one
    assert decompressed(one, codec) == BIG


def test_zstd_jobs_of_a_big_payload_do_not_depend_on_threads() -> None:
    data = BIG * 6

    assert compressed(data, "zst", jobs=1) == compressed(data, "zst", jobs=4)


@pytest.mark.parametrize("codec", ["gz", "xz", "zst"])
def test_the_codec_is_known_by_its_first_bytes(codec: Codec) -> None:
    stream = io.BytesIO(compressed(b"data", codec))

    assert detect_codec(stream) == codec
    assert stream.tell() == 0


def test_what_no_codec_claims_is_uncompressed() -> None:
    assert detect_codec(io.BytesIO(b"")) == "none"
    assert detect_codec(io.BytesIO(b"plain text")) == "none"


def test_xz_is_one_stream_of_several_blocks() -> None:
    data = compressed(BIG, "xz", level=0)
    reader = lzma.LZMADecompressor(lzma.FORMAT_XZ)

    assert reader.decompress(data) == BIG
    assert reader.eof
    assert not reader.unused_data
    assert data.count(b"\xfd7zXZ\0") == 1


def test_gzip_is_members_without_name_or_date() -> None:
    data = compressed(BIG * 2, "gz")

    assert gzip.decompress(data) == BIG * 2
    assert data[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    assert data.count(data[:10]) == 2


def test_gzip_counts_bytes_modulo_4_gib() -> None:
    member = b"".join(GzipMembers(6).frame(b"", crc32=0, size=(1 << 32) + 5))

    assert member[-4:] == b"\x05\0\0\0"


@pytest.mark.native("xz")
def test_xz_lists_the_blocks_with_their_sizes(tmp_path: Path) -> None:
    path = tmp_path / "data.xz"
    path.write_bytes(compressed(BIG, "xz", level=0))
    listed = subprocess.run(
        ["xz", "--robot", "--list", "--verbose", "--verbose", path],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    blocks = [line.split("\t") for line in listed.splitlines() if line.startswith("block")]

    assert sum(line.startswith("stream") for line in listed.splitlines()) == 1
    assert [int(block[7]) for block in blocks] == [1 << 20, 1 << 20, 1 << 20, 354272]
    assert all("cu" in block for block in blocks), "decoders need both sizes for threads"


@pytest.mark.native("gzip", "xz", "zstd")
@pytest.mark.parametrize("codec", ["gz", "xz", "zst"])
def test_the_codecs_own_program_reads_it(codec: Codec, tmp_path: Path) -> None:
    path = tmp_path / f"data.{codec}"
    path.write_bytes(compressed(BIG, codec, level=1))
    program = shutil.which(PROGRAMS[codec])
    assert program is not None
    subprocess.run([program, "-t", "-q", path], check=True)
    unpacked = subprocess.run(
        [program, "-d", "-q", "-c", path], check=True, capture_output=True
    ).stdout

    assert unpacked == BIG


@pytest.mark.parametrize("codec", ["gz", "xz", "zst"])
def test_truncated_data_are_refused(codec: Codec) -> None:
    data = compressed(BIG, codec, level=1)

    with pytest.raises(InputError, match=f"damaged {codec} data"):
        decompressed(data[: len(data) // 2], codec)


@pytest.mark.parametrize("codec", ["gz", "xz", "zst"])
def test_altered_data_are_refused(codec: Codec) -> None:
    data = bytearray(compressed(BIG, codec, level=1))
    data[len(data) // 2] ^= 0xFF

    with pytest.raises(InputError, match=f"damaged {codec} data"):
        decompressed(bytes(data), codec)


@pytest.mark.parametrize("codec", ["gz", "xz", "zst"])
def test_every_level_of_a_codec_works(codec: Codec) -> None:
    for level in LEVELS[codec]:
        assert decompressed(compressed(b"data" * 99, codec, level=level), codec) == b"data" * 99


@pytest.mark.parametrize(("codec", "level"), [("gz", 0), ("xz", 10), ("zst", 20), ("none", 1)])
def test_a_level_that_a_codec_does_not_have_is_refused(codec: str, level: int) -> None:
    with pytest.raises(ConfigError, match=f"'{codec}' has no level {level}"):
        compressed(b"", cast("Codec", codec), level=level)


@pytest.mark.parametrize("jobs", [1, 3])
def test_an_error_leaves_out_the_last_member_of_gzip(jobs: int) -> None:
    stream = io.BytesIO()

    def fail() -> None:
        with compressor(stream, "gz", level=1, jobs=jobs) as sink:
            sink.write(BIG * 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert len(decompressed(stream.getvalue(), "gz")) in {0, 4 << 20}


@pytest.mark.parametrize("codec", ["xz", "zst"])
@pytest.mark.parametrize("jobs", [1, 3])
def test_an_error_leaves_the_stream_unfinished(codec: Codec, jobs: int) -> None:
    stream = io.BytesIO()

    def fail() -> None:
        with compressor(stream, codec, level=1, jobs=jobs) as sink:
            sink.write(BIG)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with pytest.raises(InputError):
        decompressed(stream.getvalue(), codec)


class Full(io.BytesIO):
    """A disk with room for a header and nothing more."""

    def write(self, data: Buffer, /) -> int:
        if len(memoryview(data)) > 100:
            raise OSError(28, "no space left on device")
        return super().write(data)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("jobs", [1, 3])
def test_an_error_of_the_disk_comes_through_the_threads(codec: Codec, jobs: int) -> None:
    level = None if codec == "none" else 1

    with (
        pytest.raises(OSError, match="no space left"),
        compressor(Full(), codec, level=level, jobs=jobs) as sink,
    ):
        sink.write(BIG)


class Endless:
    """A format whose blocks take ten seconds, in steps of ten milliseconds."""

    block_size = 1

    def __init__(self) -> None:
        self.steps = 0
        self.begun = threading.Event()

    def start(self) -> bytes:
        return b""

    def compress(self, block: Buffer) -> Iterator[bytes]:
        for _ in range(1000):
            self.steps += 1
            self.begun.set()
            time.sleep(0.01)
            yield bytes(memoryview(block))

    def append(self, size: int, compressed: bytes, /) -> bytes:
        raise AssertionError(f"never complete: {size} bytes, {compressed!r}")

    def finish(self) -> bytes:
        raise AssertionError("never complete")


def test_an_interrupt_waits_for_a_step_of_a_block_and_not_for_the_block() -> None:
    endless = Endless()

    def interrupt() -> None:
        with BlockWriter(io.BytesIO(), endless, workers=2) as blocks:
            blocks.write(b"x")
            endless.begun.wait()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()

    assert endless.steps < 100


class Uneven:
    """A format whose first block takes until the last one is done."""

    block_size = 1

    def __init__(self) -> None:
        self.done = threading.Event()
        self.sizes: list[int] = []

    def start(self) -> bytes:
        return b"<"

    def compress(self, block: Buffer) -> Iterator[bytes]:
        data = bytes(memoryview(block))
        if data == b"1":
            assert self.done.wait(30), "a thread waits for its turn, not for work"
        if data == b"5":
            self.done.set()
        yield data

    def append(self, size: int, compressed: bytes, /) -> bytes:
        self.sizes.append(size)
        return compressed

    def finish(self) -> bytes:
        return b">"


def test_a_slow_block_keeps_no_other_thread_from_work_and_still_comes_first() -> None:
    stream, uneven = io.BytesIO(), Uneven()
    with BlockWriter(stream, uneven, workers=2) as blocks:
        blocks.write(b"12345")

    assert stream.getvalue() == b"<12345>"
    assert uneven.sizes == [1] * 5


class Large:
    """A format of large blocks, which remembers in which memory they were."""

    block_size = (8 << 20) + 1

    def __init__(self) -> None:
        self.memories: list[object] = []

    def start(self) -> bytes:
        return b""

    def compress(self, block: Buffer) -> Iterator[bytes]:
        view = memoryview(block)
        if not any(view.obj is memory for memory in self.memories):
            self.memories.append(view.obj)
        yield bytes(view[:1])

    def append(self, size: int, compressed: bytes, /) -> bytes:
        assert size in {1, self.block_size}
        return compressed

    def finish(self) -> bytes:
        return b""


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_no_large_block_is_filled_before_a_thread_has_time_for_it(workers: int) -> None:
    stream, large = io.BytesIO(), Large()
    with BlockWriter(stream, large, workers=workers) as blocks:
        for number in range(7):
            blocks.write(b"%d" % number + bytes(Large.block_size - 1))
        blocks.write(b"7")

    assert stream.getvalue() == b"01234567"
    assert len(large.memories) <= workers


@pytest.mark.parametrize("level", [0, 3, 7])
def test_the_steps_of_xz_do_not_change_its_bytes(level: int) -> None:
    block = bytearray(BIG[:900_000])

    steps = list(XzStream(level).compress(block))

    assert len(steps) == 5
    assert b"".join(steps) == lzma.compress(block, check=lzma.CHECK_CRC64, preset=level)


def test_memory_limits_the_threads_of_xz() -> None:
    assert xz_workers(6, 1) == 1
    assert xz_workers(6, 64) == 11
    assert xz_workers(9, 64) == 1


def test_blocks_are_cut_at_three_dictionaries_as_by_the_xz_program() -> None:
    assert [XzStream(level).block_size >> 20 for level in (0, 1, 7, 9)] == [1, 3, 48, 192]


@pytest.mark.parametrize("level", [5, 6])
def test_an_encoder_of_the_default_level_takes_less_than_a_preset_s_dictionary(
    level: int,
) -> None:
    encoded = b"".join(XzStream(level).compress(b"x" * 1000))

    assert XzStream(level).block_size == 15 << 20
    assert encoded[16] == 21  # 6 MiB, which 5 are rounded up to: section 5.3.1 of the format


def test_the_versions_of_the_codecs_are_told() -> None:
    assert set(codec_versions()) == {"deflate", "lzma", "zstd"}
    assert all(codec_versions().values())
