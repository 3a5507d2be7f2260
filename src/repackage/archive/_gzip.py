"""gzip (RFC 1952): members, and one member of independently deflated segments."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

#: No name, no date, unknown system: nothing of this machine (RFC 1952, section 2.3).
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
#: An empty final block with fixed codes (RFC 1951, section 3.2.6).
_LAST_BLOCK = b"\x03\0"


class GzipMember:
    """One member; each block ends on a byte boundary and needs nothing of those before."""

    block_size = 1 << 20

    def __init__(self, level: int) -> None:
        self._level = level
        self._crc = 0
        self._size = 0

    def start(self) -> bytes:
        """Return the member's header."""
        return _HEADER

    def compress(self, block: bytearray) -> Iterator[bytes]:
        """Deflate a block and flush it, so that another may follow."""
        deflater = zlib.compressobj(self._level, zlib.DEFLATED, -zlib.MAX_WBITS)
        yield deflater.compress(block)
        yield deflater.flush(zlib.Z_FULL_FLUSH)

    def append(self, block: bytearray, compressed: bytes) -> bytes:
        """Add a block to the member's checksum."""
        self._crc = zlib.crc32(block, self._crc)
        self._size += len(block)
        return compressed

    def finish(self) -> bytes:
        """Return the final block and the trailer."""
        return _LAST_BLOCK + _trailer(self._crc, self._size)


class GzipMembers:
    """A member for each block, as every reader takes them one after the other (section 2.2)."""

    block_size = 4 << 20

    def __init__(self, level: int) -> None:
        self._level = level
        self._empty = True

    def start(self) -> bytes:
        """Return nothing: each member has a header of its own."""
        return b""

    def compress(self, block: bytearray) -> Iterator[bytes]:
        """Compress a block into a whole member."""
        yield _HEADER
        deflater = zlib.compressobj(self._level, zlib.DEFLATED, -zlib.MAX_WBITS)
        yield deflater.compress(block)
        yield deflater.flush()
        yield _trailer(zlib.crc32(block), len(block))

    def append(self, block: bytearray, compressed: bytes) -> bytes:  # noqa: ARG002 - the protocol's
        """Take a member as it is."""
        self._empty = False
        return compressed

    def adopt(self, final: bytes) -> None:  # noqa: ARG002 - the protocol's
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
        return b"".join(self.compress(bytearray())) if self._empty else b""


def _trailer(crc32: int, size: int) -> bytes:
    return struct.pack("<LL", crc32, size & 0xFFFFFFFF)
