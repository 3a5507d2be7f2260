"""Minimal ELF files: a header, two segments, and the dynamic section under test."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

X86_64: Final = 62
AARCH64: Final = 183
BPF: Final = 247
EXECUTABLE: Final = 2
SHARED: Final = 3
RELOCATABLE: Final = 1

_HEADER: Final = 64
_PROGRAM: Final = 56


def make_elf(
    *,
    needed: Sequence[str] = (),
    versions: Mapping[str, Sequence[str]] | None = None,
    soname: str = "",
    runpath: str = "",
    machine: int = X86_64,
    kind: int = SHARED,
    dynamic: bool = True,
) -> bytes:
    """Make a 64-bit, little-endian file that needs libraries, in versions."""
    versions = versions or {}
    strings = _Strings()
    tags = [(1, strings.add(name)) for name in needed]
    if soname:
        tags.append((14, strings.add(soname)))
    if runpath:
        tags.append((29, strings.add(runpath)))
    needs = _needs(versions, strings)
    start = _HEADER + 2 * _PROGRAM
    needs_at = start + len(strings.data)
    if needs:
        tags += [(0x6FFFFFFE, needs_at), (0x6FFFFFFF, len(versions))]
    tags += [(5, start), (10, len(strings.data)), (0, 0)]
    table = b"".join(struct.pack("<QQ", *tag) for tag in tags)
    table_at = needs_at + len(needs)
    end = table_at + len(table)
    segments = _segment(1, 0, end) + _segment(2 if dynamic else 4, table_at, len(table))
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", kind, machine, 1, 0, _HEADER, 0, 0, _HEADER, _PROGRAM, 2, 0, 0, 0
    )  # fmt: skip
    return header + segments + strings.data + needs + table


class _Strings:
    def __init__(self) -> None:
        self.data = b"\0"

    def add(self, text: str) -> int:
        at = len(self.data)
        self.data += text.encode() + b"\0"
        return at


def _needs(versions: Mapping[str, Sequence[str]], strings: _Strings) -> bytes:
    out = b""
    for library, nodes in versions.items():
        size = 16 + 16 * len(nodes)
        out += struct.pack("<HHIII", 1, len(nodes), strings.add(library), 16, size)
        for node in nodes:
            out += struct.pack("<IHHII", 0, 0, 2, strings.add(node), 16)
    return out


def _segment(kind: int, offset: int, size: int) -> bytes:
    return struct.pack("<IIQQQQQQ", kind, 4, offset, offset, offset, size, size, 8)
