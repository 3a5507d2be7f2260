"""Find ELF files by their first bytes, at the cost of those bytes."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from repackage.tree import Inline, OnDisk, Zipped, open_file

if TYPE_CHECKING:
    from repackage.tree import File

_MAGIC = b"\x7fELF"


def starts_like_elf(file: File) -> bool:
    """Whether a file's first bytes are ELF's; no more than those are inflated."""
    if file.size < len(_MAGIC):
        return False
    match file.content:
        case Inline(data=data):
            return data.startswith(_MAGIC)
        case Zipped(deflated=True, compressed=compressed):
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            # the tables of a dynamic block take some 300 bytes before the first literal
            head = inflater.decompress(compressed[:512], len(_MAGIC))
            if len(head) < len(_MAGIC):
                with open_file(file) as stream:
                    head = stream.read(len(_MAGIC))
            return head == _MAGIC
        case Zipped(compressed=stored):
            return bytes(stored[: len(_MAGIC)]) == _MAGIC
        case OnDisk(path=path):
            with path.open("rb") as stream:
                return stream.read(len(_MAGIC)) == _MAGIC
