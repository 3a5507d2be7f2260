"""Headers are what librpm checks, in every bit, and are read back as they were written."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.errors import FormatError, InputError
from repackage_formats.rpm import _header_encode as encoding
from repackage_formats.rpm._header_decode import read_tags
from repackage_formats.rpm._header_encode import (
    Data,
    binary,
    encode,
    int16s,
    int32s,
    int64s,
    text,
    texts,
    translated,
)
from repackage_formats.rpm._header_tags import Region, Type
from tests.formats.rpm import librpm

if TYPE_CHECKING:
    from repackage_formats.rpm._header_decode import Tags

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)
DATA = st.one_of(
    st.lists(st.integers(0, 0xFFFF), max_size=5).map(int16s),
    st.lists(st.integers(0, 0xFFFFFFFF), max_size=5).map(int32s),
    st.lists(st.integers(0, 1 << 63), max_size=5).map(int64s),
    st.lists(WORDS, max_size=5).map(texts),
    WORDS.map(text),
    WORDS.map(translated),
    st.binary(max_size=9).map(binary),
)


@given(st.dictionaries(st.integers(100, 6000), DATA, max_size=12), st.sampled_from(Region))
def test_any_header_passes_the_checks_of_librpm_and_is_read_back(
    entries: dict[int, Data], region: Region
) -> None:
    encoded = encode(entries, region=region)
    read = read_tags(io.BytesIO(encoded))
    there = {tag: data for tag, data in entries.items() if data.count}

    assert librpm.problems(encoded, region=region) == []
    assert set(read.entries) == {*there, region}
    assert read.encoded == encoded
    for tag, data in there.items():
        entry = read.entries[tag]
        assert (entry.type, entry.count) == (data.type, data.count)
        assert encode({tag: _again(read, tag, data)}, region=region) == encode(
            {tag: data}, region=region
        )


def _again(tags: Tags, tag: int, data: Data) -> Data:
    """Write anew what was read of a tag."""
    again = {
        Type.INT16: lambda: int16s(tags.numbers(tag)),
        Type.INT32: lambda: int32s(tags.numbers(tag)),
        Type.INT64: lambda: int64s(tags.numbers(tag)),
        Type.STRINGS: lambda: texts(tags.texts(tag)),
        Type.STRING: lambda: text(tags.text(tag)),
        Type.I18N: lambda: translated(tags.text(tag)),
        Type.BINARY: lambda: binary(tags.data(tag)),
    }
    return again[data.type]()


def test_an_empty_array_has_no_entry() -> None:
    encoded = encode({1049: texts([]), 1000: text("a")}, region=Region.IMMUTABLE)

    assert list(read_tags(io.BytesIO(encoded)).entries) == [Region.IMMUTABLE, 1000]


def test_a_header_is_what_it_was() -> None:
    encoded = encode(
        {1004: translated("ü"), 1009: int32s([7]), 1000: text("a")}, region=Region.IMMUTABLE
    )

    assert encoded == (
        bytes.fromhex("8eade801 00000000 00000004 0000001c")
        + struct.pack(">IIiI", 63, 7, 12, 16)
        + struct.pack(">IIiI", 1000, 6, 0, 1)
        + struct.pack(">IIiI", 1004, 9, 2, 1)
        + struct.pack(">IIiI", 1009, 4, 8, 1)
        + b"a\0" + "ü\0".encode() + b"\0\0\0" + b"\0\0\0\7"
        + struct.pack(">IIiI", 63, 7, -64, 16)
    )  # fmt: skip


def test_a_zero_inside_a_string_is_refused() -> None:
    with pytest.raises(FormatError, match="ends strings"):
        text("a\0b")


def test_more_than_librpm_reads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FormatError, match="more files than the header"):
        encode({1030: int16s([0] * (1 << 20))}, region=Region.IMMUTABLE)

    monkeypatch.setattr(encoding, "_MOST_BYTES", 100)
    with pytest.raises(FormatError, match="more files than the header"):
        encode({1000: text("a" * 100)}, region=Region.IMMUTABLE)


def test_a_tag_of_another_type_is_none() -> None:
    tags = read_tags(io.BytesIO(encode({1000: text("a")}, region=Region.IMMUTABLE)))

    assert tags.numbers(1000) == ()
    assert tags.number(1000) == 0
    assert tags.data(1000) == b""
    assert tags.texts(Region.IMMUTABLE) == ()
    assert tags.text(1001) == ""


@pytest.mark.parametrize(("kind", "count"), [(4, 9), (8, 9)])
def test_data_that_go_beyond_the_header_are_refused(kind: int, count: int) -> None:
    store = b"a\0" + bytes(9)
    store = store if kind == 4 else b"aaaaaaaa\0"
    data = struct.pack(">8sII", b"\x8e\xad\xe8\x01\0\0\0\0", 1, len(store))
    data += struct.pack(">IIiI", 1000, kind, 0, count) + store
    tags = read_tags(io.BytesIO(data))

    with pytest.raises(InputError, match="damaged rpm"):
        tags.numbers(1000) if kind == 4 else tags.texts(1000)
