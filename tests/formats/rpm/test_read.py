"""Rpms are read whoever built them, and trusted in nothing."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.archive import compressor
from repackage.errors import InputError
from repackage.tree import Directory, File, Packed, Symlink, read_file
from repackage_formats import rpm
from tests.formats.rpm.made import written
from tests.formats.rpm.rpms import INT32, STRING, STRINGS, Listed, Rpm, header, newc

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Reader
    from repackage.tree import Entry

READER: Reader = rpm

FILES = [
    Listed("/usr/lib/demo", mode=stat.S_IFDIR | 0o755),
    Listed("/usr/lib/demo/a", b"hello\n", inode=7),
    Listed("/usr/lib/demo/b", b"hello\n", inode=7),
    Listed("/usr/lib/demo/c", mode=stat.S_IFLNK | 0o777, target="a"),
    Listed("/usr/lib/demo/empty"),
    Listed("/usr/lib/demo/ghost", flags=64),
    Listed("/usr/lib/demo/tool", b"#!/bin/sh\n", mode=stat.S_IFREG | 0o755),
]


def read(path: Path, data: bytes) -> list[Entry]:
    path = path / "demo.rpm"
    path.write_bytes(data)
    return list(rpm.read(path))


@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize("long_sizes", [False, True])
def test_what_the_header_lists_is_read(
    tmp_path: Path, *, stripped: bool, long_sizes: bool
) -> None:
    made = Rpm(files=FILES, stripped=stripped, long_sizes=long_sizes)
    usr, lib, directory, a, b, link, empty, tool = read(tmp_path, made.encode())

    assert (usr, lib) == (Directory(path="usr", mtime=0), Directory(path="usr/lib", mtime=0))
    assert directory == Directory(path="usr/lib/demo", mtime=1000)
    assert isinstance(a, File)
    assert isinstance(b, File)
    assert (a.path, read_file(a), a.mode) == ("usr/lib/demo/a", b"hello\n", 0o644)
    assert (b.path, read_file(b)) == ("usr/lib/demo/b", b"hello\n")
    assert link == Symlink(path="usr/lib/demo/c", target="a", mtime=1000)
    assert isinstance(empty, File)
    assert read_file(empty) == b""
    assert isinstance(tool, File)
    assert (tool.mode, tool.size) == (0o755, 10)


def gzipped(data: bytes) -> bytes:
    """Without the clock: the names of parametrised tests are the same in every process."""
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize("codec", ["gzip", "xz", "zstd", "bzip2", "lzma", "none"])
def test_every_compressor_of_payloads_is_read(tmp_path: Path, codec: str) -> None:
    made = Rpm(files=FILES, tags={1125: (STRINGS, [codec])})
    plain = made.payload()
    match codec:
        case "zstd":
            with (tmp_path / "zst").open("wb") as file, compressor(file, "zst") as stream:
                stream.write(plain)
            payload = (tmp_path / "zst").read_bytes()
        case "xz":
            payload = lzma.compress(plain)
        case "lzma":
            payload = lzma.compress(plain, format=lzma.FORMAT_ALONE)
        case "bzip2":
            payload = bz2.compress(plain)
        case "gzip":
            payload = gzipped(plain)
        case _:
            payload = plain
    made.tags = {1125: (6, codec)} if codec != "none" else {}
    made.without = (1125,) if codec == "none" else ()

    assert len(read(tmp_path, made.encode(payload=payload))) == 8


def test_large_contents_are_found_when_they_are_asked_for(tmp_path: Path) -> None:
    big = bytes(range(256)) * 8192
    made = Rpm(files=[Listed("/a", b"1"), Listed("/big", big), Listed("/last", b"2")])

    _, found, last = read(tmp_path, made.encode())

    assert isinstance(found, File)
    assert isinstance(found.content, Packed)
    assert isinstance(last, File)
    assert read_file(last) == b"2"
    assert read_file(found) == big


def test_a_package_without_files_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path, Rpm().encode()) == []


def test_a_package_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "demo.rpm"
    requires: dict[int, tuple[int, str | tuple[int, ...] | list[str]]] = {
        1003: (INT32, (1,)),
        1006: (INT32, (1_715_947_200,)),
        1009: (INT32, (4711,)),
        1048: (INT32, (8, 0x0100000A, 0, 8, 2)),
        1049: (
            STRINGS,
            ["python(abi)", "rpmlib(PayloadIsZstd)", "/bin/sh", "python(abi)", "other"],
        ),
        1050: (STRINGS, ["3.11", "5.4.18-1", "", "3.11", "2:1"]),
        1086: (STRING, "/bin/sh"),
    }
    path.write_bytes(Rpm(files=FILES, tags=requires).encode())

    assert rpm.recognises(path) == 2
    assert rpm.describe(path) == {
        "Name": "demo",
        "Version": "1.0",
        "Release": "1",
        "Architecture": "x86_64",
        "Summary": "A demo",
        "Compressor": "gzip",
        "Signature": "(none)",
        "Epoch": "1",
        "Size": "4711",
        "Build Date": "2024-05-17T12:00:00+00:00",
        "Requires": "python(abi) = 3.11, /bin/sh, other < 2:1",
        "Features of rpm": "PayloadIsZstd 5.4.18-1",
        "Scriptlets": "post",
    }


def test_other_things_are_not_recognised(tmp_path: Path) -> None:
    (tmp_path / "rubbish").write_bytes(b"rubbish")

    assert rpm.recognises(tmp_path / "rubbish") == 0
    assert rpm.recognises(tmp_path) == 0
    with pytest.raises(InputError, match="it is not an rpm"):
        list(rpm.read(tmp_path / "rubbish"))


@pytest.mark.parametrize("path", ["/../etc/passwd", "/a/../b", "/a//b", "/a/./b"])
def test_a_path_that_is_no_absolute_one_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="no absolute path"):
        read(tmp_path, Rpm(files=[Listed(path, b"x")]).encode())


def test_a_path_that_is_listed_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is listed twice"):
        read(tmp_path, Rpm(files=[Listed("/a", b"x"), Listed("/a", b"y")]).encode())


def test_content_that_the_header_does_not_promise_is_refused(tmp_path: Path) -> None:
    for digest in ("0" * 64, "0" * 32):
        with pytest.raises(InputError, match="is not what the header says"):
            read(tmp_path, Rpm(files=[Listed("/a", b"x", digest=digest)]).encode())


def test_header_and_payload_list_the_same_files(tmp_path: Path) -> None:
    made = Rpm(files=[Listed("/a", b"x")])
    more = newc("./b", b"y", mode=stat.S_IFREG | 0o644) + made.payload()

    with pytest.raises(InputError, match="'/b' is in the payload, not in the header"):
        read(tmp_path, made.encode(payload=gzipped(more)))
    with pytest.raises(InputError, match="'a' is in the header, not in the payload"):
        read(tmp_path, made.encode(payload=gzipped(Rpm().payload())))


def test_a_number_of_a_file_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    made = Rpm(files=[Listed("/a", b"x")], stripped=True)
    wrong = made.payload().replace(b"07070X00000000", b"07070X00000009")

    with pytest.raises(InputError, match="the header lacks"):
        read(tmp_path, made.encode(payload=gzipped(wrong)))


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (1116, (5,)),
        (1116, (0, 0)),
        (1030, (0o100644, 0)),
        (1034, (1, 2)),
        (1037, (0, 0, 0)),
        (1096, (1, 2)),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(
    tmp_path: Path, tag: int, value: tuple[int, ...]
) -> None:
    made = Rpm(files=[Listed("/a", b"x")], tags={tag: (INT32, value)})

    with pytest.raises(InputError, match="not as many elements as there are files"):
        read(tmp_path, made.encode())


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        gzipped(b""),
        gzipped(b"rubbish, not cpio"),
        gzipped(newc("./a", b"x", mode=0o100644)[:60]),
        gzipped(newc("./a", b"x", mode=0o100644))[:-9],
        gzipped(newc("./a", b"x", mode=0o100644).replace(b"00000001", b"7fffffff", 9)),
        gzipped(b"070701" + b"z" * 200),
        gzipped(b"07070X" + b"z" * 8),
        b"\x1f\x8brubbish",
    ],
)
def test_a_damaged_payload_is_refused(tmp_path: Path, payload: bytes) -> None:
    with pytest.raises(InputError):
        read(tmp_path, Rpm(files=[Listed("/a", b"x")]).encode(payload=payload))


def _at_main(data: bytearray) -> int:
    return data.index(b"\x8e\xad\xe8", data.index(b"\x8e\xad\xe8") + 3)


@pytest.mark.parametrize(
    ("offset", "number"),
    [(8, 0), (8, 0xFFFFFFFF), (8, 70_000), (12, 0xFFFFFFFF), (12, 300 << 20), (0, 0)],
)
def test_a_header_of_impossible_size_is_refused(
    tmp_path: Path, offset: int, number: int
) -> None:
    data = bytearray(Rpm(files=FILES).encode())
    struct.pack_into(">I", data, _at_main(data) + offset, number)

    with pytest.raises(InputError, match="damaged rpm"):
        read(tmp_path, bytes(data))


@pytest.mark.parametrize(("word", "number"), [(2, 0xFFFFFFF0), (3, 0x7FFFFFFF), (0, 63)])
def test_a_tag_of_impossible_size_is_refused(tmp_path: Path, word: int, number: int) -> None:
    data = bytearray(Rpm(files=FILES).encode())
    struct.pack_into(">I", data, _at_main(data) + 16 + 2 * 16 + 4 * word, number)

    with pytest.raises(InputError, match="damaged rpm"):
        read(tmp_path, bytes(data))


@pytest.mark.parametrize("cut", [3, 50, 100, 120, 200, 400])
def test_a_truncated_package_is_refused(tmp_path: Path, cut: int) -> None:
    with pytest.raises(InputError):
        read(tmp_path, Rpm(files=FILES).encode()[:cut])


@given(data=st.binary(max_size=40), at=st.integers(0, 1500))
def test_damage_is_read_or_refused(
    data: bytes, at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    original = Rpm(files=FILES).encode()
    path = tmp_path_factory.getbasetemp() / "damaged.rpm"
    path.write_bytes(original[:at] + data + original[at + len(data) :])

    try:
        list(rpm.read(path))
        rpm.describe(path)
    except InputError:
        pass


def test_a_header_that_is_not_what_its_digest_says_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"It does nothing", b"It does a lot  "))

    with pytest.raises(InputError, match="its header is not what it was made with"):
        rpm.describe(path)


@pytest.mark.parametrize(
    ("padding", "reason"),
    [
        (b"\x8e\0\0\0\0\0\0", "damaged rpm"),
        (b"\x8e\xad\xe8\1\0\0\0", "bytes between its headers"),
    ],
)
def test_padding_that_readers_may_take_for_a_header_is_refused(
    tmp_path: Path, padding: bytes, reason: str
) -> None:
    made = Rpm(files=FILES)
    signature = header({1000: (STRING, "")}, region=62)
    assert len(signature) % 8 == 1
    data = made.encode()[:96] + signature + padding + made.main()

    with pytest.raises(InputError, match=reason):
        read(tmp_path, data + gzipped(made.payload()))


def test_a_string_without_an_end_is_refused(tmp_path: Path) -> None:
    data = bytearray(Rpm(files=FILES).encode())
    start = _at_main(data)
    entries, size = struct.unpack_from(">II", data, start + 8)
    store = start + 16 + 16 * entries
    struct.pack_into(">IIII", data, start + 32, 1000, STRING, size - 1, 1)
    data[store + size - 1] = 1

    with pytest.raises(InputError, match="has no end"):
        read(tmp_path, bytes(data))


@pytest.mark.parametrize("codec", ["bzip2", "lzma"])
def test_damage_that_old_codecs_find_is_told(tmp_path: Path, codec: str) -> None:
    made = Rpm(files=FILES, tags={1125: (STRING, codec)})

    with pytest.raises(InputError, match=f"damaged {codec} data"):
        read(tmp_path, made.encode(payload=b"BZh9 rubbish, and no more than that"))
