"""The header of an rpm: read with rpmfile, once it is known to be no trap.

rpmfile believes the numbers that it finds, so they are held against the limits of librpm
and against the file first. It leaves out 64-bit numbers, which are read here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from repackage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LEAD = 96
_LEAD_MAGIC = b"\xed\xab\xee\xdb"
_INTRO = struct.Struct(">3sB4xII")
_INDEX = struct.Struct(">IIII")
#: Limits of librpm; entries of a header, and bytes of its store.
_MOST_ENTRIES = 0xFFFF
_MOST_BYTES = 256 << 20
_STRING_TYPES = (6, 8, 9)
_INT64 = 5
_LONGFILESIZES = 5008


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """The tags of the main header by rpmfile's names, and where the payload begins."""

    tags: Mapping[str | int, object]
    long_sizes: tuple[int, ...]
    payload: int

    def text(self, name: str) -> str:
        """A tag that is a string; empty if it is not there."""
        value = self.tags.get(name)
        return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else ""

    def texts(self, name: str) -> list[str]:
        """A tag that is an array of strings."""
        value = self.tags.get(name, [])
        values = value if isinstance(value, list) else [value]
        return [
            each.decode("utf-8", "surrogateescape")
            for each in values
            if isinstance(each, bytes)
        ]

    def numbers(self, name: str) -> tuple[int, ...]:
        """A tag that is an array of numbers; rpmfile unwraps an array of one."""
        value = self.tags.get(name, ())
        return (value,) if isinstance(value, int) else value if isinstance(value, tuple) else ()


def read_header(artifact: Path) -> Header:
    """Read the headers of an rpm.

    Raises:
        InputError: It is no rpm, or its header is damaged.
    """
    import rpmfile  # slow to import
    from rpmfile.errors import RPMError

    with artifact.open("rb") as file:
        if file.read(4) != _LEAD_MAGIC:
            raise InputError.of("it is not an rpm: its lead is missing", where=str(artifact))
        file.seek(_LEAD)
        end, _ = _surveyed(file)
        file.seek(end + -(end - _LEAD) % 8)
        payload, long_sizes = _surveyed(file)
        file.seek(0)
        try:
            found = rpmfile.RPMFile(fileobj=file)
        except (RPMError, AssertionError, LookupError, ValueError, struct.error) as error:
            raise _damaged(str(error)) from error
        if found.data_offset != payload:
            raise _damaged("bytes between its headers")
        return Header(tags=found.headers, long_sizes=long_sizes, payload=payload)


def _surveyed(file: BinaryIO) -> tuple[int, tuple[int, ...]]:
    """Check the numbers of a header; return where it ends, and its long file sizes."""
    intro = file.read(_INTRO.size)
    if len(intro) < _INTRO.size:
        raise _damaged("it ends in its header")
    magic, _, entries, size = _INTRO.unpack(intro)
    if magic != b"\x8e\xad\xe8" or not 0 < entries <= _MOST_ENTRIES or size > _MOST_BYTES:
        raise _damaged("its header cannot be one")
    index, store = file.read(entries * _INDEX.size), file.read(size)
    if len(index) < entries * _INDEX.size or len(store) < size:
        raise _damaged("it ends in its header")
    seen = set()
    sizes: tuple[int, ...] = ()
    for tag, kind, offset, count in _INDEX.iter_unpack(index):
        # an array of strings is split from its offset to the end: each tag once, so that a
        # small file cannot ask for the work of a large one
        if tag in seen or offset >= max(size, 1) or count > size:
            raise _damaged(f"the tag {tag} of its header is bad")
        seen.add(tag)
        if kind in _STRING_TYPES and b"\0" not in store[offset : offset + _MOST_BYTES]:
            raise _damaged(f"the tag {tag} of its header has no end")
        if tag == _LONGFILESIZES and kind == _INT64 and offset + 8 * count <= size:
            sizes = struct.unpack_from(f">{count}Q", store, offset)
    return file.tell(), sizes


def _damaged(reason: str) -> InputError:
    return InputError.of(f"damaged rpm: {reason}", advice="the file is truncated or altered")
