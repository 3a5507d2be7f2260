"""What librpm checks of a header (hdrblobVerifyRegion and hdrblobVerifyInfo), transcribed."""

from __future__ import annotations

import struct

ALIGNMENT = {3: 2, 4: 4, 5: 8}
STRINGS = (6, 8, 9)


def problems(header: bytes, *, region: int) -> list[str]:
    """Say what librpm would refuse of a header, or nothing."""
    magic, total, size = struct.unpack_from(">8sII", header)
    entries = [struct.unpack_from(">IIiI", header, 16 + 16 * at) for at in range(total)]
    store = header[16 + 16 * total :]
    found = []
    if magic != b"\x8e\xad\xe8\x01\0\0\0\0" or len(store) != size:
        found.append("hdr magic: BAD")
    trailer = struct.unpack(">IIiI", store[-16:])
    if entries[0] != (region, 7, size - 16, 16):
        found.append("region: not the first entry, or not at the end")
    if trailer != (region, 7, -16 * total, 16):
        found.append("region: trailer")
    end = 0
    previous = region
    for tag, kind, offset, count in entries[1:]:
        if tag <= previous or not count:
            found.append(f"tag {tag}: order, or empty")
        if offset < end or offset % ALIGNMENT.get(kind, 1):
            found.append(f"tag {tag}: offset {offset} after {end}")
        end = offset + length(store, kind, offset, count)
        previous = tag
    if end > size - 16:
        found.append("data: beyond the trailer")
    return found


def length(store: bytes, kind: int, offset: int, count: int) -> int:
    """How many bytes the data of an entry take."""
    if kind not in STRINGS:
        return count * ALIGNMENT.get(kind, 1)
    end = offset
    for _ in range(count):
        end = store.index(b"\0", end) + 1
    return end - offset
