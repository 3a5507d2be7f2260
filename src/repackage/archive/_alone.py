"""A stretch of a compressed stream, decompressed as if there were nothing else in the stream.

What is understood alone needs nothing of what comes before it, and ends where it should. So
it can be copied into any other stream.
"""

from __future__ import annotations

import lzma
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from repackage.archive._ahead import ahead, stream_of
from repackage.archive._codec import damage_told, decompressor
from repackage.archive._zstd import zstd
from repackage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.archive._codec import Codec

#: What is decompressed at once: little enough to stay in a processor's cache.
_CHUNK: Final = 1 << 18
_FRAME_HEADER: Final = 6
_DISTANCES: Final = (61, 47, 89)
_MATCHES: Final = 300


class _Decompressor(Protocol):
    """What lzma and zstd call a decompressor, of one stream."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What stands around the blocks of a stream: nothing where each block is a stream of its own."""

    codec: Codec
    head: bytes = b""
    end: bytes = b""


@contextmanager
def alone(chunks: Iterator[bytes], frame: Frame) -> Iterator[BinaryIO]:
    """Decompress blocks in a thread, between the head and the end of their stream.

    Raises:
        InputError: Here, or when it is read: they need something else, or do not end.
    """
    plain = _one_stream(chunks, frame) if frame.head else _streams(chunks, frame)
    with damage_told(frame.codec), ahead(plain) as data:
        yield stream_of(data)


def _streams(chunks: Iterator[bytes], frame: Frame) -> Iterator[bytes]:
    with decompressor(stream_of(chunks), frame.codec) as plain:
        while data := plain.read(_CHUNK):
            yield data


def _one_stream(chunks: Iterator[bytes], frame: Frame) -> Iterator[bytes]:
    unlike = before() if frame.codec == "zst" else b""
    plain = _joined(frame.head + unlike, chunks, frame)
    if unlike:
        found = b""
        expected = unlike_a_start()
        while len(found) < len(expected):
            found += next(plain, b"") or _unended(frame)
        if not found.startswith(expected):
            raise _damaged(frame)
        if rest := found[len(expected) :]:
            yield rest
    yield from plain


def _joined(head: bytes, chunks: Iterator[bytes], frame: Frame) -> Iterator[bytes]:
    """Decompress one stream, which ends with the last byte and not before."""
    decompressor = _decompressor(frame)
    yield from _decompressed(decompressor, head)
    for chunk in chunks:
        yield from _decompressed(decompressor, chunk)
        if decompressor.eof:
            raise _damaged(frame)
    yield from _decompressed(decompressor, frame.end)
    if not decompressor.eof or decompressor.unused_data:
        raise _damaged(frame)


def _decompressed(decompressor: _Decompressor, data: bytes) -> Iterator[bytes]:
    while data or not (decompressor.needs_input or decompressor.eof):
        if plain := decompressor.decompress(data, _CHUNK):
            yield plain
        data = b""


def _decompressor(frame: Frame) -> _Decompressor:
    if frame.codec == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ)
    found: _Decompressor = zstd.ZstdDecompressor()
    return found


@cache
def unlike_a_start() -> bytes:
    """Matches at distances that nobody expects at the beginning of a frame, and many of them.

    Those that are expected are 1, 4 and 8 (RFC 8878, section 3.1.2.5): a block that relies on
    any becomes something else behind these. So does one that repeats the tables of the block
    before it (3.1.1.3.2.1): so many matches have tables of their own.
    """
    data = bytearray(bytes(range(256)) * 2)
    for number in range(_MATCHES):
        data += bytes((number * 37 + byte * 11 + 1) % 251 for byte in range(3))
        start = len(data) - _DISTANCES[number * number % 7 % 3]
        data += data[start : start + 9]
    return bytes(data)


@cache
def before() -> bytes:
    """Compress what leaves its mark on all that a decoder remembers, into a block."""
    compressor = zstd.ZstdCompressor(level=1)
    data = compressor.compress(unlike_a_start(), compressor.FLUSH_BLOCK)
    return data[_FRAME_HEADER:]


def _unended(frame: Frame) -> bytes:
    raise _damaged(frame)


def _damaged(frame: Frame) -> InputError:
    return InputError.of(
        f"damaged {frame.codec} data: a part of it does not stand alone",
        advice="the file is truncated or altered",
    )
