"""The extra fields of a zip header, of which two change what the header says."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_ZIP64 = 0x0001
_UNICODE_PATH = 0x7075
_SATURATED = 0xFFFFFFFF


@dataclass(frozen=True, kw_only=True, slots=True)
class Extra:
    """Sizes and position with the 64-bit field applied, and the other name, if any."""

    size: int
    compressed_size: int
    header: int
    unicode_path: bytes | None
    damaged: bool


def parse_extra(data: bytes, *, size: int, compressed_size: int, header: int = 0) -> Extra:
    """Parse extra fields; numbers that are all ones are looked up in the 64-bit field."""
    blocks, damaged = _split(data)
    numbers = [size, compressed_size, header]
    wide = blocks.get(_ZIP64, b"")
    position = 0
    for index, number in enumerate(numbers):
        if number != _SATURATED:
            continue
        if position + 8 > len(wide):
            damaged = True
            break
        (numbers[index],) = struct.unpack_from("<Q", wide, position)
        position += 8
    # Some writers (Bazel) repeat what is no secret. Anything else that nobody asked for
    # is taken by some readers, and ignored by others (CVE-2025-54368).
    repeated = struct.pack("<3Q", *numbers).startswith(wide)
    damaged |= position != len(wide) and not repeated
    # Version and CRC of the name precede the Unicode path.
    named = blocks.get(_UNICODE_PATH)
    return Extra(
        size=numbers[0],
        compressed_size=numbers[1],
        header=numbers[2],
        unicode_path=None if named is None else named[5:],
        damaged=damaged,
    )


def _split(data: bytes) -> tuple[dict[int, bytes], bool]:
    """Split into blocks by their identifier; true if they do not fill the field exactly."""
    blocks: dict[int, bytes] = {}
    position = 0
    while position + 4 <= len(data):
        identifier, length = struct.unpack_from("<HH", data, position)
        block = data[position + 4 : position + 4 + length]
        if len(block) < length or identifier in blocks:
            return blocks, True
        blocks[identifier] = block
        position += 4 + length
    # Some writers pad with up to three zero bytes, to align the data.
    return blocks, data[position:].strip(b"\0") != b""
