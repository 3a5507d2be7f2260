"""The header structure of an rpm, read: nothing in it is believed before it is checked."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from repackage.errors import InputError
from repackage_formats.rpm._header_tags import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTRO: Final = struct.Struct(">3sB4xII")
_ENTRY: Final = struct.Struct(">IIII")
_MAGIC: Final = b"\x8e\xad\xe8"
#: Limits of librpm; entries of a header, and bytes of its store.
_MOST_ENTRIES: Final = 0xFFFF
_MOST_BYTES: Final = 256 << 20
_STRINGS: Final = (Type.STRING, Type.STRINGS, Type.I18N)
_CODES: Final = {Type.INT16: "H", Type.INT32: "I", Type.INT64: "Q"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Where the data of a tag are."""

    type: int
    offset: int
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Tags:
    """A header; of a tag that is not there, or of another type, the value is empty."""

    entries: Mapping[int, Entry]
    store: bytes
    encoded: bytes
    """All of its bytes: what digests and signatures are of."""

    def text(self, tag: int) -> str:
        """A string."""
        return next(iter(self.texts(tag)), "")

    def texts(self, tag: int) -> tuple[str, ...]:
        """An array of strings."""
        entry = self.entries.get(tag)
        if entry is None or entry.type not in _STRINGS:
            return ()
        found, position = [], entry.offset
        for _ in range(entry.count):
            end = self.store.find(b"\0", position)
            if end < 0:
                raise damaged(f"the tag {tag} of its header has no end")
            found.append(self.store[position:end].decode("utf-8", "surrogateescape"))
            position = end + 1
        return tuple(found)

    def number(self, tag: int) -> int:
        """A number; 0 if it is not there."""
        return next(iter(self.numbers(tag)), 0)

    def numbers(self, tag: int) -> tuple[int, ...]:
        """An array of numbers."""
        entry = self.entries.get(tag)
        if entry is None or entry.type not in _CODES:
            return ()
        layout = struct.Struct(f">{entry.count}{_CODES[Type(entry.type)]}")
        if entry.offset + layout.size > len(self.store):
            raise damaged(f"the tag {tag} of its header is bad")
        return layout.unpack_from(self.store, entry.offset)

    def data(self, tag: int) -> bytes:
        """Bytes."""
        entry = self.entries.get(tag)
        if entry is None or entry.type != Type.BINARY:
            return b""
        return self.store[entry.offset : entry.offset + entry.count]


def read_tags(file: BinaryIO) -> Tags:
    """Read the header that begins where a file is.

    Raises:
        InputError: It is damaged, or larger than any that librpm reads.
    """
    intro = file.read(_INTRO.size)
    if len(intro) < _INTRO.size:
        raise damaged("it ends in its header")
    magic, _, total, size = _INTRO.unpack(intro)
    if magic != _MAGIC or not 0 < total <= _MOST_ENTRIES or size > _MOST_BYTES:
        raise damaged("its header cannot be one")
    index, store = file.read(total * _ENTRY.size), file.read(size)
    if len(index) < total * _ENTRY.size or len(store) < size:
        raise damaged("it ends in its header")
    entries: dict[int, Entry] = {}
    for tag, kind, offset, count in _ENTRY.iter_unpack(index):
        # an array of strings is split from its offset to the end: each tag once, so that a
        # small file cannot ask for the work of a large one
        if tag in entries or offset >= max(size, 1) or count > size:
            raise damaged(f"the tag {tag} of its header is bad")
        if kind in _STRINGS and b"\0" not in store[offset:]:
            raise damaged(f"the tag {tag} of its header has no end")
        entries[tag] = Entry(type=kind, offset=offset, count=count)
    return Tags(entries=entries, store=store, encoded=intro + index + store)


def damaged(reason: str) -> InputError:
    """Complain of a file that was an rpm once."""
    return InputError.of(f"damaged rpm: {reason}", advice="the file is truncated or altered")
