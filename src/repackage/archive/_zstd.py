"""Zstandard (RFC 8878): ONE frame, written by libzstd's own threads.

dpkg stops after the first frame of a file and installs the rest *not at all, silently*.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Buffer, Self

    from repackage.archive._stream import Writable

__all__ = ["ZstdFrame", "zstd"]

JOB_SIZE = 8 << 20
#: 8 MiB: what the levels up to 19 use, and far below what readers allow (27).
WINDOW_LOG = 23


class ZstdFrame:
    """One frame; libzstd cuts its jobs by size, however many threads take them."""

    def __init__(self, stream: Writable, *, level: int, jobs: int) -> None:
        self._stream = stream
        self._buffer = bytearray()
        parameter = zstd.CompressionParameter
        # No worker at all is another encoder, with other bytes; where libzstd was built
        # without threads there is only that one.
        workers = min(max(1, jobs), parameter.nb_workers.bounds()[1])
        options: dict[int, int] = {
            parameter.compression_level: level,
            parameter.window_log: WINDOW_LOG,
            parameter.checksum_flag: 1,
            parameter.nb_workers: workers,
        }
        if workers:
            options[parameter.job_size] = JOB_SIZE
        self._compressor = zstd.ZstdCompressor(options=options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._stream.write(self._compressor.compress(self._buffer))
            self._stream.write(self._compressor.flush(self._compressor.FLUSH_FRAME))

    def write(self, data: Buffer, /) -> int:
        """Take bytes, and hand them on in steps that do not depend on the caller's."""
        view = memoryview(data)
        position = 0
        while position < len(view):
            room = (1 << 20) - len(self._buffer)
            self._buffer += view[position : position + room]
            position += room
            if len(self._buffer) == 1 << 20:
                self._stream.write(self._compressor.compress(self._buffer))
                self._buffer.clear()
        return len(view)
