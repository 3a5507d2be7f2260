"""gzip (RFC 1952): a member for each block.

libdeflate makes them: the same bytes with every Python, whichever zlib that has.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import deflate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

#: No name, no date, unknown system: nothing of this machine (RFC 1952, section 2.3).
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


class GzipMembers:
    """A member for each block, as every reader takes them one after the other (section 2.2)."""

    block_size = 4 << 20

    def __init__(self, level: int) -> None:
        self._level = level
        self._empty = True

    def start(self) -> bytes:
        """Return nothing: each member has a header of its own."""
        return b""

    def compress(self, block: Buffer) -> Iterator[bytes]:
        """Compress a block into a whole member."""
        yield _HEADER
        yield bytes(deflate.deflate_compress(block, self._level))
        yield _trailer(deflate.crc32(block), memoryview(block).nbytes)

    def append(self, _size: int, compressed: bytes, /) -> bytes:
        """Take a member as it is."""
        self._empty = False
        return compressed

    def adopt(self, _final: bytes, /) -> None:
        """Take a member as it is."""
        self._empty = False

    def frame(self, deflated: Buffer, *, crc32: int, size: int) -> Iterator[Buffer]:
        """Put what is known of deflated data around them: a whole member, in parts."""
        self._empty = False
        yield _HEADER
        yield deflated
        yield _trailer(crc32, size)

    def finish(self) -> bytes:
        """Return an empty member if there was none."""
        return b"".join(self.compress(b"")) if self._empty else b""


def _trailer(crc32: int, size: int) -> bytes:
    return struct.pack("<LL", crc32, size & 0xFFFFFFFF)
