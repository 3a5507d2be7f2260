"""Zip archives: the same bytes from the same entries, and every reader agrees on them."""

from __future__ import annotations

import calendar
import io
import re
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repackage.archive import ZipWriter, _zip_header, read_zip
from repackage.archive._zip_header import MOST_ENTRIES
from repackage.errors import FormatError
from repackage.testing import tree_of, zipped_file
from repackage.tree import (
    Digests,
    Directory,
    Entry,
    File,
    OnDisk,
    Symlink,
    Zipped,
    inline_file,
    read_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MTIME = 1_700_000_000
TEXT = b"all work and no play makes jack a dull boy\n" * 40
ENTRIES: list[Entry] = [
    Directory(path="empty", mtime=MTIME),
    zipped_file("app/copied.py", TEXT, mtime=MTIME),
    zipped_file("app/stored.py", TEXT, mtime=MTIME, deflated=False),
    zipped_file("app/nothing.py", b"", mtime=MTIME),
    inline_file("app/tool", b"#!x\n", mtime=MTIME, mode=0o755),
    inline_file("app/zürich ♥", TEXT, mtime=MTIME),
    inline_file("app/old", b"x", mtime=0),
    inline_file("app/new", b"x", mtime=1 << 40),
    inline_file("big", bytes(3_000_001), mtime=MTIME + 1),
]


def written(
    entries: Iterable[Entry] = ENTRIES,
    *,
    recompress: bool = False,
    jobs: int = 1,
    program: bytes = b"",
    zip64: bool = False,
) -> bytes:
    stream = io.BytesIO()
    stream.write(program)
    with ZipWriter(
        stream, recompress=recompress, jobs=jobs, offset=len(program), zip64=zip64
    ) as archive:
        for entry in entries:
            archive.add(entry)
    return stream.getvalue()


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def raw(data: bytes, name: str) -> bytes:
    """A member's data as they lie in an archive without extra fields."""
    info = opened(data).getinfo(name)
    start = info.header_offset + 30 + len(name.encode())
    return data[start : start + info.compress_size]


def test_the_standard_library_reads_what_was_written() -> None:
    with opened(written()) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "empty/",
            *(entry.path for entry in ENTRIES if isinstance(entry, File)),
        ]
        for entry in ENTRIES:
            if isinstance(entry, File):
                assert archive.read(entry.path) == read_file(entry)


def test_nothing_but_what_is_needed_is_in_a_header() -> None:
    for info in opened(written()).infolist():
        assert (info.create_system, info.create_version, info.extract_version) == (3, 20, 20)
        assert info.extra == b""
        assert info.comment == b""
        assert info.internal_attr == 0
        assert info.flag_bits == (0 if info.filename.isascii() else 0x800)


def test_modes_and_types_are_in_the_attributes() -> None:
    archive = opened(written())

    assert archive.getinfo("app/tool").external_attr == (stat.S_IFREG | 0o755) << 16
    assert archive.getinfo("app/old").external_attr == (stat.S_IFREG | 0o644) << 16
    assert archive.getinfo("empty/").external_attr == (stat.S_IFDIR | 0o755) << 16 | 0x10


def test_dates_are_utc_held_within_what_a_zip_can_say_to_the_even_second() -> None:
    archive = opened(written())

    def date(name: str) -> tuple[int, ...]:
        return archive.getinfo(name).date_time

    assert calendar.timegm((*date("app/tool"), 0, 0, 0)) == MTIME
    assert calendar.timegm((*date("big"), 0, 0, 0)) == MTIME
    assert date("app/old") == (1980, 1, 1, 0, 0, 0)
    assert date("app/new") == (2107, 12, 31, 23, 59, 58)


def test_what_a_wheel_compressed_is_copied_and_all_else_is_compressed_if_that_helps() -> None:
    data = written()
    copied = next(entry for entry in ENTRIES if entry.path == "app/copied.py")
    assert isinstance(copied, File)
    assert isinstance(copied.content, Zipped)
    methods = {info.filename: info.compress_type for info in opened(data).infolist()}

    assert raw(data, "app/copied.py") == bytes(copied.content.compressed)
    assert methods["app/stored.py"] == methods["big"] == zipfile.ZIP_DEFLATED
    assert methods["app/nothing.py"] == methods["app/old"] == zipfile.ZIP_STORED
    assert opened(data).getinfo("app/nothing.py").compress_size == 0


