"""gzip as ``gzip -9n`` writes it: no name, no date; policy 4.4 and 12.1 want it so."""

from __future__ import annotations

import struct
import zlib

from deflate import deflate_compress

#: RFC 1952: no flags, no date, "maximum compression" (lintian looks for it), Unix.
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03"


def gzipped(data: bytes) -> bytes:
    """Compress a small text; ``gzip.compress`` differs between versions of Python."""
    body = bytes(deflate_compress(data, 9))
    return _HEADER + body + struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)
