"""Zip files of which wheels vouch for what was copied out of them."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage.archive import Intake, ZipWriter, note_copied, read_zip, read_zip_vouched
from repackage.errors import InputError
from repackage.format import Logbook
from repackage.tree import File, Mapped, Zipped, inline_file

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.archive import Claim

CONTENTS = {"lib/a.py": b"text\n" * 500, "lib/b.bin": random.Random(1).randbytes(300_000)}


def copied(directory: Path) -> tuple[Path, Logbook]:
    """A zip of two files of a wheel, and of one that is nobody's."""
    files = [inline_file("own.py", b"own\n" * 100, mtime=1_000_000_000)]
    with zipfile.ZipFile(directory / "x.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in CONTENTS.items():
            wheel.writestr(name, data)
    mapped = Mapped(directory / "x.whl")
    with zipfile.ZipFile(directory / "x.whl") as wheel:
        for info in wheel.infolist():
            content = Zipped(
                wheel=mapped,
                offset=info.header_offset + 30 + len(info.filename),
                compressed_size=info.compress_size,
                deflated=True,
            )
            file = inline_file(info.filename, CONTENTS[info.filename], mtime=1_000_000_000)
            files.append(replace(file, content=content))
    artifact, logbook = directory / "artifact.zip", Logbook()
    with artifact.open("wb") as stream, ZipWriter(stream) as archive:
        for each in files:
            archive.add(each)
    note_copied(archive, logbook)
    return artifact, logbook


def facts(entry: object) -> tuple[object, ...]:
    digest = entry.digests.sha256 if isinstance(entry, File) else ""
    return type(entry), getattr(entry, "path", ""), getattr(entry, "mode", 0), digest


def altered(artifact: Path, place: int, byte: int) -> None:
    data = bytearray(artifact.read_bytes())
    data[place] ^= byte
    artifact.write_bytes(data)


def test_what_was_copied_is_read_as_anything_else_is(tmp_path: Path) -> None:
    artifact, logbook = copied(tmp_path)

    assert [facts(each) for each in read_zip_vouched(artifact, logbook)] == [
        facts(each) for each in read_zip(artifact)
    ]


def test_what_was_copied_is_not_inflated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact, logbook = copied(tmp_path)
    inflated: list[str] = []
    take = Intake.take

    def heard(self: Intake, claim: Claim, *rest: Any, **more: Any) -> File:
        inflated.append(claim.path)
        return take(self, claim, *rest, **more)

    monkeypatch.setattr(Intake, "take", heard)
    list(read_zip_vouched(artifact, logbook))

    assert inflated == ["own.py"]


@pytest.mark.parametrize("place", [0, 6, 8, 10, 12, 14, 18, 22, 26, 30, 38, 60, 5000, 200_000])
def test_no_byte_of_a_copied_member_may_be_another_one(place: int, tmp_path: Path) -> None:
    artifact, logbook = copied(tmp_path)
    for verbatim in logbook.stretches[0].verbatim:
        if place < verbatim.size:
            altered(artifact, verbatim.at + place, 1)
            with pytest.raises(InputError):
                list(read_zip_vouched(artifact, logbook))
            altered(artifact, verbatim.at + place, 1)
    list(read_zip_vouched(artifact, logbook))


def test_what_the_list_says_of_a_copied_member_must_be_true(tmp_path: Path) -> None:
    artifact, logbook = copied(tmp_path)
    listed = artifact.read_bytes().rindex(b"PK\1\2")
    for place in (10, 16, 20, 24, 28, 42, 46):
        altered(artifact, listed + place, 1)
        with pytest.raises(InputError):
            list(read_zip_vouched(artifact, logbook))
        altered(artifact, listed + place, 1)


def test_a_wheel_that_has_something_else_vouches_for_nothing(tmp_path: Path) -> None:
    artifact, logbook = copied(tmp_path)
    (stretch,) = logbook.stretches
    one, other = stretch.verbatim
    stretch.verbatim[:] = [replace(one, file=other.file), replace(other, file=one.file)]

    with pytest.raises(InputError):
        list(read_zip_vouched(artifact, logbook))


def test_who_notes_a_file_that_no_wheel_has_is_not_believed(tmp_path: Path) -> None:
    artifact, logbook = copied(tmp_path)
    (stretch,) = logbook.stretches
    one = stretch.verbatim[0]
    inline = inline_file(one.file.path, CONTENTS[one.file.path], mtime=1_000_000_000)
    stretch.verbatim[0] = replace(one, file=inline)

    with pytest.raises(InputError, match="in no wheel"):
        list(read_zip_vouched(artifact, logbook))


@pytest.mark.parametrize("program", [b"", b"#!/usr/bin/python3\n"])
def test_a_zip_is_the_whole_file_but_for_the_line_that_starts_a_program(
    program: bytes, tmp_path: Path
) -> None:
    artifact = tmp_path / "artifact"
    own = [inline_file(f"{name}.py", b"own\n" * 100, mtime=1_000_000_000) for name in "abc"]
    with artifact.open("wb") as stream:
        stream.write(program)
        with ZipWriter(stream, offset=len(program)) as archive:
            for each in own:
                archive.add(each)
    data = artifact.read_bytes()
    assert [each.path for each in read_zip_vouched(artifact, Logbook())] == [
        "a.py",
        "b.py",
        "c.py",
    ]

    for more in (b"more" + data, data + b"more", program + b"more" + data[len(program) :]):
        artifact.write_bytes(more)
        with pytest.raises(InputError):
            list(read_zip_vouched(artifact, Logbook()))


@pytest.mark.parametrize("moved", [-10, 10])
def test_members_lie_side_by_side_and_none_in_another(moved: int, tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("hidden.py", b"hidden")
    header = inner.getvalue()[: 30 + len("hidden.py") + 6]
    artifact = tmp_path / "artifact.zip"
    with zipfile.ZipFile(artifact, "w") as archive:
        archive.writestr("a.py", header)
        archive.writestr("b.py", b"hidden" + bytes(100))
        if moved > 0:
            assert archive.fp is not None
            archive.fp.write(bytes(moved))  # a gap that nobody lists
            archive.start_dir += moved
        else:
            archive.infolist()[1].filename = archive.infolist()[1].orig_filename = "hidden.py"
            archive.infolist()[1].header_offset = 30 + len("a.py")
            archive.infolist()[1].file_size = archive.infolist()[1].compress_size = 6
            archive.infolist()[1].CRC = zlib.crc32(b"hidden")

    # newer Pythons see by themselves what overlaps
    with pytest.raises(InputError, match=r"when it is read back|Overlapped entries"):
        list(read_zip_vouched(artifact, Logbook()))
