"""The header structure of an rpm, written: an index of tags, and a store of their data."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError
from repackage_formats.rpm._header_tags import Region, Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_INTRO: Final = struct.Struct(">8sII")
_ENTRY: Final = struct.Struct(">IIiI")
_MAGIC: Final = b"\x8e\xad\xe8\x01\0\0\0\0"
_WIDTHS: Final = {Type.INT16: 2, Type.INT32: 4, Type.INT64: 8}
_CODES: Final = {Type.INT16: "H", Type.INT32: "I", Type.INT64: "Q"}
#: Limits of librpm: elements of an array, and bytes of a store.
MOST_ELEMENTS: Final = (1 << 20) - 1
_MOST_BYTES: Final = (256 << 20) - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Data:
    """The data of a tag; of none there is no entry, because librpm refuses it."""

    type: Type
    count: int
    encoded: bytes


def text(value: str) -> Data:
    """One string."""
    return Data(type=Type.STRING, count=1, encoded=_terminated(value))


def translated(value: str) -> Data:
    """One string in the only language that there is."""
    return Data(type=Type.I18N, count=1, encoded=_terminated(value))


def texts(values: Sequence[str]) -> Data:
    """An array of strings."""
    encoded = b"".join(map(_terminated, values))
    return Data(type=Type.STRINGS, count=len(values), encoded=encoded)


def int16s(values: Sequence[int]) -> Data:
    """An array of 16-bit numbers."""
    return _numbers(Type.INT16, values)


def int32s(values: Sequence[int]) -> Data:
    """An array of 32-bit numbers."""
    return _numbers(Type.INT32, values)


def int64s(values: Sequence[int]) -> Data:
    """An array of 64-bit numbers."""
    return _numbers(Type.INT64, values)


def binary(data: bytes) -> Data:
    """Bytes."""
    return Data(type=Type.BINARY, count=len(data), encoded=data)


def encode(entries: Mapping[int, Data], *, region: Region) -> bytes:
    """Write a header: in the order of its tags, all of it in one immutable region.

    Raises:
        FormatError: There is more in it than librpm reads.
    """
    store = bytearray()
    index = bytearray()
    kept = sorted((tag, data) for tag, data in entries.items() if data.count)
    for tag, data in kept:
        width = _WIDTHS.get(data.type, 1)
        store += bytes(-len(store) % width)
        index += _ENTRY.pack(tag, data.type, len(store), data.count)
        store += data.encoded
    total = len(kept) + 1
    first = _ENTRY.pack(region, Type.BINARY, len(store), _ENTRY.size)
    store += _ENTRY.pack(region, Type.BINARY, -_ENTRY.size * total, _ENTRY.size)
    _check(entries, store)
    return b"".join((_INTRO.pack(_MAGIC, total, len(store)), first, index, store))


def _check(entries: Mapping[int, Data], store: bytearray) -> None:
    arrays = (data for data in entries.values() if data.type is not Type.BINARY)
    if len(store) > _MOST_BYTES or any(data.count > MOST_ELEMENTS for data in arrays):
        raise FormatError.of(
            "there are more files than the header of an rpm can list",
            advice="make packages of parts of the application",
        )


def _terminated(value: str) -> bytes:
    """Encode a string (the tag ENCODING says how), with the zero that ends it."""
    if "\0" in value:
        raise FormatError.of(f"{value!r} has a zero character, which ends strings in an rpm")
    return value.encode() + b"\0"


def _numbers(kind: Type, values: Sequence[int]) -> Data:
    encoded = struct.pack(f">{len(values)}{_CODES[kind]}", *values)
    return Data(type=kind, count=len(values), encoded=encoded)
