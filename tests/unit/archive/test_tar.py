from __future__ import annotations

import contextlib
import io
import os
import subprocess
import tarfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repackage.archive import Intake, TarWriter, read_tar, tar_header, tar_padding
from repackage.errors import FormatError, InputError, WheelError
from repackage.tree import (
    Digests,
    Directory,
    Entry,
    File,
    Inline,
    Mapped,
    Packed,
    Symlink,
    Zipped,
    inline_file,
    open_file,
    read_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

MTIME = 1_700_000_000
LONG = "/".join(["ä" * 60] * 3)
ENTRIES: list[Entry] = [
    Directory(path="usr", mtime=MTIME),
    inline_file("usr/empty", b"", mtime=MTIME),
    inline_file("usr/run", b"#!x\n", mtime=MTIME, mode=0o755),
    Symlink(path="usr/sh", target="run", mtime=MTIME),
    inline_file("usr/zürich ♥", b"x" * 513, mtime=315532800),
]
ODD: list[Entry] = [
    Directory(path=f"usr/{LONG}", mtime=MTIME),
    inline_file(f"usr/{LONG}/file", b"y" * 512, mtime=MTIME),
    Symlink(path="usr/far", target="../" * 50 + "x", mtime=MTIME),
    Symlink(path=f"usr/{LONG}/far", target=LONG, mtime=MTIME),
]


def written(entries: Iterable[Entry], *, prefix: str = "./") -> bytes:
    stream = io.BytesIO()
    with TarWriter(stream) as tar:
        for entry in entries:
            tar.add(entry, prefix=prefix)
    return stream.getvalue()


def read(data: bytes) -> list[Entry]:
    return list(read_tar(io.BytesIO(data)))


def by_tarfile(entry: Entry) -> bytes:
    """The header that the standard library writes for an entry."""
    info = tarfile.TarInfo(f"./{entry.path}")
    info.uname = info.gname = "root"
    info.mtime = entry.mtime
    match entry:
        case File(mode=mode, size=size):
            info.mode, info.size = mode, size
        case Directory(mode=mode):
            info.mode, info.type = mode, tarfile.DIRTYPE
        case Symlink(target=target):
            info.mode, info.type, info.linkname = 0o777, tarfile.SYMTYPE, target
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def without_devices(header: bytes) -> bytes:
    """Blank what versions of ``tarfile`` disagree on: device numbers, and so the sum."""
    last = len(header) - 512
    sum_field, devices = slice(last + 148, last + 156), slice(last + 329, last + 345)
    blank = bytearray(header)
    blank[sum_field] = bytes(8)
    blank[devices] = bytes(16)
    return bytes(blank)


paths = (
    st.lists(
        st.text(
            st.characters(exclude_characters="/\0", exclude_categories=["Cs"]),
            min_size=1,
            max_size=80,
        ).filter(lambda part: part not in {".", ".."}),
        min_size=1,
        max_size=6,
    )
    .map("/".join)
    .filter(lambda path: not path.endswith(" "))
)
dates = st.integers(min_value=-(2**40), max_value=2**40)
entries_of_any_kind = st.one_of(
    st.builds(Directory, path=paths, mtime=dates),
    st.builds(Symlink, path=paths, target=paths, mtime=dates),
    st.builds(
        File,
        path=paths,
        mode=st.sampled_from([0o644, 0o755]),
        mtime=dates,
        size=st.integers(min_value=0, max_value=2**45),
        digests=st.just(Digests.of(b"")),
        content=st.just(Inline(data=b"")),
    ),
)


@given(entry=entries_of_any_kind)
@settings(deadline=None)
def test_headers_are_those_of_the_standard_library(entry: Entry) -> None:
    assert without_devices(tar_header(entry)) == without_devices(by_tarfile(entry))


@given(entry=entries_of_any_kind)
@settings(deadline=None)
def test_the_standard_library_understands_every_header(entry: Entry) -> None:
    with tarfile.open(fileobj=io.BytesIO(tar_header(entry) + bytes(10240))) as tar:
        info = next(iter(tar))

    assert info.name.removesuffix("/") == f"./{entry.path}".removesuffix("/")
    assert (info.mtime, info.uid, info.gid) == (entry.mtime, 0, 0)
    assert (info.uname, info.gname) == ("root", "root")
    assert not info.pax_headers
    if isinstance(entry, File):
        assert (info.size, info.mode) == (entry.size, entry.mode)
    if isinstance(entry, Symlink):
        assert info.linkname == entry.target


def test_what_is_written_is_read_back() -> None:
    assert read(written(ENTRIES + ODD)) == ENTRIES + ODD


def test_the_root_comes_first_where_it_is_asked_for() -> None:
    data = written([Directory(path="", mtime=MTIME), *ENTRIES])

    assert data[:3] == b"./\0"
    assert read(data) == ENTRIES


def test_a_prefix_may_be_empty() -> None:
    data = written(ENTRIES, prefix="")

    assert data[:5] == b"usr/\0"
    assert read(data) == ENTRIES


def test_an_archive_ends_with_two_blocks_and_fills_its_record() -> None:
    for size in (0, 512, 8000, 9000, 9216, 10240):
        data = written([inline_file("f", bytes(size), mtime=0)])

        assert len(data) % 10240 == 0
        assert len(data) - 512 - size - len(tar_padding(size)) >= 1024


def test_raw_bytes_of_a_name_survive() -> None:
    entry = inline_file(b"caf\xe9".decode("utf-8", "surrogateescape"), b"", mtime=0)

    assert read(written([entry])) == [entry]


def zipped(tmp_path: Path, data: bytes, *, size: int | None = None) -> File:
    deflater = zlib.compressobj(wbits=-15)
    compressed = deflater.compress(data) + deflater.flush()
    path = tmp_path / "wheel"
    path.write_bytes(compressed)
    content = Zipped(
        wheel=Mapped(path), offset=0, compressed_size=len(compressed), deflated=True
    )
    file = inline_file("big", data, mtime=0)
    return replace(file, content=content, size=len(data) if size is None else size)


@pytest.mark.parametrize("size", [0, 10, 1 << 20, (1 << 20) + 1, 5_000_000])
def test_content_is_inflated_from_the_wheel(size: int, tmp_path: Path) -> None:
    file = zipped(tmp_path, b"0123456789" * (size // 10) + b"x" * (size % 10))
    (back,) = read(written([file]))

    assert isinstance(back, File)
    assert back.digests == file.digests


@pytest.mark.parametrize("size", [1, 10, 12, 3 << 20])
def test_content_that_is_not_as_long_as_declared_is_refused(size: int, tmp_path: Path) -> None:
    declared = rf"'big' has 11 bytes, not {size} as declared"
    with pytest.raises((FormatError, WheelError), match=f"{declared}|wheel was changed"):
        written([zipped(tmp_path, b"01234567890", size=size)])


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../up", "..", "nul\0byte"])
def test_a_path_that_leaves_the_root_is_not_written(path: str) -> None:
    with pytest.raises(FormatError, match="outside of the root"):
        written([inline_file(path, b"", mtime=0)])


def test_a_path_is_not_written_twice() -> None:
    with pytest.raises(FormatError, match=r"'\./a' would be in the archive twice"):
        written([inline_file("a", b"", mtime=0), Directory(path="a", mtime=0)])


def test_an_error_leaves_the_archive_without_an_end() -> None:
    stream = io.BytesIO()

    def fail() -> None:
        with TarWriter(stream) as tar:
            tar.add(ENTRIES[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with pytest.raises(InputError, match="damaged tar archive"):
        read(stream.getvalue())


def hostile(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as tar:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        tar.addfile(info)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../up", "a//b", "a/./b", ".."])
def test_a_path_that_is_not_below_the_root_is_not_read(name: str) -> None:
    with pytest.raises(InputError, match="is not a path below the root"):
        read(hostile(name))


@pytest.mark.parametrize(
    "kind", [tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE]
)
def test_hard_links_devices_and_sparse_files_are_not_read(kind: bytes) -> None:
    with pytest.raises(InputError, match="neither a file, a directory nor a symbolic link"):
        read(hostile("thing", kind, "x"))


def test_a_path_that_stands_twice_is_not_read() -> None:
    entry = tar_header(inline_file("a", b"", mtime=0))

    with pytest.raises(InputError, match="'a' is in the archive twice"):
        read(entry + entry + bytes(10240))


@pytest.mark.parametrize("cut", [512, 700, 1536, 3000])
def test_a_truncated_archive_is_refused(cut: int) -> None:
    with pytest.raises(InputError, match="damaged tar archive"):
        read(written(ENTRIES)[:cut])


def test_a_bad_header_is_not_taken_for_the_end() -> None:
    data = bytearray(written(ENTRIES))
    data[512] ^= 0xFF

    with pytest.raises(InputError, match="damaged tar archive"):
        read(bytes(data))


def test_data_after_the_end_are_refused() -> None:
    with pytest.raises(InputError, match="after the end"):
        read(written(ENTRIES) + bytes(10240) + b"x")


@given(data=st.binary(max_size=2000))
@settings(deadline=None)
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(InputError):
        read(data)


@pytest.mark.native("tar", "bsdtar")
@pytest.mark.parametrize("program", ["tar", "bsdtar"])
def test_native_programs_unpack_it(program: str, tmp_path: Path) -> None:
    archive = tmp_path / "x.tar"
    archive.write_bytes(written(ENTRIES + ODD))
    root = tmp_path / "root"
    root.mkdir()
    subprocess.run(
        [program, "-xpf", archive, "-C", root],
        check=True,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )

    for entry in ENTRIES + ODD:
        path = root / entry.path
        match entry:
            case File():
                assert path.read_bytes() == read_file(entry)
                assert path.stat().st_mode & 0o777 == entry.mode
                assert path.stat().st_mtime == entry.mtime
            case Directory():
                assert path.is_dir()
            case Symlink(target=target):
                assert str(path.readlink()) == target


def artifact(tmp_path: Path, *members: tuple[str, bytes, str | bytes]) -> Path:
    """Write an archive of members: a name, a type, and a target or the content."""
    path = tmp_path / "foreign.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if isinstance(content, bytes):
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            else:
                info.linkname = content
                tar.addfile(info)
    return path


def examined(path: Path) -> list[Entry]:
    """Read an archive that is a file, as formats do."""

    @contextlib.contextmanager
    def opened() -> Iterator[BinaryIO]:
        with path.open("rb") as file:
            yield file

    with opened() as stream:
        return list(read_tar(stream, again=opened, intake=Intake.of(path)))


def test_what_is_examined_may_be_a_machine(tmp_path: Path) -> None:
    path = artifact(
        tmp_path,
        ("./", tarfile.DIRTYPE, ""),
        ("/dev/null", tarfile.CHRTYPE, ""),
        ("./a", tarfile.REGTYPE, b"content"),
        ("/b", tarfile.LNKTYPE, "./a"),
        ("c", tarfile.LNKTYPE, "b"),
    )

    files = [entry for entry in examined(path) if isinstance(entry, File)]

    assert [file.path for file in files] == ["a", "b", "c"]
    assert {read_file(file) for file in files} == {b"content"}


def test_what_is_examined_is_not_held_in_memory(tmp_path: Path) -> None:
    path = artifact(
        tmp_path,
        ("app/big.bin", tarfile.REGTYPE, b"x" * 300_000),
        ("app-1.0.dist-info/METADATA", tarfile.REGTYPE, b"Name: app"),
        ("app/last.py", tarfile.REGTYPE, b"last"),
    )

    big, metadata, last = examined(path)

    assert isinstance(big, File)
    assert isinstance(metadata, File)
    assert isinstance(last, File)
    assert isinstance(big.content, Packed)
    assert isinstance(metadata.content, Inline)
    assert read_file(last) == b"last"
    with open_file(big) as stream:
        assert stream.read(10) == b"x" * 10
        assert len(stream.read()) == 299_990


def test_a_header_that_fills_the_memory_is_refused() -> None:
    info = tarfile.TarInfo("./@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 40

    with pytest.raises(InputError, match="a header of 1099511627776 bytes"):
        read(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))


def test_a_path_that_is_longer_than_a_system_allows_is_refused() -> None:
    with pytest.raises(InputError, match="is not a path below the root"):
        read(hostile("x" * 5000))


def test_an_artifact_that_expands_without_end_is_refused() -> None:
    intake = Intake(1000)
    intake.spend(32 << 30)

    with pytest.raises(InputError, match="expands to more than 32 GiB"):
        intake.spend(1)


def test_an_artifact_of_endless_entries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("repackage.archive._intake._ENTRIES", 2)
    intake = Intake(1000)
    intake.count()
    intake.count()

    with pytest.raises(InputError, match="more than 2 entries"):
        intake.count()
