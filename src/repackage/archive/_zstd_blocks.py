"""Zstandard as blocks which know nothing of each other: ONE frame of them, or a frame each.

One frame is what dpkg needs, which stops after the first one. libzstd's multi-threaded
encoder cuts a frame into jobs; with the least overlap, and without a checksum, a job that
is not the first refers to nothing before it: neither to its bytes, nor to its tables, nor to
its offsets. So each block is made as the second job of a frame whose first is thrown away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.archive._zstd import JOB_SIZE, WINDOW_LOG, zstd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

#: A raw block of no bytes, the last one of its frame (RFC 8878, section 3.1.1.2).
_LAST_BLOCK = b"\1\0\0"
#: Magic number, descriptor and window: what a frame without content size begins with.
_HEADER_SIZE = 6
_DUMMY = bytes(512)


def has_jobs() -> bool:
    """Whether libzstd was built with threads, without which it has no jobs."""
    return zstd.CompressionParameter.nb_workers.bounds()[1] > 0


class ZstdJobs:
    """One frame; it has no checksum, since nobody reads all of it to write it."""

    block_size = JOB_SIZE

    def __init__(self, level: int) -> None:
        self._level = level

    def start(self) -> bytes:
        """Return the frame's header."""
        compressor = self._compressor()
        return compressor.compress(_DUMMY, compressor.FLUSH_BLOCK)[:_HEADER_SIZE]

    def compress(self, block: Buffer) -> Iterator[bytes]:
        """Compress a block that may stand anywhere in a frame."""
        compressor = self._compressor()
        compressor.compress(_DUMMY, compressor.FLUSH_BLOCK)
        yield compressor.compress(block, compressor.FLUSH_BLOCK)

    def append(self, _size: int, compressed: bytes, /) -> bytes:
        """Take a block as it is."""
        return compressed

    def adopt(self, final: bytes) -> None:
        """Take a block as it is."""

    def finish(self) -> bytes:
        """Return the last block."""
        return _LAST_BLOCK

    def _compressor(self) -> zstd.ZstdCompressor:
        parameter = zstd.CompressionParameter
        return zstd.ZstdCompressor(
            options={
                parameter.compression_level: self._level,
                parameter.window_log: WINDOW_LOG,
                parameter.checksum_flag: 0,
                parameter.content_size_flag: 0,
                parameter.nb_workers: 1,
                parameter.job_size: JOB_SIZE,
                parameter.overlap_log: 1,
            }
        )


class ZstdFrames:
    """A frame for each block, with a checksum; for readers that go on after the first."""

    block_size = JOB_SIZE

    def __init__(self, level: int) -> None:
        self._level = level
        self._empty = True

    def start(self) -> bytes:
        """Return nothing: each frame has a header of its own."""
        return b""

    def compress(self, block: Buffer) -> Iterator[bytes]:
        """Compress a block into a whole frame."""
        parameter = zstd.CompressionParameter
        options: dict[int, int] = {
            parameter.compression_level: self._level,
            parameter.checksum_flag: 1,
        }
        yield zstd.compress(block, options=options)

    def append(self, _size: int, compressed: bytes, /) -> bytes:
        """Take a frame as it is."""
        self._empty = False
        return compressed

    def adopt(self, _final: bytes, /) -> None:
        """Take a frame as it is."""
        self._empty = False

    def finish(self) -> bytes:
        """Return an empty frame if there was none."""
        return b"".join(self.compress(b"")) if self._empty else b""