def test_everything_is_compressed_anew_on_demand() -> None:
    slack = zlib.compressobj(0, zlib.DEFLATED, -15)
    loose = slack.compress(TEXT) + slack.flush()
    entry = zipped_file("a", TEXT, mtime=MTIME)
    assert isinstance(entry.content, Zipped)
    content = Zipped(
        wheel=zipped_file("x", loose, mtime=0, deflated=False).content.wheel,  # type: ignore[union-attr]  # it is one
        offset=4,
        compressed_size=len(loose),
        deflated=True,
    )
    file = replace(entry, content=content)

    kept, anew = written([file]), written([file], recompress=True)

    assert raw(kept, "a") == loose
    assert len(anew) < len(kept) / 5
    assert opened(anew).read("a") == opened(kept).read("a") == TEXT


def test_a_file_that_is_too_large_to_be_deflated_at_once_is_deflated_as_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("repackage.archive._zip_body._AT_ONCE", 1_000_000)

    data = written(recompress=True, jobs=2)

    assert opened(data).read("big") == bytes(3_000_001)
    assert opened(data).getinfo("big").compress_size < 10_000


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_large_file_that_is_not_what_was_declared_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr("repackage.archive._zip_body._AT_ONCE", 5)
    path = tmp_path / "file"
    path.write_bytes(b"changed")
    content = OnDisk(path=path)
    file = replace(inline_file("a", b"content", mtime=0), content=content)

    with pytest.raises(FormatError, match="'a' has not the 7 bytes that were declared"):
        written([file], jobs=jobs)


@pytest.mark.parametrize("recompress", [False, True])
def test_threads_cannot_be_seen(recompress: bool) -> None:  # noqa: FBT001 - a parameter
    many = [
        inline_file(f"{number:04}", str(number).encode() * number, mtime=MTIME)
        for number in range(600)
    ]

    assert written(many, recompress=recompress) == written(many, recompress=recompress, jobs=3)


def test_a_program_may_stand_before_it(tmp_path: Path) -> None:
    path = tmp_path / "app.pyz"
    main = inline_file("__main__.py", b"print('it runs')\n", mtime=MTIME)
    path.write_bytes(written([main], program=b"#!/usr/bin/env python3\n"))

    # the offsets count from the first byte of the file, as PEP 441 and Info-ZIP want it
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("__main__.py").header_offset == 23
    done = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "it runs\n"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Symlink(path="a/link", target="b", mtime=0), "'a/link' is a symbolic link"),
        (inline_file("a\udcff", b"", mtime=0), "is not Unicode"),
        (inline_file("x/" * 40000, b"", mtime=0), "has 80000 bytes, and names have 65535"),
        (inline_file("../up", b"", mtime=0), "would be unpacked outside"),
        (inline_file("/up", b"", mtime=0), "would be unpacked outside"),
        (inline_file("a\0b", b"", mtime=0), "would be unpacked outside"),
    ],
    ids=["link", "not Unicode", "long", "above", "absolute", "null"],
)
def test_what_a_zip_cannot_hold_is_refused(entry: Entry, said: str) -> None:
    with pytest.raises(FormatError, match=re.escape(said)):
        written([entry])


def test_a_name_that_is_there_is_refused() -> None:
    with pytest.raises(FormatError, match="'a' would be in the archive twice"):
        written([inline_file("a", b"", mtime=0), inline_file("a", b"", mtime=0)])


def test_more_entries_than_a_zip_counts_are_refused() -> None:
    entries = (inline_file(str(number), b"", mtime=0) for number in range(MOST_ENTRIES + 1))

    with pytest.raises(FormatError, match="65535 entries are more than 65534"):
        written(entries)


def test_more_bytes_than_a_zip_counts_are_refused_before_they_are_written() -> None:
    data = b"\3\0"
    large = replace(zipped_file("large", data, mtime=0), size=5 << 30, digests=Digests.of(data))

    with pytest.raises(FormatError, match="more than 4 GiB"):
        written([large])


