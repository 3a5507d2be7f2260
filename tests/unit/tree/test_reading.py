"""The bytes of a file of a tree, when the wheel that they lie in is not what it was."""

from __future__ import annotations

import resource
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.errors import WheelError
from repackage.tree import Digests, File, Mapped, Zipped, open_file, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DATA = bytes(range(256)) * 4096
OFFSET = 30


def read_in_pieces(file: File) -> bytes:
    with open_file(file) as opened:
        return opened.read()


def read_as_if_it_were_large(file: File) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("repackage.tree._reading._TWICE", -1)
        return read_file(file)


READERS = [read_file, read_in_pieces, read_as_if_it_were_large]


def member(path: Path, data: bytes = DATA, *, deflated: bool = True) -> File:
    """Write a file with a member somewhere in it."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    compressed = deflater.compress(data) + deflater.flush() if deflated else data
    path.write_bytes(b"x" * OFFSET + compressed + b"y" * 10)
    return File(
        path=path.name,
        mode=0o644,
        mtime=0,
        size=len(data),
        digests=Digests.of(data),
        content=Zipped(
            wheel=Mapped(path),
            offset=OFFSET,
            compressed_size=len(compressed),
            deflated=deflated,
        ),
    )


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    """Allow this process fewer open files than there are wheels, as macOS does."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (150, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("deflated", [True, False])
@pytest.mark.parametrize("data", [DATA, b""])
def test_a_member_is_read_from_where_it_lies(
    read: Callable[[File], bytes],
    deflated: bool,  # noqa: FBT001 - a parameter
    data: bytes,
    tmp_path: Path,
) -> None:
    assert read(member(tmp_path / "wheel", data, deflated=deflated)) == data


@pytest.mark.usefixtures("few_descriptors")
def test_more_wheels_than_files_may_be_open_can_be_read_twice(tmp_path: Path) -> None:
    contents = [str(number).encode() for number in range(200)]
    files = [member(tmp_path / data.decode(), data) for data in contents]

    assert [read_file(file) for file in files] == contents
    assert [read_file(file) for file in files] == contents


def test_a_file_that_is_being_read_stays_open_whatever_else_is_read(tmp_path: Path) -> None:
    others = [member(tmp_path / str(number)) for number in range(100)]

    with open_file(member(tmp_path / "wheel")) as opened:
        begun = opened.read(10)
        for other in others:
            read_file(other)
        assert begun + opened.read() == DATA


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("deflated", [True, False])
def test_a_wheel_that_was_rewritten_after_it_was_verified_is_refused(
    read: Callable[[File], bytes],
    deflated: bool,  # noqa: FBT001 - a parameter
    tmp_path: Path,
) -> None:
    path = tmp_path / "app.whl"
    file = member(path, deflated=deflated)
    other = member(tmp_path / "other", DATA[::-1], deflated=deflated)
    (tmp_path / other.path).replace(path)

    with pytest.raises(WheelError, match=r"app\.whl: the wheel was changed or removed"):
        read(file)


@pytest.mark.parametrize("read", READERS)
def test_deflate_data_that_were_overwritten_are_refused(
    read: Callable[[File], bytes], tmp_path: Path
) -> None:
    file = member(tmp_path / "app.whl")
    (tmp_path / "app.whl").write_bytes(b"\xff" * len(DATA))

    with pytest.raises(WheelError, match="changed"):
        read(file)


@pytest.mark.parametrize("read", [read_file, read_as_if_it_were_large])
@pytest.mark.parametrize("size", [len(DATA) - 1, len(DATA) + 1])
def test_a_member_that_inflates_to_another_size_is_refused(
    read: Callable[[File], bytes], size: int, tmp_path: Path
) -> None:
    file = replace(member(tmp_path / "app.whl"), size=size)

    with pytest.raises(WheelError, match="changed"):
        read(file)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("kept", [0, OFFSET + 5])
def test_a_wheel_that_is_truncated_while_it_is_open_does_not_kill_the_process(
    read: Callable[[File], bytes], kept: int, tmp_path: Path
) -> None:
    path = tmp_path / "app.whl"
    file = member(path, deflated=False)
    assert read(file) == DATA

    with path.open("r+b") as opened:
        opened.truncate(kept)

    with pytest.raises(WheelError, match="changed"):
        read(file)


@pytest.mark.parametrize(
    "spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")]
)
def test_a_wheel_that_is_gone_is_refused_in_one_sentence(
    spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    file = member(tmp_path / "app.whl")
    spoil(tmp_path / "app.whl")

    with pytest.raises(WheelError, match="changed or removed"):
        read_file(file)
