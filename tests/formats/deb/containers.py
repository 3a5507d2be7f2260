"""The containers of a deb, walked by hand: ar, xz and zstd as their specifications have them.

Decoders read on behind the first stream or frame, dpkg does not; so counting is our own.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_XZ_HEADER = 12
_XZ_FOOTER = 12


def ar_members(path: Path) -> dict[str, bytes]:
    """Read each member of an ar archive, in order (deb(5))."""
    data = path.read_bytes()
    assert data.startswith(b"!<arch>\n")
    position, found = 8, {}
    while position < len(data):
        header = data[position : position + 60]
        assert header.endswith(b"`\n")
        start, size = position + 60, int(header[48:58])
        found[header[:16].decode().rstrip()] = data[start : start + size]
        position = start + size + size % 2
    assert position == len(data)
    return found


def xz_blocks(data: bytes) -> list[int]:
    """Return the uncompressed size of each block of an xz file that is exactly one stream.

    https://tukaani.org/xz/xz-file-format.txt: the index at the end has the size of every
    block, so what is between the header and the index must be those and nothing else.
    """
    assert data.startswith(b"\xfd7zXZ\0")
    crc, backward, flags, magic = struct.unpack("<LL2s2s", data[-_XZ_FOOTER:])
    assert magic == b"YZ"
    assert flags == data[6:8]
    assert crc == zlib.crc32(data[-8:-2])
    index = data[-_XZ_FOOTER - (backward + 1) * 4 : -_XZ_FOOTER]
    assert index[0] == 0
    assert index[-4:] == struct.pack("<L", zlib.crc32(index[:-4]))
    count, position = _varint(index, 1)
    total, sizes = 0, []
    for _ in range(count):
        unpadded, position = _varint(index, position)
        size, position = _varint(index, position)
        total += -(-unpadded // 4) * 4
        sizes.append(size)
    assert not any(index[position:-4])
    assert _XZ_HEADER + total + len(index) + _XZ_FOOTER == len(data)
    return sizes


def zstd_blocks(data: bytes) -> int:
    """Count the blocks of a zstd file that is exactly one frame (RFC 8878, 3.1.1)."""
    assert data.startswith(b"\x28\xb5\x2f\xfd")
    descriptor = data[4]
    single = descriptor >> 5 & 1
    content_size = (single, 2, 4, 8)[descriptor >> 6]
    dictionary = (0, 1, 2, 4)[descriptor & 3]
    position = 5 + (1 - single) + dictionary + content_size
    blocks, last = 0, False
    while not last:
        header = int.from_bytes(data[position : position + 3], "little")
        last = bool(header & 1)
        run = (header >> 1 & 3) == 1  # one byte, repeated
        position += 3 + (1 if run else header >> 3)
        blocks += 1
    assert position + 4 * (descriptor >> 2 & 1) == len(data)
    return blocks


def _varint(data: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, position
