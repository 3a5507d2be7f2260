"""Tell files by their first bytes, at the cost of those bytes."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from repackage.tree import Inline, OnDisk, Packed, Zipped, open_file

if TYPE_CHECKING:
    from repackage.tree import File, Mapped

_MAGIC = b"\x7fELF"
#: As many as are asked for: a line of a script.
_HEAD = 256


@lru_cache(1 << 14)  # a build asks twice of each file: what it runs, and what lintian says
def _head(wheel: Mapped, offset: int, compressed_size: int) -> bytes:
    """Inflate the first bytes of a member."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    # the tables of a dynamic block take some 300 bytes before the first literal
    return inflater.decompress(wheel.part(offset, compressed_size)[: 512 + _HEAD], _HEAD)


def starts_like_elf(file: File) -> bool:
    """Whether a file's first bytes are ELF's; no more than those are inflated."""
    return file.size >= len(_MAGIC) and first_bytes(file, len(_MAGIC)) == _MAGIC


def first_bytes(file: File, size: int) -> bytes:
    """Return the first bytes of a file, or all of a shorter one."""
    match file.content:
        case Inline(data=data):
            return data[:size]
        case Zipped(deflated=True) as content:
            head = _head(content.wheel, content.offset, content.compressed_size)
            if len(head) < min(size, file.size):
                with open_file(file) as stream:
                    head = stream.read(size)
            return head[:size]
        case Zipped(compressed=stored):
            return bytes(stored[:size])
        case OnDisk() | Packed():
            with open_file(file) as stream:
                return stream.read(size)
