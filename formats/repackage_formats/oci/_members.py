"""A gzip stream of members, some of which are data that wheels have compressed already.

Members follow one another and are read as one stream (RFC 1952, section 2.2). Deflated data of
a wheel need only a header before and a checksum behind them, both of which are known: so most
of a layer is copied. What is small, or not compressed, is gathered and compressed together.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from repackage.tree import File, Zipped

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from repackage.archive import Writable
    from repackage.tree import Entry

#: No name, no date, unknown system: nothing of this machine (section 2.3).
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
#: Below this many bytes, what a window of its own costs is more than compressing costs time.
_LEAST = 16 << 10
#: How much is gathered at most.
_MOST = 4 << 20


def worth_copying(entry: Entry) -> Zipped | None:
    """The compressed bytes of an entry, if they are taken over."""
    if not isinstance(entry, File) or not isinstance(entry.content, Zipped):
        return None
    content = entry.content
    return content if content.deflated and content.compressed_size >= _LEAST else None


class Members:
    """Writes members into a stream, which stays open."""

    def __init__(self, stream: Writable, level: int) -> None:
        self._stream = stream
        self._level = level
        self._gathered = bytearray()
        self._empty = True

    def write(self, data: Buffer, /) -> None:
        """Gather bytes to be compressed."""
        self._gathered += memoryview(data)
        while len(self._gathered) >= _MOST:
            self._compress(self._gathered[:_MOST])
            del self._gathered[:_MOST]

    def copy(self, deflated: Buffer, *, crc32: int, size: int) -> None:
        """Take over deflated data of a known checksum and size."""
        self._flush()
        self._member(deflated, crc32=crc32, size=size)

    def finish(self) -> None:
        """Write what is left; a stream has at least one member."""
        self._flush()
        if self._empty:
            self._compress(bytearray())

    def _flush(self) -> None:
        if self._gathered:
            self._compress(self._gathered)
            self._gathered = bytearray()

    def _compress(self, data: bytearray) -> None:
        deflater = zlib.compressobj(self._level, zlib.DEFLATED, -zlib.MAX_WBITS)
        deflated = deflater.compress(data) + deflater.flush()
        self._member(deflated, crc32=zlib.crc32(data), size=len(data))

    def _member(self, deflated: Buffer, *, crc32: int, size: int) -> None:
        self._empty = False
        self._stream.write(_HEADER)
        self._stream.write(deflated)
        self._stream.write(struct.pack("<LL", crc32, size & 0xFFFFFFFF))
