from __future__ import annotations

import io
import subprocess
from typing import TYPE_CHECKING

import pytest

from repackage.archive import ArWriter
from repackage.errors import FormatError

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Buffer


def test_members_stand_one_after_the_other_padded_to_even() -> None:
    stream = io.BytesIO()
    ar = ArWriter(stream, mtime=1_700_000_000)
    ar.add("debian-binary", b"2.0\n")
    with ar.member("odd") as member:
        member.write(b"ab")
        member.write(b"c")
    ar.add("empty", b"")

    assert stream.getvalue() == (
        b"!<arch>\n"
        b"debian-binary   1700000000  0     0     100644  4         `\n"
        b"2.0\n"
        b"odd             1700000000  0     0     100644  3         `\n"
        b"abc\n"
        b"empty           1700000000  0     0     100644  0         `\n"
    )


@pytest.mark.native("ar")
def test_the_ar_program_lists_and_extracts(tmp_path: Path) -> None:
    path = tmp_path / "x.a"
    with path.open("wb") as stream:
        ar = ArWriter(stream, mtime=0)
        ar.add("one", b"1")
        ar.add("two", b"22")
    listed = subprocess.run(["ar", "t", path], check=True, capture_output=True).stdout
    second = subprocess.run(["ar", "p", path, "two"], check=True, capture_output=True).stdout

    assert listed.split() == [b"one", b"two"]
    assert second == b"22"


@pytest.mark.parametrize("name", ["", "sixteen-letters-", "with space", "sla/sh", "ü"])
def test_a_name_that_ar_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="cannot be called"):
        ArWriter(io.BytesIO(), mtime=0).add(name, b"")


class Vast(io.BytesIO):
    """A disk that takes ten gigabytes, and remembers only how many bytes they were."""

    taken = 0

    def write(self, data: Buffer, /) -> int:
        self.taken += memoryview(data).nbytes
        return memoryview(data).nbytes


def test_a_member_that_is_too_big_is_refused_before_it_is_written() -> None:
    disk = Vast()
    member = ArWriter(disk, mtime=0).member("data.tar.xz")
    with member as stream:
        for _ in range(149):
            stream.write(bytes(1 << 26))

        with pytest.raises(FormatError, match="more than the 9999999999 bytes that ar can say"):
            stream.write(bytes(1 << 26))
    assert disk.taken < 9_999_999_999
