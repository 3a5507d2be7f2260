from __future__ import annotations

from dataclasses import replace

import pytest

from repackage.errors import InputError
from repackage_formats.nix_store._narinfo import NarInfo, read_narinfo
from repackage_formats.nix_store._path import StorePath
from tests.formats.nix_store.made import HASH

INFO = NarInfo(
    path=StorePath(hash_part="1" * 32, name="app-1.0"),
    url="nar/abc.nar.xz",
    compression="xz",
    file_sha256=bytes(32),
    file_size=100,
    nar_sha256=b"\1" * 32,
    nar_size=200,
    references=(StorePath(hash_part=HASH, name="python3"),),
    content_address=b"\1" * 32,
    signatures=("key-1:AAAA", "key-2:BBBB"),
)


def test_it_is_written_as_nix_writes_it() -> None:
    one = "0081040h2081040h2081040h2081040h2081040h2081040h2081"  # nix-hash --to-base32

    assert INFO.text() == (
        f"StorePath: /nix/store/{'1' * 32}-app-1.0\n"
        "URL: nar/abc.nar.xz\n"
        "Compression: xz\n"
        f"FileHash: sha256:{'0' * 52}\n"
        "FileSize: 100\n"
        f"NarHash: sha256:{one}\n"
        "NarSize: 200\n"
        f"References: {HASH}-python3\n"
        "Sig: key-1:AAAA\n"
        "Sig: key-2:BBBB\n"
        f"CA: fixed:r:sha256:{one}\n"
    )


def test_the_line_of_references_is_there_even_if_there_are_none() -> None:
    assert "\nReferences: \n" in replace(INFO, references=()).text()


def test_what_was_written_is_read() -> None:
    assert read_narinfo(INFO.text(), where="x") == INFO

    bare = replace(INFO, references=(), content_address=None, signatures=())
    assert read_narinfo(bare.text(), where="x") == bare


def test_digests_in_hexadecimal_are_read() -> None:
    text = INFO.text().replace("0" * 52, "0" * 64)

    assert read_narinfo(text, where="x") == INFO


def test_a_path_that_is_named_otherwise_has_no_content_address() -> None:
    text = INFO.text().replace("CA: fixed:r:", "CA: text:")

    assert read_narinfo(text, where="x").content_address is None


def test_what_is_signed_names_whole_paths() -> None:
    assert INFO.fingerprint.startswith(f"1;/nix/store/{'1' * 32}-app-1.0;sha256:")
    assert INFO.fingerprint.endswith(f";200;/nix/store/{HASH}-python3")


def test_every_field_that_is_missing_or_there_twice_is_told() -> None:
    text = "".join(f"{line}\n" for line in INFO.text().splitlines() if "File" not in line)

    with pytest.raises(InputError) as caught:
        read_narinfo(text + "NarSize: 200\n", where="x.narinfo")

    assert [str(problem) for problem in caught.value.problems] == [
        "x.narinfo: FileHash is there 0 times, not once",
        "x.narinfo: FileSize is there 0 times, not once",
        "x.narinfo: NarSize is there 2 times, not once",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("StorePath", "/etc/passwd"),
        ("URL", "../../etc/passwd"),
        ("URL", "/etc/passwd"),
        ("URL", "nar/../x"),
        ("URL", "nar/.."),
        ("URL", "http://evil.example/x"),
        ("FileHash", "sha256:xyz"),
        ("FileHash", "md5:" + "0" * 52),
        ("NarHash", "0" * 52),
        ("FileSize", "-1"),
        ("NarSize", "9" * 30),
        ("References", "../x"),
        ("CA", "fixed:r:sha256:zz"),
    ],
)
def test_a_field_that_is_something_else_is_told(key: str, value: str) -> None:
    lines = [
        f"{key}: {value}" if line.startswith(f"{key}:") else line
        for line in INFO.text().splitlines()
    ]

    with pytest.raises(InputError, match=f"x: {key} is "):
        read_narinfo("\n".join(lines), where="x")
