"""xz: ONE stream of independent blocks, as ``xz -T`` writes it.

dpkg reads the first stream of a file only and installs the rest *not at all, silently*;
so blocks must never become streams of their own. The layout is that of
https://tukaani.org/xz/xz-file-format.txt.
"""

from __future__ import annotations

import lzma
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import Buffer

_FLAGS = b"\0\x04"  # CRC64, as dpkg-deb chooses
_CHECK_SIZE = 8
_HEADER_SIZE = 12
_FOOTER_SIZE = 12
_SIZES_PRESENT = 0xC0
#: Dictionary of each level, in bytes: that of the preset (xz(1), "-0 ... -9"), but 5 MiB
#: for 5 and 6, the default, with whose 8 two threads would take 360 MiB. It costs 0.9 % in size.
_DICTIONARIES = (1 << 18, 1 << 20, *(n << 20 for n in (2, 4, 4, 5, 5, 16, 32, 64)))
#: Memory that all encoders together may take; fewer threads never mean other bytes.
_MEMORY = 1 << 30
#: Bytes that are encoded at a time: a fraction of a second, whatever the level.
_STEP = 1 << 18


def xz_workers(level: int, jobs: int) -> int:
    """Threads that fit into the memory budget: an encoder takes 12 times its dictionary."""
    needed = 12 * _DICTIONARIES[level] + 2 * XzStream(level).block_size
    return max(1, min(jobs, _MEMORY // needed))


class XzStream:
    """One stream; blocks are cut as ``xz -T`` cuts them, at three dictionaries."""

    def __init__(self, level: int) -> None:
        self.block_size = max(3 * _DICTIONARIES[level], 1 << 20)
        dictionary = _DICTIONARIES[level]
        self._filter = {"id": lzma.FILTER_LZMA2, "preset": level, "dict_size": dictionary}
        self._records: list[tuple[int, int]] = []

    def start(self) -> bytes:
        """Return the stream header."""
        return b"\xfd7zXZ\0" + _FLAGS + _crc(_FLAGS)

    def compress(self, block: Buffer) -> Iterator[bytes]:
        """Compress into a complete stream of one block; the steps do not change its bytes."""
        encoder = lzma.LZMACompressor(check=lzma.CHECK_CRC64, filters=[self._filter])
        view = memoryview(block)
        for start in range(0, len(view), _STEP):
            yield encoder.compress(view[start : start + _STEP])
        yield encoder.flush()

    def append(self, size: int, compressed: bytes, /) -> bytes:
        """Take the block out of its stream; tell its sizes to decoders that use threads."""
        (backward,) = struct.unpack_from("<L", compressed, len(compressed) - 8)
        index_size = (backward + 1) * 4
        body = memoryview(compressed)[_HEADER_SIZE : -_FOOTER_SIZE - index_size]
        old_header = (body[0] + 1) * 4
        # index: indicator, number of records (1), unpadded size, uncompressed size
        index = compressed[len(compressed) - _FOOTER_SIZE - index_size :]
        unpadded, _ = _from_varint(index, 2)
        data_size = unpadded - old_header - _CHECK_SIZE
        header = _block_header(bytes(body[2:5]), data_size, size)
        self._records.append((len(header) + data_size + _CHECK_SIZE, size))
        return header + body[old_header:]

    def adopt(self, final: bytes, /) -> None:
        """Read the sizes of a block from its header, where :meth:`append` put them."""
        header_size = (final[0] + 1) * 4
        compressed, position = _from_varint(final, 2)
        uncompressed, _ = _from_varint(final, position)
        self._records.append((header_size + compressed + _CHECK_SIZE, uncompressed))

    def finish(self) -> bytes:
        """Return the index of all blocks and the stream footer."""
        return xz_end(self._records)


def xz_end(records: Iterable[tuple[int, int]]) -> bytes:
    """Return what follows blocks of these sizes, unpadded and uncompressed."""
    listed = list(records)
    index = b"\0" + _varint(len(listed))
    index += b"".join(_varint(size) for record in listed for size in record)
    index += bytes(-len(index) % 4)
    index += _crc(index)
    backward = struct.pack("<L", len(index) // 4 - 1) + _FLAGS
    return index + _crc(backward) + backward + b"YZ"


def _block_header(lzma2: bytes, compressed: int, uncompressed: int) -> bytes:
    fields = bytes([_SIZES_PRESENT]) + _varint(compressed) + _varint(uncompressed) + lzma2
    fields += bytes(-(len(fields) + 1) % 4)
    header = bytes([(len(fields) + 1) // 4]) + fields
    return header + _crc(header)


def _crc(data: bytes) -> bytes:
    return struct.pack("<L", zlib.crc32(data))


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number >= 0x80:  # noqa: PLR2004 - seven bits a byte
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _from_varint(data: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[position]
        number |= (byte & 0x7F) << shift
        position += 1
        shift += 7
        if not byte & 0x80:
            return number, position
