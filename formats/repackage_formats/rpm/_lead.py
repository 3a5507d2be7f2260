"""The lead: 96 bytes at the start, of which only file(1) still reads more than the magic."""

from __future__ import annotations

import struct
from typing import Final

LEAD: Final = struct.Struct(">4sBBHH66sHH16x")
MAGIC: Final = b"\xed\xab\xee\xdb"
_BINARY, _LINUX = 0, 1
#: A header of signatures follows; librpm knows no other kind any more.
_HEADER_SIGNATURE: Final = 5
#: rpmrc.in of librpm, "arch_canon".
_ARCHITECTURES: Final = {
    "armv7hl": 12, "s390x": 15, "ppc64le": 16, "aarch64": 19, "riscv64": 22
}  # fmt: skip


def lead(name: str, *, arch: str) -> bytes:
    """Write the lead of a package of format 4, which calls itself 3."""
    number = _ARCHITECTURES.get(arch, 1)
    return LEAD.pack(
        MAGIC, 3, 0, _BINARY, number, name.encode()[:65], _LINUX, _HEADER_SIGNATURE
    )


def lead6(name: str) -> bytes:
    """Write the lead of a package of format 6, which calls itself 4, for no machine."""
    return LEAD.pack(MAGIC, 4, 0, _BINARY, 0, name.encode()[:65], 0, _HEADER_SIGNATURE)
