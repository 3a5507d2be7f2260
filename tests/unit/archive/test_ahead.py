"""Reading ahead: what decompresses and what digests are at work at the same time."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repackage.archive import reading_ahead
from repackage.archive._ahead import Gap, ahead, stream_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer


class Failing(io.RawIOBase):
    """A stream that breaks off."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        size = self._data.readinto(buffer)
        if not size:
            raise OSError("the cable was pulled")
        return size


def threads() -> int:
    return threading.active_count()


@given(
    data=st.binary(max_size=100).map(lambda data: data * 20_000),
    sizes=st.lists(st.integers(1, 700_000), max_size=8),
)
@settings(deadline=None, max_examples=25)
def test_what_is_read_is_what_is_there(data: bytes, sizes: list[int]) -> None:
    with reading_ahead(io.BytesIO(data)) as stream:
        parts = [stream.read(size) for size in sizes]
        parts.append(stream.read())
        assert stream.read(1) == b""

    assert b"".join(parts) == data


@given(
    chunks=st.lists(st.binary(min_size=1, max_size=9) | st.builds(Gap, st.integers(1, 9))),
    steps=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12))),
)
def test_gaps_are_zeros_and_whatever_is_passed_over_is_counted(
    chunks: list[bytes | Gap], steps: list[tuple[int, int]]
) -> None:
    plain = io.BytesIO(b"".join(c if isinstance(c, bytes) else bytes(c.size) for c in chunks))
    end = len(plain.getvalue())
    with ahead(chunks) as taken:
        stream = stream_of(taken)
        for passed, size in steps:
            there = min(plain.tell() + passed, end)
            assert stream.seek(passed, io.SEEK_CUR) == there
            plain.seek(there)
            assert stream.read(size) == plain.read(size)
        assert stream.read() == plain.read()


def test_a_gap_that_is_passed_over_costs_no_memory() -> None:
    chunks: list[bytes | Gap] = [b"before", Gap(1 << 60), b"behind"]
    stream = stream_of(iter(chunks))

    assert stream.read(6) == b"before"
    assert stream.seek(1 << 60, io.SEEK_CUR) == 6 + (1 << 60)
    assert stream.read() == b"behind"


@pytest.mark.parametrize(("offset", "whence"), [(-1, io.SEEK_CUR), (0, io.SEEK_END)])
def test_nothing_is_read_twice(offset: int, whence: int) -> None:
    chunks = (b"x" * 300_000, b"y" * 300_000)
    with ahead(chunks) as taken:
        stream = stream_of(taken)
        stream.read(300_001)

        with pytest.raises(io.UnsupportedOperation, match="forwards only"):
            stream.seek(offset - 300_001 if offset else 0, whence)


def test_an_error_is_raised_where_it_would_have_been_read() -> None:
    before = threads()
    with reading_ahead(io.BufferedReader(Failing(b"x" * 600_000))) as stream:
        assert stream.read(500_000) == b"x" * 500_000
        with pytest.raises(OSError, match="the cable was pulled"):
            stream.read()

    assert threads() == before


def test_whoever_has_read_enough_leaves_no_thread_behind() -> None:
    before = threads()
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield b"more"

    with ahead(endless()) as chunks:
        assert next(chunks) == b"more"

    assert threads() == before
    assert len(read) < 20, "no more was read than may wait"


def test_an_error_of_the_reader_ends_the_thread_too() -> None:
    before = threads()

    def failing() -> None:
        with reading_ahead(io.BytesIO(bytes(10 << 20))) as stream:
            stream.read(1)
            raise ValueError("no such header")

    with pytest.raises(ValueError, match="no such header"):
        failing()

    assert threads() == before
