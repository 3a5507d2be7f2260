from __future__ import annotations

import struct
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.elf import _scan, scan, starts_like_elf
from repackage.errors import FormatError
from repackage.testing import EPOCH, zipped_file
from repackage.tree import Digests, File, Mapped, OnDisk, Zipped, inline_file
from tests.elves import AARCH64, RELOCATABLE, make_elf


def file_of(data: bytes, path: str = "lib/a.so") -> File:
    return inline_file(path, data, mtime=EPOCH)


def test_what_a_library_needs_is_read_from_its_segments() -> None:
    data = make_elf(
        needed=["libc.so.6", "libz.so.1"],
        versions={"libc.so.6": ["GLIBC_2.17", "GLIBC_2.5"], "libz.so.1": ["ZLIB_1.2.9"]},
        soname="liba.so.1",
        runpath="$ORIGIN/../a.libs:/opt/lib",
    )
    (elf,) = scan([file_of(data)])

    assert (elf.machine, elf.bits, elf.little_endian) == ("EM_X86_64", 64, True)
    assert elf.runs
    assert elf.dynamic
    assert not elf.unstripped
    assert elf.soname == "liba.so.1"
    assert elf.needed == ("libc.so.6", "libz.so.1")
    assert elf.versions == (
        ("libc.so.6", "GLIBC_2.17"),
        ("libc.so.6", "GLIBC_2.5"),
        ("libz.so.1", "ZLIB_1.2.9"),
    )
    assert elf.search_paths == ("$ORIGIN/../a.libs", "/opt/lib")


@pytest.mark.parametrize(("order", "machine"), [("<", "EM_386"), (">", "EM_PPC")])
@pytest.mark.parametrize("second", [0x6474E552, 4])
def test_segments_of_32_bits_are_read_in_either_byte_order(
    order: str, machine: str, second: int
) -> None:
    little = order == "<"
    ident = b"\x7fELF" + bytes([1, 1 if little else 2, 1]) + bytes(9)
    number = {"EM_386": 3, "EM_PPC": 20}[machine]
    head = (ident, 3, number, 1, 0, 52, 0, 0, 52, 32, 2, 40, 0, 0)
    segments = [(kind, 0, 0, 0, 0, 0, 4, 1) for kind in (1, second)]
    data = struct.pack(f"{order}16s2H5I6H", *head)
    data += b"".join(struct.pack(f"{order}8I", *each) for each in segments)
    (elf,) = scan([file_of(data)])

    assert (elf.machine, elf.bits, elf.little_endian) == (machine, 32, little)
    assert elf.runs
    assert elf.relro == (second == 0x6474E552)


def test_a_static_program_needs_nothing() -> None:
    (elf,) = scan([file_of(make_elf(dynamic=False, machine=AARCH64))])

    assert (elf.machine, elf.dynamic, elf.needed) == ("EM_AARCH64", False, ())


def test_an_object_file_does_not_run() -> None:
    (elf,) = scan([file_of(make_elf(dynamic=False, kind=RELOCATABLE))])

    assert not elf.runs


def test_the_interpreter_itself_is_read() -> None:
    """A real file with sections, symbols and versions."""
    (elf,) = scan([file_of(Path(sys.executable).read_bytes())])

    assert elf.dynamic
    assert "libc.so.6" in elf.needed
    assert any(node.startswith("GLIBC_") for _, node in elf.versions)


def test_a_file_that_only_begins_like_one_needs_nothing() -> None:
    assert (
        scan([file_of(b"\x7fELF"), file_of(b"\x7fELF\x02\x01"), file_of(b"\x7fELF?" * 9)]) == ()
    )


def test_a_damaged_file_is_refused_with_the_way_out() -> None:
    data = make_elf(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.17"]})
    files = [file_of(data[:-60], "a/cut.so"), file_of(data[:-100], "b/cut.so")]
    with pytest.raises(FormatError, match="damaged ELF file") as caught:
        scan(files)

    assert [problem.where for problem in caught.value.problems] == ["a/cut.so", "b/cut.so"]
    assert "foreign = ['a/cut.so']" in str(caught.value)
    assert scan(files, skipped=("*/cut.so",)) == ()


@given(st.integers(0, 400), st.binary(min_size=1, max_size=16))
def test_a_forged_file_ends_in_an_answer_or_in_our_error(at: int, junk: bytes) -> None:
    data = bytearray(make_elf(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.17"]}))
    data[at : at + len(junk)] = junk
    with suppress(FormatError):
        assert len(scan([file_of(bytes(data))])) <= 1


def test_a_big_file_does_not_go_through_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_scan, "_IN_MEMORY", 10)
    (elf,) = scan([file_of(make_elf(needed=["libc.so.6"]))])

    assert elf.needed == ("libc.so.6",)


def test_what_is_found_stands_in_the_order_of_the_files() -> None:
    """However many are read at the same time."""
    names = [f"lib{each}.so" for each in range(40)]
    files = [file_of(make_elf(soname=name), name) for name in names]

    assert [elf.soname for elf in scan(files)] == names


def test_headers_that_lie_upon_each_other_are_refused() -> None:
    data = bytearray(make_elf(dynamic=False))
    data[54:56] = bytes(2)  # e_phentsize
    with pytest.raises(FormatError, match="e_phentsize"):
        scan([file_of(bytes(data))])


def test_files_are_found_by_their_first_bytes_wherever_they_lie(tmp_path: Path) -> None:
    elf, text = make_elf(needed=["libc.so.6"]), b"not a program"
    (tmp_path / "elf").write_bytes(elf)
    on_disk = File(
        path="elf",
        mode=0o644,
        mtime=EPOCH,
        size=len(elf),
        digests=Digests.of(elf),
        content=OnDisk(path=tmp_path / "elf"),
    )

    assert starts_like_elf(on_disk)
    for deflated in (True, False):
        assert starts_like_elf(zipped_file("a", elf, mtime=EPOCH, deflated=deflated))
        assert not starts_like_elf(zipped_file("a", text, mtime=EPOCH, deflated=deflated))
    assert not starts_like_elf(file_of(b"\x7fEL"))


def test_bytes_that_begin_far_into_deflate_data_are_found() -> None:
    """Deflate may begin with any number of empty blocks."""
    elf = make_elf(needed=["libc.so.6"])
    file = zipped_file("a", elf, mtime=EPOCH)
    assert isinstance(file.content, Zipped)
    data = b"\0\0\0\xff\xff" * 200 + bytes(file.content.compressed)
    wheel = Mapped(Path("example.whl"))
    wheel.__dict__["view"] = memoryview(data)
    content = replace(file.content, wheel=wheel, offset=0, compressed_size=len(data))

    assert starts_like_elf(replace(file, content=content))
