"""Archives that two readers could understand differently, or not at all."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from deflate import deflate_decompress

from repackage.errors import WheelError
from repackage.wheel import read_wheel
from repackage.wheel._contents import open_contents
from repackage.wheel._inflate import CHUNK
from repackage.wheel._problems import WheelProblems
from tests.unit.wheel.archives import NAME, Item, change, deflate, items_of, pack, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def problems_of(path: Path) -> str:
    with pytest.raises(WheelError) as caught:
        read_wheel(path)
    return str(caught.value)


def with_item(**facts: object) -> bytes:
    """A good wheel with one more member, which nobody would build."""
    return pack([*items_of(), Item(**facts)])  # type: ignore[arg-type]  # fields


def with_change(**changes: object) -> bytes:
    """A good wheel whose first member was tampered with."""
    return pack(change(items_of(), 0, **changes))


def zip64(data: bytes, *, count: int, position: int | None = None) -> bytes:
    """The archive with 64-bit end records, its own end record saturated."""
    size, offset = struct.unpack_from("<LL", data, len(data) - 10)
    at = len(data) - 22
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at if position is None else position, 1)
    narrow = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:-22] + wide + locator + narrow


def stored_blocks(size: int) -> bytes:
    """A deflate stream of so many bytes that does not compress: RFC 1951, section 3.2.4."""
    length = size // 4 - 5
    blocks = (
        struct.pack("<BHH", last, length, length ^ 0xFFFF) + bytes(length)
        for last in (0, 0, 0, 1)
    )
    return b"".join(blocks)


GOOD = pack(items_of())
COUNT = len(items_of())
SECOND_NAME = struct.pack("<HHBL", 0x7075, 5 + 5, 1, zlib.crc32(b"app/__init__.py")) + b"other"
HUGE = struct.pack("<HHQ", 1, 8, 1 << 40)
#: "aa", in a block with 31 codes for distances, of which there are 30: RFC 1951, section 3.2.7.
TOO_MANY_CODES = bytes.fromhex("05de81080000000020d6fd25beaaaaaaaaaaaaaa08")

BROKEN: dict[str, tuple[bytes, str]] = {
    "a text file": (b"PyPI says no\n" * 9, "no zip archive"),
    "a few bytes": (b"PK", "no zip archive"),
    "cut in half": (GOOD[: len(GOOD) // 2], "truncated"),
    "one byte short": (GOOD[:-1], "truncated"),
    "one byte long": (GOOD + b"\n", "other data follow the end of the archive"),
    "preceded by a script": (b"#!/bin/sh\n" + GOOD, "other data are before the archive"),
    "a hidden archive in the comment": (
        GOOD[:-2] + struct.pack("<H", len(GOOD)) + GOOD,
        "two ends",
    ),
    "an end in the comment that readers find first": (
        GOOD[:-2] + struct.pack("<H", len(GOOD) + 2) + GOOD + b"\r\n",
        "two ends",
    ),
    "the beginning of an end in the comment": (
        GOOD[:-2] + struct.pack("<H", 4) + b"PK\5\6",
        "two ends",
    ),
    "a directory that is elsewhere": (
        pack(items_of(), end={"offset": 3}),
        "other data are before the archive, or inside it",
    ),
    "more members than listed": (
        pack(items_of(), end={"count": 1, "on_disk": 1}),
        "unlisted entries",
    ),
    "fewer members than counted": (
        pack(items_of(), end={"count": 9, "on_disk": 9}),
        "the archive's directory is damaged",
    ),
    "one part of several": (pack(items_of(), end={"disk": 1}), "one part of several"),
    "a directory that begins in another part": (
        pack(items_of(), end={"start_disk": 1}),
        "one part of several",
    ),
    "a 64-bit record that is elsewhere": (
        zip64(GOOD, count=COUNT, position=7),
        "64-bit end record is damaged",
    ),
    "saturated numbers without a 64-bit record": (
        pack(items_of(), end={"count": 0xFFFF, "on_disk": 0xFFFF}),
        "end records disagree",
    ),
    "another name in the local header": (
        with_change(local={"name": b"app/__evil__.py"}),
        "app/__init__.py: the member's header and the archive's directory disagree",
    ),
    "another size in the local header": (with_change(local={"size": 1}), "disagree"),
    "another compressed size in the local header": (
        with_change(local={"compressed": 1}),
        "disagree",
    ),
    "another method in the local header": (with_change(local={"method": 0}), "disagree"),
    "other flags in the local header": (with_change(local={"flags": 2}), "disagree"),
    "another checksum in the local header": (with_change(local={"crc": 1}), "disagree"),
    "a position outside of the archive": (
        with_change(central={"offset": 1 << 20}),
        "the member's header is missing",
    ),
    "a size beyond the archive": (
        with_change(central={"compressed": 1 << 20}),
        "the member is truncated",
    ),
    "two members in one place": (
        pack(change(items_of(), 1, central={"offset": 0})),
        "the member overlaps another one",
    ),
    "bytes between members": (
        pack(change(items_of(), 1, gap=b"hidden")),
        "6 bytes before the member belong to none",
    ),
    "bytes after the last member": (
        pack(change(items_of(), -1 % COUNT, descriptor=b"hidden")),
        "6 bytes after the last member belong to none",
    ),
    "an encrypted member": (with_change(flags=1), "the member is encrypted"),
    "a member of strong encryption": (with_change(flags=0x40), "the member is encrypted"),
    "an encrypted directory": (with_change(flags=0x2000), "the member is encrypted"),
    "a member compressed by bzip2": (with_change(method=12), "compressed by method 12"),
    "a stored member of two sizes": (
        with_item(name="a", data=b"abc", method=0, compressed=b"ab"),
        "the stored member has two sizes",
    ),
    "a symbolic link": (with_change(mode=0o120777), "the member is a symbolic link"),
    "a device": (with_change(mode=0o020666), "neither a file nor a directory"),
    "a file that claims to be a directory": (
        with_change(mode=0o040755),
        "neither a file nor a directory",
    ),
    "a directory with data": (
        with_item(name="app/", data=b"x", mode=0o040755),
        "the directory holds data",
    ),
    "a directory with data that it denies": (
        with_item(name="app/", compressed=b"hidden", mode=0o040755),
        "the directory holds data",
    ),
    "a member on another disk": (with_change(central={"disk": 1}), "another part"),
    "extra fields that do not end": (with_change(extra=b"\1\0\x40\0"), "extra fields"),
    "an extra field that is there twice": (
        with_change(extra=b"\x99\x99\0\0" * 2),
        "extra fields are damaged",
    ),
    "a 64-bit size that is missing": (
        with_change(central={"size": 0xFFFFFFFF}),
        "extra fields are damaged",
    ),
    "a 64-bit size that nothing asks for": (
        with_change(extra=HUGE),
        "extra fields are damaged",
    ),
    "a second name": (with_change(extra=SECOND_NAME), "two different names"),
    "a name in no known encoding": (
        with_change(name=b"app/\xe9.py"),
        r"app/\xe9.py: the member's name is not UTF-8",
    ),
    "a name that is marked UTF-8 and is not": (
        with_change(name=b"app/\xe9.py", flags=0x800),
        "the member's name is not UTF-8",
    ),
    "an unending deflate stream": (
        with_change(compressed=deflate(b"x")[:-1]),
        "is cut off inside its deflate stream",
    ),
    "no deflate stream": (with_change(compressed=b"\xff\xff\xff"), "cannot be inflated"),
    "more codes than deflate has, which libdeflate would inflate": (
        with_change(data=b"aa", compressed=TOO_MANY_CODES),
        "cannot be inflated: Error -3 while decompressing data: too many",
    ),
    "data after the deflate stream": (
        with_change(compressed=deflate(b"print(1)\n") + b"hidden"),
        "has data after the end of its deflate stream",
    ),
    "data after the deflate stream, read apart from it": (
        with_change(data=bytes(CHUNK - 4 * 5), compressed=stored_blocks(CHUNK) + b"hidden"),
        "has data after the end of its deflate stream",
    ),
    "a deflate stream of too much": (
        with_change(compressed=deflate(b"print(1)\n" * 2)),
        "inflates to more than the declared 9 bytes",
    ),
    "a deflate stream of too little": (
        with_change(compressed=deflate(b"print(")),
        "inflates to 6 of the declared 9 bytes",
    ),
    "a streamed member without its sizes": (
        with_change(flags=8, local={"crc": 0, "size": 0, "compressed": 0}, descriptor=b"?"),
        "1 bytes before the member belong to none",
    ),
    "a streamed member beyond the archive": (
        with_change(flags=8, central={"compressed": 0xFFFFFFFF, "extra": HUGE}),
        "the member is truncated",
    ),
    "a wrong checksum": (
        with_change(local={"crc": 7}, central={"crc": 7}),
        "the checksum of the archive does not match",
    ),
}


def test_libdeflate_inflates_what_zlib_does_not() -> None:
    assert deflate_decompress(TOO_MANY_CODES, 2) == b"aa"
    with pytest.raises(zlib.error, match="too many length or distance symbols"):
        zlib.decompress(TOO_MANY_CODES, -zlib.MAX_WBITS)


@pytest.mark.parametrize("defect", BROKEN)
def test_an_archive_with_a_defect_is_refused(defect: str, tmp_path: Path) -> None:
    data, problem = BROKEN[defect]

    assert problem in problems_of(write(tmp_path, data))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../evil.py", "leaves the directory"),
        ("app/../../evil.py", "leaves the directory"),
        ("/etc/passwd", "is absolute"),
        ("app\\evil.py", "has a backslash"),
        ("C:/evil.py", "names a drive"),
        ("app//evil.py", "empty component"),
        ("./evil.py", "empty component"),
        ("app/.", "empty component"),
        ("", "is empty"),
        ("/", "is empty"),
        ("app/a\0b.py", "control character"),
        ("app/a\nb.py", "control character"),
        ("app/a\x1b[2Jb.py", "control character"),
    ],
)
def test_a_member_whose_path_escapes_is_refused(
    name: str, problem: str, tmp_path: Path
) -> None:
    message = problems_of(write(tmp_path, with_item(name=name)))

    assert problem in message
    assert message.isprintable() or "\n" in message
    assert "\x1b" not in message


def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    message = problems_of(write(tmp_path, with_item(name="app/__init__.py", data=b"evil")))

    assert "app/__init__.py: the archive has 2 members of this name" in message


@pytest.mark.parametrize("name", ["app/__init__.py/x", "app/__init__.py/"])
def test_a_path_that_is_both_file_and_directory_is_refused(name: str, tmp_path: Path) -> None:
    mode = 0o040755 if name.endswith("/") else 0o100644

    message = problems_of(write(tmp_path, with_item(name=name, mode=mode)))

    assert "the path is both a file and a directory" in message


def test_a_bomb_is_refused_before_anything_is_inflated(tmp_path: Path) -> None:
    huge = {"size": 4_000_000_000}
    items = [Item(name=f"a{at}", compressed=b"", local=huge, central=huge) for at in range(3)]

    assert "bomb" in problems_of(write(tmp_path, pack([*items_of(), *items])))


def test_five_gigabytes_of_zeros_are_no_bomb() -> None:
    huge = {"size": 2_500_000_000}
    items = [Item(name=f"a{at}", compressed=b"", local=huge, central=huge) for at in range(2)]
    problems = WheelProblems("x.whl")

    opened = open_contents(pack([*items_of(), *items]), problems)

    assert opened.files["a1"].entry.size == 2_500_000_000


def test_more_than_any_wheel_inflates_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repackage.wheel._contents.MAX_INFLATED", 5)

    assert "bomb" in problems_of(write(tmp_path, GOOD))


def test_a_hostile_wheel_does_not_flood_the_terminal(tmp_path: Path) -> None:
    items = [Item(name=f"../{at}") for at in range(500)]

    message = problems_of(write(tmp_path, pack([*items_of(), *items])))

    assert len(message.splitlines()) == 51
    assert message.endswith(f"{NAME}: 450 more problems")


def test_a_directory_that_is_deflated_all_the_same_is_no_damage(tmp_path: Path) -> None:
    wheel = read_wheel(write(tmp_path, with_item(name="app/", mode=0o040755)))

    assert len(wheel.members) == COUNT


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("layout", ["<LLL", "<LQQ"])
def test_a_streamed_wheel_with_data_descriptors_is_read(
    signed: bool,  # noqa: FBT001 - a parameter
    layout: str,
    tmp_path: Path,
) -> None:
    def streamed(item: Item) -> Item:
        facts = item.facts()
        descriptor = struct.pack(layout, facts["crc"], facts["compressed"], facts["size"])
        return Item(
            name=item.name,
            data=item.data,
            flags=8,
            local={"crc": 0, "size": 0, "compressed": 0},
            descriptor=b"PK\7\x08" * signed + descriptor,
        )

    wheel = read_wheel(write(tmp_path, pack(list(map(streamed, items_of())))))

    assert len(wheel.members) == COUNT


def test_a_wheel_with_64_bit_records_is_read(tmp_path: Path) -> None:
    data = b"print(1)\n"
    wide = {"size": 0xFFFFFFFF, "compressed": 0xFFFFFFFF}
    extra = struct.pack("<HHQQ", 1, 16, len(data), len(deflate(data)))
    items = change(items_of(), 0, extra=extra, local=wide, central=wide)

    wheel = read_wheel(write(tmp_path, zip64(pack(items), count=COUNT)))

    assert wheel.members[0].size == len(data)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_64_bit_field_that_repeats_the_sizes_is_no_damage(count: int, tmp_path: Path) -> None:
    item = items_of()[0]
    sizes = (len(item.data), len(deflate(item.data)))[:count]
    extra = struct.pack(f"<HH{count}Q", 1, 8 * count, *sizes)

    wheel = read_wheel(write(tmp_path, with_change(extra=extra)))

    assert wheel.members[0].size == len(item.data)


def test_padding_that_aligns_data_is_no_damage(tmp_path: Path) -> None:
    wheel = read_wheel(write(tmp_path, with_change(local={"extra": b"\0\0\0"})))

    assert wheel.members[0].path == "app/__init__.py"


def test_an_archive_comment_is_no_damage(tmp_path: Path) -> None:
    data = pack(items_of(), end={"comment": 5}) + b"hello"

    assert read_wheel(write(tmp_path, data)).size == len(data)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda _: None, "no such file"),
        (lambda path: path.mkdir(), "this is a directory"),
        (lambda path: path.touch(), "the file is empty"),
    ],
)
def test_what_is_no_file_is_refused_in_one_sentence(
    make: Callable[[Path], None], problem: str, tmp_path: Path
) -> None:
    path = tmp_path / NAME
    make(path)

    message = problems_of(path)

    assert problem in message
    assert len(message.splitlines()) == 1