@pytest.mark.parametrize("limit", [0, 30, 500, 3_000_000])
@pytest.mark.native("unzip", "bsdtar")
def test_64_bits_are_used_for_what_has_no_room_in_32(
    limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, plain = tmp_path / "wide.zip", tmp_path / "plain.zip"
    plain.write_bytes(written())
    monkeypatch.setattr(_zip_header, "MOST_BYTES", limit)
    path.write_bytes(written(zip64=True))

    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for info in archive.infolist():
            wide = max(info.file_size, info.compress_size) > limit
            far = info.header_offset > limit
            assert len(own_extra(data, info)) == 20 * wide
            assert len(info.extra) == (4 if wide or far else 0) + 16 * wide + 8 * far
            assert info.extract_version == (45 if info.extra else 20)
        assert max(info.file_size for info in archive.infolist()) == 3_000_001
    assert (b"PK\6\6" in data) == (len(data) - 1000 > limit)
    assert list(map(_facts, read_zip(path))) == list(map(_facts, read_zip(plain)))
    subprocess.run(["unzip", "-tqq", path], check=True)
    subprocess.run(["bsdtar", "-xOf", path], check=True, stdout=subprocess.DEVNULL)


def own_extra(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """The extra field of a member's own header."""
    name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
    start = info.header_offset + 30 + name
    return data[start : start + extra]


def test_64_bits_are_used_for_nothing_else() -> None:
    assert written(zip64=True) == written()


@pytest.mark.native("unzip", "bsdtar")
def test_seventy_thousand_files_are_counted_in_64_bits(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    names = [f"{number // 1000}/{number}" for number in range(70_000)]
    path.write_bytes(written([inline_file(name, b"", mtime=0) for name in names], zip64=True))

    for command in ("unzip -Z1", "bsdtar -tf"):
        listed = subprocess.run(
            [*command.split(), path], check=True, capture_output=True, text=True
        ).stdout
        assert listed.splitlines() == names
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == names


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_is_not_what_was_declared_is_refused(tmp_path: Path, jobs: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"changed")
    file = File(
        path="a",
        mode=0o644,
        mtime=0,
        size=7,
        digests=Digests.of(b"content"),
        content=OnDisk(path=path),
    )

    with pytest.raises(FormatError, match="'a' has not the 7 bytes that were declared"):
        written([file], jobs=jobs)


# --- properties

NAMES = st.lists(
    st.text(
        st.characters(exclude_categories=("C", "Z"), exclude_characters="/\\"),
        min_size=1,
        max_size=12,
    ).filter(lambda name: name not in {".", ".."}),
    min_size=1,
    max_size=3,
).map("/".join)
CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.tuples(st.binary(min_size=1, max_size=20), st.integers(1, 2000)).map(
        lambda pair: pair[0] * pair[1]
    ),
)


@st.composite
def trees(draw: st.DrawFn) -> list[Entry]:
    """Files of any kind of content, and the directories above them."""
    files: dict[str, Entry] = {}
    for path, data in draw(st.dictionaries(NAMES, CONTENTS, max_size=12)).items():
        taken = any(f"{other}/".startswith(f"{path}/") for other in files)
        below = any(f"{path}/".startswith(f"{other}/") for other in files)
        if taken or below:
            continue
        mtime = draw(st.integers(315_532_800, 4_354_819_198)) & ~1
        kind = draw(st.sampled_from(["inline", "deflated", "stored"]))
        if kind == "inline":
            mode = draw(st.sampled_from([0o644, 0o755]))
            files[path] = inline_file(path, data, mtime=mtime, mode=mode)
        else:
            deflated = kind == "deflated"
            files[path] = zipped_file(path, data, mtime=mtime, deflated=deflated)
    return list(tree_of(*files.values()))


def _facts(entry: Entry) -> tuple[object, ...]:
    if isinstance(entry, File):
        return entry.path, entry.mode, entry.mtime, entry.digests
    return entry.path, "directory"


@given(entries=trees(), recompress=st.booleans(), jobs=st.integers(1, 3))
def test_any_tree_is_read_back_as_it_was(
    entries: list[Entry],
    recompress: bool,  # noqa: FBT001 - a parameter
    jobs: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    files = [entry for entry in entries if isinstance(entry, File)]
    path = tmp_path_factory.getbasetemp() / "any.zip"
    path.write_bytes(written(files, recompress=recompress, jobs=jobs))

    assert sorted(map(_facts, read_zip(path))) == sorted(map(_facts, entries))
    assert path.read_bytes() == written(files, recompress=recompress)


@given(entries=trees())
def test_copied_and_compressed_anew_inflate_to_the_same(entries: list[Entry]) -> None:
    kept, anew = opened(written(entries)), opened(written(entries, recompress=True))

    assert kept.namelist() == anew.namelist()
    assert [kept.read(name) for name in kept.namelist()] == [
        anew.read(name) for name in anew.namelist()
    ]
    assert [info.CRC for info in kept.infolist()] == [info.CRC for info in anew.infolist()]


@pytest.mark.native("unzip", "zipinfo", "bsdtar")
@settings(max_examples=15, deadline=None)
@given(entries=trees().filter(bool), recompress=st.booleans())
def test_other_programs_agree(
    entries: list[Entry],
    recompress: bool,  # noqa: FBT001 - a parameter
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.getbasetemp() / "others.zip"
    data = written(entries, recompress=recompress)
    path.write_bytes(data)
    names = opened(data).namelist()

    def run(*command: str) -> str:
        return subprocess.run(
            [*command, str(path)],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        ).stdout

    assert f"No errors detected in compressed data of {path}." in run("unzip", "-tq")
    assert run("zipinfo", "-h").endswith(f"number of entries: {len(names)}\n")
    assert run("bsdtar", "-tf").count("\n") == len(names)
