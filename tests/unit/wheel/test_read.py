"""Wheels that contradict themselves, and those that do not."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from repackage.errors import WheelError
from repackage.wheel import EntryPoint, Wheel, from_json, read_wheel, to_json
from repackage.wheel._inflate import CHUNK
from tests.unit.wheel.archives import (
    INFO,
    NAME,
    Item,
    change,
    deflate,
    items_of,
    pack,
    record_row,
    write,
)
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Mapping


def read(directory: Path, items: list[Item], name: str = NAME) -> Wheel:
    return read_wheel(write(directory, pack(items), name))


def problems_of(directory: Path, items: list[Item], name: str = NAME) -> str:
    with pytest.raises(WheelError) as caught:
        read(directory, items, name)
    return str(caught.value)


def test_a_real_wheel_is_read_with_all_its_facts(make_wheel: WheelFactory) -> None:
    path = make_wheel(
        "My.App",
        "1.0",
        files={"app.py": "print(1)\n", "app-bin": "#!/bin/sh\n"},
        executables=["app-bin"],
        scripts={"app": "app:main [fast]"},
        requires=["httpx>=0.27"],
        tag="cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
    )

    wheel = read_wheel(path)

    assert (wheel.name, wheel.version) == ("my-app", Version("1.0"))
    assert wheel.path == path
    assert not wheel.purelib
    assert len(wheel.tags) == 2
    assert wheel.entry_points == (
        EntryPoint(name="app", module="app", attribute="main", kind="console"),
    )
    assert wheel.metadata.display_name == "My.App"
    assert {member.path for member in wheel.members if member.executable} == {"app-bin"}
    assert wheel.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert wheel.newest == 1715947200


@pytest.mark.parametrize("date", [0, 15 << 5 | 1, 2 << 5 | 31])
def test_a_date_that_does_not_exist_counts_as_the_first_day(date: int, tmp_path: Path) -> None:
    items = [Item(name=item.name, data=item.data, date=date) for item in items_of()]

    assert read(tmp_path, items).newest == 315532800


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("app.zip", "extension must be '.whl'"),
        ("app.whl", "wrong number of parts"),
        ("app-one-py3-none-any.whl", "invalid version"),
        ("app-1.0-x1-py3-none-any.whl", "not that of a wheel"),
    ],
)
def test_a_file_that_is_not_named_like_a_wheel_is_refused(
    name: str, problem: str, tmp_path: Path
) -> None:
    assert problem in problems_of(tmp_path, items_of(), name)


@pytest.mark.parametrize("name", ["app-2.0-py3-none-any.whl", "other-1.0-py3-none-any.whl"])
def test_a_wheel_that_was_renamed_is_refused(name: str, tmp_path: Path) -> None:
    assert "wheels must not be renamed" in problems_of(tmp_path, items_of(), name)


def test_a_version_may_be_spelled_in_several_ways(tmp_path: Path) -> None:
    wheel = read(tmp_path, items_of(), "APP-1.0.0-py3-none-any.whl")

    assert wheel.version == Version("1.0")


INFOS: dict[str, tuple[dict[str, bytes | None], str]] = {
    "no METADATA": ({"METADATA": None}, "METADATA: the file is missing"),
    "an empty METADATA": ({"METADATA": b""}, "METADATA: the file is empty"),
    "METADATA of another name": (
        {"METADATA": b"Metadata-Version: 2.1\nName: other\nVersion: 1.0\n"},
        "it is of other 1.0, and the file name of app 1.0",
    ),
    "METADATA of another version": (
        {"METADATA": b"Metadata-Version: 2.1\nName: app\nVersion: 1.1\n"},
        "it is of app 1.1",
    ),
    "METADATA without a name": (
        {"METADATA": b"Metadata-Version: 2.1\nVersion: 1.0\n"},
        f"{NAME}: {INFO}/METADATA: Name is missing",
    ),
    "no WHEEL": ({"WHEEL": None}, "WHEEL: the file is missing"),
    "WHEEL of the future": (
        {"WHEEL": b"Wheel-Version: 2.0\nRoot-Is-Purelib: true\n"},
        "Wheel-Version is '2.0'",
    ),
    "WHEEL without a version": (
        {"WHEEL": b"Root-Is-Purelib: true\n"},
        "Wheel-Version is missing",
    ),
    "WHEEL that does not say where to": (
        {"WHEEL": b"Wheel-Version: 1.0\n"},
        "Root-Is-Purelib is missing",
    ),
    "WHEEL that is undecided": (
        {"WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: maybe\n"},
        "Root-Is-Purelib is 'maybe'",
    ),
    "WHEEL with other tags": (
        {"WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2-none-any\n"},
        "the tags py2-none-any are not those of the file name",
    ),
    "WHEEL with a tag that is none": (
        {"WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3\n"},
        "the tags py3 are invalid",
    ),
    "an empty WHEEL": ({"WHEEL": b""}, "Wheel-Version is missing"),
    "WHEEL that is no text": ({"WHEEL": b"\xff\xfe"}, "WHEEL: not UTF-8 text"),
    "a script name that escapes": (
        {"entry_points.txt": b"[console_scripts]\n../../bin/sh = app:main\n"},
        "the script name '../../bin/sh' is not a plain file name",
    ),
    "a script name with a backslash": (
        {"entry_points.txt": b"[gui_scripts]\na\\b = app:main\n"},
        "is not a plain file name",
    ),
    "a script name that is no name": (
        {"entry_points.txt": b"[gui_scripts]\n.. = app:main\n"},
        "is not a plain file name",
    ),
    "a script name with a control character": (
        {"entry_points.txt": b"[gui_scripts]\na\x1bb = app:main\n"},
        "the script name 'a\\x1bb' is not a plain file name",
    ),
    "a script name like an option": (
        {"entry_points.txt": b"[console_scripts]\n-rf = app:main\n"},
        "the script name '-rf' looks like an option",
    ),
    "a script that runs no function": (
        {"entry_points.txt": b"[console_scripts]\napp = app\n"},
        "the script 'app' refers to 'app'",
    ),
    "a script that runs injected code": (
        {"entry_points.txt": b"[console_scripts]\napp = app:main();evil\n"},
        "refers to 'app:main();evil'",
    ),
    "a script that runs a keyword": (
        {"entry_points.txt": b"[console_scripts]\napp = app.import:main\n"},
        "refers to 'app.import:main'",
    ),
    "a script of two kinds": (
        {"entry_points.txt": b"[console_scripts]\na = a:b\n[gui_scripts]\na = a:c\n"},
        "'a' is both a console and a GUI script",
    ),
    "a script that is there twice": (
        {"entry_points.txt": b"[console_scripts]\na = a:b\na = a:c\n"},
        "already exists",
    ),
    "entry points that are no table": (
        {"entry_points.txt": b"nothing\n"},
        "file contains no section headers",
    ),
}


@pytest.mark.parametrize("defect", INFOS)
def test_a_wheel_whose_dist_info_is_wrong_is_refused(defect: str, tmp_path: Path) -> None:
    info, problem = INFOS[defect]

    assert problem in problems_of(tmp_path, items_of(info=info))


def test_everything_wrong_is_reported_at_once(tmp_path: Path) -> None:
    info = {"METADATA": b"Name: app\n", "WHEEL": b"", "entry_points.txt": b"x\n"}

    message = problems_of(tmp_path, items_of(info=info, record=b""))

    for wrong in ("Metadata-Version", "Version is missing", "no section", "not list"):
        assert wrong in message


def test_a_hostile_wheel_does_not_quote_itself_at_length(tmp_path: Path) -> None:
    tags = ".".join(f"py{number}" for number in range(9999))
    wheel = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tags}-none-any\n".encode()

    message = problems_of(tmp_path, items_of(info={"WHEEL": wheel}))

    assert len(message) < 1000
    assert "py0-none-any" in message


def test_a_group_called_default_is_a_group_like_any_other(tmp_path: Path) -> None:
    text = b"[console_scripts]\napp = a:b\n[DEFAULT]\nevil = c:d\n"

    wheel = read(tmp_path, items_of(info={"entry_points.txt": text}))

    assert [point.name for point in wheel.entry_points] == ["app"]


def test_entry_points_of_other_groups_and_odd_names_are_no_problem(tmp_path: Path) -> None:
    text = b"[console_scripts]\npython3.11 = a.b:c.d\nas%s = a:b\n[plugins]\nx = not a script\n"

    wheel = read(tmp_path, items_of(info={"entry_points.txt": text}))

    assert [point.name for point in wheel.entry_points] == ["python3.11", "as%s"]


def row(name: str, data: bytes, algorithm: str = "sha256") -> bytes:
    return record_row(name, data, algorithm).encode()


SOURCE = b"print(1)\n"
ROWS = b"".join(row(str(item.name), item.data) for item in items_of()[1:-1])
RECORDS: dict[str, tuple[bytes, str]] = {
    "another hash": (row("app/__init__.py", b"other"), "the sha256 is not the one in RECORD"),
    "another size": (
        row("app/__init__.py", SOURCE).replace(b",9\n", b",8\n"),
        "the size is not the one in RECORD",
    ),
    "another sha512": (
        row("app/__init__.py", b"other", "sha512"),
        "the sha512 is not the one in RECORD",
    ),
    "no row": (b"", "app/__init__.py: RECORD does not list it"),
    "no hash": (b"app/__init__.py,,9\n", "app/__init__.py: RECORD has no hash of it"),
    "a weak hash": (row("app/__init__.py", SOURCE, "md5"), "is hashed by md5"),
    "a hash that became weak": (row("app/__init__.py", SOURCE, "sha1"), "is hashed by sha1"),
    "an unknown hash": (b"app/__init__.py,crc=x,9\n", "invalid hash algorithm 'crc'"),
    "a hash that is no base64": (b"app/__init__.py,sha256=%%%,9\n", "is not base64"),
    "a size that is no number": (
        row("app/__init__.py", SOURCE).replace(b",9\n", b",nine\n"),
        "`size` cannot be non-integer",
    ),
    "a row without a file": (
        row("app/__init__.py", SOURCE) + row("app/gone.py", b""),
        "'app/gone.py' is listed, but not in the archive",
    ),
    "two rows that differ": (
        row("app/__init__.py", SOURCE) + row("app/__init__.py", b"other"),
        "'app/__init__.py' is listed twice, differently",
    ),
    "a row of two columns": (b"app/__init__.py,x\n", "expected 3 elements, got 2"),
    "a hash of itself": (
        row("app/__init__.py", SOURCE) + row(f"{INFO}/RECORD", b""),
        "RECORD holds a hash that it cannot know",
    ),
    "bytes that are no text": (b"\xff,,\n", "RECORD: not UTF-8 text: byte 0"),
}


@pytest.mark.parametrize("defect", RECORDS)
def test_a_wheel_whose_record_is_wrong_is_refused(defect: str, tmp_path: Path) -> None:
    record, problem = RECORDS[defect]

    assert problem in problems_of(tmp_path, items_of(record=record + ROWS))


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512", "blake2b"])
def test_a_record_of_strong_hashes_is_believed(algorithm: str, tmp_path: Path) -> None:
    record = row("app/__init__.py", SOURCE, algorithm) + ROWS

    assert read(tmp_path, items_of(record=record)).members[0].size == len(SOURCE)


def test_a_wheel_without_record_is_refused(tmp_path: Path) -> None:
    assert "RECORD: the file is missing" in problems_of(tmp_path, items_of()[:-1])


@pytest.mark.parametrize("suffix", ["jws", "p7s"])
def test_signatures_need_no_row(suffix: str, tmp_path: Path) -> None:
    wheel = read(tmp_path, [*items_of(), Item(name=f"{INFO}/RECORD.{suffix}", data=b"{}")])

    assert wheel.members[-1].path == f"{INFO}/RECORD.{suffix}"


@pytest.mark.parametrize("mode", [0o100744, 0o100654, 0o100645])
def test_a_file_that_anybody_may_execute_is_executable(mode: int, tmp_path: Path) -> None:
    wheel = read(tmp_path, change(items_of(), 0, mode=mode))

    assert [member.executable for member in wheel.members] == [True, False, False, False]


def test_the_newest_member_dates_the_wheel(tmp_path: Path) -> None:
    items = [replace(item, date=5 << 9 | 1 << 5 | 1) for item in items_of()]

    wheel = read(tmp_path, change(items, 1, date=6 << 9 | 1 << 5 | 1))

    assert wheel.newest == 504_964_800  # noon of 1986-01-01


def test_a_content_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    items = change(items_of(), 0, data=b"evil(1)\n")

    assert "app/__init__.py: the sha256 is not the one in RECORD" in problems_of(
        tmp_path, items
    )


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"b-1.0.dist-info/METADATA": b""}, "it has 2 .dist-info directories"),
        ({"app-1.0.data/libs/x": b""}, "'libs' is no place to install to"),
        ({"app-1.0.data/x": b""}, "'x' is no place to install to"),
        ({"app-1.0.data/purelib": b""}, "'purelib' is no place to install to"),
        ({"App-1.0.data/scripts/x": b""}, "the directory must be named 'app-1.0.data'"),
    ],
)
def test_directories_that_are_wrong_are_refused(
    files: Mapping[str, bytes], problem: str, tmp_path: Path
) -> None:
    assert problem in problems_of(tmp_path, items_of(files))


def test_a_zip_that_is_no_wheel_is_refused(tmp_path: Path) -> None:
    assert "no .dist-info directory" in problems_of(tmp_path, [Item(name="a", data=b"")])


def test_data_of_known_schemes_and_directory_entries_are_no_problem(tmp_path: Path) -> None:
    files = {"app-1.0.data/scripts/x": b"", "other.data/x": b"", "x-1.data/y": b""}
    items = [Item(name="app/", mode=0o040755, method=0), *items_of(files)]

    wheel = read(tmp_path, items)

    assert [member.path for member in wheel.members[:3]] == list(files)


def test_wheels_are_read_by_many_threads_at_once(make_wheel: WheelFactory) -> None:
    paths = [make_wheel(f"app{number}") for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        wheels = list(pool.map(read_wheel, paths * 4))

    assert wheels == [read_wheel(path) for path in paths] * 4


def test_a_file_that_may_not_be_read_is_refused(
    make_wheel: WheelFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_wheel()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(WheelError, match="cannot be read: Permission denied"):
        read_wheel(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / NAME)

    with pytest.raises(WheelError, match="no regular file"):
        read_wheel(tmp_path / NAME)


NAMES = st.from_regex(r"[a-z_]{1,8}(/[a-zé ,\"']{1,8}){0,2}\.[a-z]{1,3}", fullmatch=True)


@given(files=st.dictionaries(NAMES, st.binary(max_size=5000), max_size=6))
def test_any_files_are_read_back_with_their_digests(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = WheelFactory(Path(directory))(files=files)
        wheel = read_wheel(path)
        data = path.read_bytes()

    members = {member.path: member for member in wheel.members}
    for name, content in files.items():
        member = members[name]
        assert member.size == len(content)
        assert member.sha256 == hashlib.sha256(content).hexdigest()
        assert member.md5 == hashlib.md5(content, usedforsecurity=False).hexdigest()
        assert member.crc32 == zlib.crc32(content)
        stored = data[member.offset : member.offset + member.compressed_size]
        assert (zlib.decompress(stored, -15) if member.deflated else stored) == content
    assert from_json(to_json(wheel), path) == wheel


@given(position=st.integers(min_value=0), byte=st.integers(min_value=0, max_value=255))
def test_a_changed_byte_is_refused_or_changes_no_content(position: int, byte: int) -> None:
    good = pack(items_of())
    position %= len(good)
    with tempfile.TemporaryDirectory() as directory:
        before = read_wheel(write(Path(directory), good))
        changed = good[:position] + bytes([byte]) + good[position + 1 :]
        path = write(Path(directory), changed)
        try:
            after = read_wheel(path)
        except WheelError:
            return

    assert [(member.path, member.sha256) for member in after.members] == [
        (member.path, member.sha256) for member in before.members
    ]


@pytest.mark.parametrize("method", [0, 8])
@pytest.mark.parametrize("repeated", [b"\0", b"0123456789abcdef"])
def test_large_files_are_digested_in_pieces(
    method: int, repeated: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repackage.wheel._contents.KEPT_PAGES", 1)
    data = repeated * 1_000_000 + hashlib.shake_256(b"").digest(1_000_000)
    items = change(items_of({"a.bin": data}), 0, method=method)

    member = read(tmp_path, items).members[0]

    assert member.sha256 == hashlib.sha256(data).hexdigest()
    assert member.deflated == (method == 8)


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_files_that_just_fill_a_piece_are_digested(size: int, tmp_path: Path) -> None:
    data = bytes(size)

    member = read(tmp_path, items_of({"a.bin": data})).members[0]

    assert (member.size, member.sha256) == (size, hashlib.sha256(data).hexdigest())


def test_a_deflate_stream_that_ends_long_before_its_data_is_refused(tmp_path: Path) -> None:
    data = deflate(b"print(1)\n") + bytes(1 << 20)

    message = problems_of(tmp_path, change(items_of(), 0, compressed=data))

    assert "has data after the end of its deflate stream" in message


def test_metadata_that_would_fill_the_memory_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repackage.wheel._contents.MAX_TEXT", 10)

    assert "bytes are too many for this file" in problems_of(tmp_path, items_of())


def test_a_dist_info_directory_without_a_version_is_refused(tmp_path: Path) -> None:
    items = [
        Item(name=str(item.name).replace("-1.0.", "-one."), data=b"") for item in items_of()
    ]

    assert "the directory is not that of app 1.0" in problems_of(tmp_path, items)


def test_metadata_that_cannot_be_inflated_are_refused(tmp_path: Path) -> None:
    items = change(items_of(), 1, compressed=b"\xff\xff")

    assert f"{INFO}/METADATA: the member cannot be inflated" in problems_of(tmp_path, items)
