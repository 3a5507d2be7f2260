"""Parts of a payload that are read back: whether they say what the header says."""

from __future__ import annotations

import io
import stat
from dataclasses import replace

import pytest

from repackage.archive import Intake
from repackage.errors import InputError
from repackage_formats.rpm._files import Listed
from repackage_formats.rpm._read import _part

LINK = Listed(
    path="usr/bin/demo",
    mode=stat.S_IFLNK | 0o777,
    mtime=5,
    size=4,
    target="real",
    digest="",
    inode=1,
    linked=False,
    last=True,
    absent=False,
)


def member(one: Listed, data: bytes) -> bytes:
    """A member of the new ASCII kind of cpio."""
    name = f"./{one.path}".encode() + b"\0"
    numbers = (1, one.mode, 0, 0, 1, one.mtime, len(data), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08x" % number for number in numbers) + name
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def read(data: bytes, one: Listed = LINK) -> list[object]:
    intake = Intake(1 << 20)
    return list(_part(io.BytesIO(data), last=False, vouched={}, listed=[one], intake=intake))


def test_a_link_is_read_as_the_payload_has_it() -> None:
    (link,) = read(member(LINK, b"real"))

    assert getattr(link, "target", "") == "real"


@pytest.mark.parametrize(
    "data",
    [
        member(LINK, b"evil"),
        member(LINK, b""),
        member(replace(LINK, mode=stat.S_IFLNK | 0o700), b"real"),
        member(replace(LINK, mtime=6), b"real"),
        member(replace(LINK, mode=stat.S_IFREG | 0o777), b"real"),
    ],
    ids=["target", "empty", "mode", "date", "kind"],
)
def test_a_payload_that_says_something_else_than_the_header_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not in the payload as it is in the header"):
        read(data)
