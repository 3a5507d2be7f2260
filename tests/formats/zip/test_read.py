"""Zip files are read whoever made them, and trusted in nothing."""

from __future__ import annotations

import io
import stat
import struct
import zipapp
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.errors import InputError
from repackage.tree import Directory, File, Packed, Symlink, open_file, read_file
from repackage_formats import zip as zip_reader

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Reader
    from repackage.tree import Entry

READER: Reader = zip_reader


def member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2024, 5, 17, 12, 0, 0))
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def made(path: Path, *members: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in members:
            archive.writestr(info, data)
    return path


def read(path: Path) -> list[Entry]:
    return list(zip_reader.read(path))


def test_files_directories_and_links_are_read(tmp_path: Path) -> None:
    path = made(
        tmp_path / "x.zip",
        (member("bin/", stat.S_IFDIR | 0o755), b""),
        (member("bin/tool", stat.S_IFREG | 0o755), b"#!/bin/sh\n"),
        (member("bin/link", stat.S_IFLNK | 0o777), b"tool"),
    )

    directory, tool, link = read(path)

    assert isinstance(directory, Directory)
    assert isinstance(tool, File)
    assert (tool.path, tool.mode, tool.mtime, tool.size) == ("bin/tool", 0o755, 1715947200, 10)
    assert read_file(tool) == b"#!/bin/sh\n"
    assert link == Symlink(path="bin/link", target="tool", mtime=1715947200)


def test_contents_are_found_when_they_are_asked_for(tmp_path: Path) -> None:
    path = made(
        tmp_path / "x.zip",
        (member("big.bin"), bytes(3 << 20)),
        (member("app-1.0.dist-info/METADATA"), b"Name: app\n"),
    )

    big, _, metadata = read(path)

    assert isinstance(big, File)
    assert isinstance(big.content, Packed)
    with open_file(big) as stream:
        assert len(stream.read()) == 3 << 20
    assert isinstance(metadata, File)
    assert not isinstance(metadata.content, Packed)


def test_what_other_systems_wrote_has_plain_modes(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a.txt")
    info.create_system, info.external_attr = 0, 0x20

    (entry,) = read(made(tmp_path / "x.zip", (info, b"x")))

    assert isinstance(entry, File)
    assert entry.mode == 0o644


def test_a_zipapp_is_recognised_behind_its_first_line(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "__main__.py").write_text("print('hi')\n")
    app = tmp_path / "app"
    zipapp.create_archive(source, app, interpreter="/usr/bin/env python3", compressed=True)

    assert zip_reader.recognises(app) == 1
    assert zip_reader.describe(app)["program"] == "#!/usr/bin/env python3"
    assert "__main__.py" in [entry.path for entry in read(app)]


def test_other_files_and_directories_are_not_recognised(tmp_path: Path) -> None:
    (tmp_path / "script").write_text("#!/bin/sh\n")
    (tmp_path / "text").write_text("PK")

    assert zip_reader.recognises(tmp_path) == 0
    assert zip_reader.recognises(tmp_path / "script") == 0
    assert zip_reader.recognises(tmp_path / "text") == 0
    assert zip_reader.recognises(tmp_path / "nothing") == 0


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up", "a/../../up", "a//b", "a\\..\\b", ".."]
)
def test_a_path_that_is_not_below_the_root_is_not_read(tmp_path: Path, name: str) -> None:
    path = made(tmp_path / "x.zip", (member("placeholder"), b""))
    info = member("x" * len(name))
    made(path, (info, b""))
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name.encode()))

    with pytest.raises(InputError, match="is not a path below the root"):
        read(path)


def test_a_backslash_is_a_letter_to_unix_alone(tmp_path: Path) -> None:
    info = member("a\\b")
    path = made(tmp_path / "x.zip", (info, b""))

    assert [entry.path for entry in read(path)] == ["a\\b"]

    info.create_system = 0
    with pytest.raises(InputError, match="is not a path below the root"):
        read(made(tmp_path / "x.zip", (info, b"")))


def test_directories_that_are_not_listed_are_there_all_the_same(tmp_path: Path) -> None:
    path = made(
        tmp_path / "x.zip",
        (member("a/b/c"), b""),
        (member("z/", stat.S_IFDIR | 0o755), b""),
        (member("z/y"), b""),
    )

    assert [entry.path for entry in read(path)] == ["a", "a/b", "a/b/c", "z", "z/y"]


def test_directories_that_are_not_listed_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repackage.archive._intake._ENTRIES", 100)
    path = made(tmp_path / "x.zip", (member("a/" * 150 + "b"), b""))

    with pytest.raises(InputError, match="more than 100 entries"):
        read(path)


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a")])
def test_a_file_that_is_a_directory_too_is_refused(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    path = made(tmp_path / "x.zip", *((member(name), b"") for name in names))

    with pytest.raises(InputError, match="'a' is both a file and a directory"):
        read(path)


def test_a_path_that_stands_twice_is_not_read(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = made(tmp_path / "x.zip", (member("a"), b"1"), (member("a"), b"2"))

    with pytest.raises(InputError, match="'a' is in the archive twice"):
        read(path)


def test_an_encrypted_member_is_not_read(tmp_path: Path) -> None:
    path = made(tmp_path / "x.zip", (member("secret"), b"x"))
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\1\2")
    data[directory + 8] |= 1
    path.write_bytes(data)

    with pytest.raises(InputError, match="'secret' is encrypted"):
        read(path)


def test_a_link_that_is_longer_than_a_path_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "x.zip", (member("link", stat.S_IFLNK | 0o777), b"x" * 5000))

    with pytest.raises(InputError, match="longer than a path"):
        read(path)


def test_content_that_is_not_what_was_digested_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member("a"), b"content")
    path.write_bytes(path.read_bytes().replace(b"content", b"c0ntent"))

    with pytest.raises(InputError, match="damaged zip archive"):
        read(path)


def test_a_member_that_claims_more_than_a_disk_holds_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "x.zip", (member("bomb"), b"0" * 100))
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\1\2")
    struct.pack_into("<I", data, directory + 24, 0xFFFFFFF0)
    path.write_bytes(data)

    with pytest.raises(InputError):
        read(path)


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "x.zip", (member("a"), b"content" * 100))
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(InputError, match="damaged zip archive"):
        read(path)


@given(data=st.binary(max_size=300), at=st.integers(0, 200))
def test_damage_is_read_or_refused(data: bytes, at: int, tmp_path_factory: object) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member("a/b.txt"), b"text " * 50)
    original = buffer.getvalue()
    damaged = original[:at] + data + original[at + len(data) :]
    path = tmp_path_factory.getbasetemp() / "damaged.zip"  # type: ignore[attr-defined]  # a factory
    path.write_bytes(damaged)

    try:
        read(path)
        zip_reader.describe(path)
    except InputError:
        pass
