"""A stream to import: what is in it, and what is not taken for one."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from repackage.archive import nar_token
from repackage.errors import InputError
from repackage.testing import odd_tree
from repackage.tree import File, Packed, read_file
from repackage_formats.nix_store import nix_cache, nix_closure
from tests.formats.nix_store.made import HASH, PYTHON, STORED, cache, closure

if TYPE_CHECKING:
    from pathlib import Path


def refused(path: Path, data: bytes, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        list(nix_closure.read(path))


def test_a_stream_and_a_cache_hold_the_same_path(tmp_path: Path) -> None:
    stream, directory = closure(tmp_path), cache(tmp_path)

    assert nix_closure.describe(stream)["path"] == nix_cache.describe(directory)["path"]
    assert [entry.path for entry in nix_closure.read(stream)] == [
        entry.path for entry in nix_cache.read(directory)
    ]


def test_the_path_stands_behind_the_archive(tmp_path: Path) -> None:
    stream = closure(tmp_path, nix_closure.Options(interpreter=PYTHON))
    path = nix_closure.describe(stream)["path"].encode()
    end = (
        struct.pack("<Q", 0x4558494E)
        + nar_token(path)
        + struct.pack("<Q", 1)
        + nar_token(STORED.encode())
        + bytes(24)
    )

    assert stream.read_bytes().startswith(b"\1" + bytes(7) + nar_token(b"nix-archive-1"))
    assert stream.read_bytes().endswith(end)
    assert nix_closure.describe(stream)["references"] == STORED


def test_contents_are_found_when_they_are_asked_for(tmp_path: Path) -> None:
    found = {
        entry.path: entry for entry in nix_closure.read(closure(tmp_path, staged=odd_tree))
    }
    noise = next(entry for path, entry in found.items() if path.endswith("noise.bin"))

    assert isinstance(noise, File)
    assert isinstance(noise.content, Packed)
    assert len(read_file(noise)) == 1_500_000


def test_only_a_stream_is_recognised(tmp_path: Path) -> None:
    stream, directory = closure(tmp_path), cache(tmp_path)
    (tmp_path / "short").write_bytes(stream.read_bytes()[:20])

    assert nix_closure.recognises(stream) == 2
    assert nix_closure.recognises(directory) == 0
    assert nix_closure.recognises(tmp_path / "short") == 0
    assert nix_closure.recognises(tmp_path / "nothing") == 0


def test_an_altered_byte_anywhere_is_refused(tmp_path: Path) -> None:
    stream = closure(tmp_path, nix_closure.Options(interpreter=PYTHON))
    data = stream.read_bytes()
    # the last 24 bytes are numbers that must be 0; those of the deriver are padding or a length
    for at in [*range(0, len(data) - 24, max(1, len(data) // 150)), len(data) - 1]:
        altered = bytearray(data)
        altered[at] ^= 1
        stream.write_bytes(altered)
        with pytest.raises(InputError):
            list(nix_closure.read(stream))


@pytest.mark.parametrize("missing", [1, 8, 9, 40, 200])
def test_a_truncated_stream_is_refused(missing: int, tmp_path: Path) -> None:
    stream = closure(tmp_path)

    refused(stream, stream.read_bytes()[:-missing], "too early|a token of")


def test_a_file_that_is_no_stream_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / "x", b"no stream, but longer than a number", "it is no stream")
    refused(tmp_path / "x", b"", "it ends 8 bytes too early")


def test_another_path_than_the_bytes_make_is_refused(tmp_path: Path) -> None:
    stream = closure(tmp_path)
    own = nix_closure.describe(stream)["path"].encode()
    other = f"/nix/store/{HASH}-example-1.0".encode()

    refused(stream, stream.read_bytes().replace(own, other), f"and not {other.decode()}")


def test_several_paths_are_refused(tmp_path: Path) -> None:
    stream = closure(tmp_path)
    data = stream.read_bytes()

    refused(stream, data[:-8] + data, "the stream holds several paths")


def test_data_behind_the_end_are_refused(tmp_path: Path) -> None:
    stream = closure(tmp_path)

    refused(stream, stream.read_bytes() + b"x", "data after the end")


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (bytes(8), "there is no path behind the archive"),
        (
            struct.pack("<Q", 0x4558494E) + nar_token(b"/etc"),
            "'/etc' is no path of a Nix store",
        ),
        (
            struct.pack("<Q", 0x4558494E)
            + nar_token(STORED.encode())
            + struct.pack("<Q", 1 << 60),
            "it claims 1152921504606846976 references",
        ),
        (
            struct.pack("<Q", 0x4558494E)
            + nar_token(STORED.encode())
            + struct.pack("<QQQ", 0, 0, 1),
            "a signature of a kind",
        ),
    ],
)
def test_what_stands_behind_the_archive_must_be_a_path(
    end: bytes, message: str, tmp_path: Path
) -> None:
    stream = closure(tmp_path)
    data = stream.read_bytes()
    archive = data[: data.rindex(struct.pack("<Q", 0x4558494E))]

    refused(stream, archive + end, message)


def test_nothing_is_written_that_was_there_before(tmp_path: Path) -> None:
    closure(tmp_path)

    with pytest.raises(FileExistsError):
        closure(tmp_path)
