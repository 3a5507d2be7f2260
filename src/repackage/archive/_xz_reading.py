"""What an xz stream says of its own blocks, read as the format is described, and not as we write it.

liblzma holds the index against the blocks that it has decoded, and here not all of them are.
The layout is that of https://tukaani.org/xz/xz-file-format.txt.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from repackage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC: Final = b"\xfd7zXZ\0"
_FOOTER: Final = 12
#: Bytes of a checksum, by the number of its kind (section 2.1.1.2).
_CHECK_SIZES: Final = (0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64)
#: Both sizes stand in a block's header, and it has one filter (section 3.1.2).
_BOTH_SIZES: Final = 0xC0
#: Nine bytes hold 63 bits (section 1.2).
_LONGEST_NUMBER: Final = 9
_LONGEST_HEADER: Final = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A block, as the index has it."""

    unpadded: int
    uncompressed: int

    @property
    def size(self) -> int:
        """Bytes that the block takes in the stream."""
        return self.unpadded + -self.unpadded % 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """What stands behind the last block of a stream."""

    size: int
    """Bytes of it, the footer included."""
    records: tuple[Record, ...]


def read_index(stream: BinaryIO, *, start: int, size: int) -> Index:
    """Read header, index and footer of a stream, and hold each block's own header against them.

    Raises:
        InputError: They contradict each other, or what lies there.
    """
    stream.seek(start)
    header = stream.read(12)
    stream.seek(start + size - _FOOTER)
    footer = stream.read(_FOOTER)
    sound = header[:6] == _MAGIC and footer[10:] == b"YZ" and header[6:8] == footer[8:10]
    if not sound or header[8:] != _crc(header[6:8]) or footer[:4] != _crc(footer[4:10]):
        raise _damaged("its header or footer is not one")
    (backward,) = struct.unpack("<L", footer[4:8])
    length = (backward + 1) * 4
    if length + len(header) + _FOOTER > size:
        raise _damaged("its index is longer than itself")
    stream.seek(start + size - _FOOTER - length)
    records = tuple(_records(stream.read(length)))
    if len(header) + sum(each.size for each in records) + length + _FOOTER != size:
        raise _damaged("its index does not tell how long it is")
    check_size = _CHECK_SIZES[header[7] & 0x0F]
    position = start + len(header)
    for record in records:
        stream.seek(position)
        _check_block(stream.read(_LONGEST_HEADER), record, check_size=check_size)
        position += record.size
    return Index(size=length + _FOOTER, records=records)


def _records(index: bytes) -> Iterator[Record]:
    """Read what an index says (section 4)."""
    if index[:1] != b"\0" or index[-4:] != _crc(index[:-4]):
        raise _damaged("its index is not one")
    number, position = _number(index, 1)
    for _ in range(number):
        unpadded, position = _number(index, position)
        uncompressed, position = _number(index, position)
        yield Record(unpadded=unpadded, uncompressed=uncompressed)
    padding = index[position:-4]
    if len(padding) != -position % 4 or padding.strip(b"\0"):
        raise _damaged("its index does not end where it should")


def _check_block(data: bytes, record: Record, *, check_size: int) -> None:
    """Hold the header of a block against its record (section 3.1)."""
    length = (data[0] + 1) * 4 if data else 0
    header = data[:length]
    if len(header) < 8 or header[0] == 0 or header[-4:] != _crc(header[:-4]):  # noqa: PLR2004 - the shortest one
        raise _damaged("a block does not begin as one")
    if header[1] != _BOTH_SIZES:
        raise _damaged("a block does not tell its sizes")
    compressed, position = _number(header, 2)
    uncompressed, _ = _number(header, position)
    if (length + compressed + check_size, uncompressed) != (
        record.unpadded,
        record.uncompressed,
    ):
        raise _damaged("its index says other sizes than a block")


def _number(data: bytes, position: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the lowest ones first (section 1.2)."""
    number = 0
    for count, byte in enumerate(data[position : position + _LONGEST_NUMBER]):
        number |= (byte & 0x7F) << (7 * count)
        if not byte & 0x80:
            return number, position + count + 1
    raise _damaged("a number has no end")


def _crc(data: bytes) -> bytes:
    return struct.pack("<L", zlib.crc32(data))


def _damaged(reason: str) -> InputError:
    return InputError.of(
        f"damaged xz stream: {reason}", advice="the file is truncated or altered"
    )
