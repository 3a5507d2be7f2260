"""Read from ELF files what a package manager wants to know, and nothing more.

Only the dynamic segment and the version needs are read (System V gABI chapter 5, LSB
10.7): the sections may have been stripped, the segments are what the loader uses.
"""

from __future__ import annotations

import io
import struct
import tempfile
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from elftools.common.exceptions import ELFError
from elftools.construct import ConstructError
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile

from repackage.elf._model import Elf
from repackage.errors import FormatError, Problems
from repackage.tree import open_file, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.tree import File

#: Above this many bytes a file goes through a temporary file, not through memory.
_IN_MEMORY = 16 << 20
#: Files that are inflated at the same time, at the most: each may be in memory, and is
#: there twice for a moment, which makes 128 MiB.
_AT_ONCE = 4
#: More versions, libraries or sections than any real file has: the file is forged.
_SANE = 1 << 16
_LONGEST = 4096
#: The type that a program header of 32 or 64 bits begins with, and the rest of it.
_PROGRAM_HEADER = {32: "I28x", 64: "I52x"}
#: PT_DYNAMIC (gABI chapter 5, "Program Header") and PT_GNU_RELRO (LSB 10.5).
_DYNAMIC, _RELRO = 2, 0x6474E552
#: SHT_SYMTAB (gABI chapter 4, "Sections").
_SYMBOL_TABLE = 2
#: What pyelftools raises besides its own errors when offsets are forged.
_FORGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)


def scan(
    files: Iterable[File], *, skipped: tuple[str, ...] = (), jobs: int = 1
) -> tuple[Elf, ...]:
    """Read files that begin like ELF, but those whose paths match a pattern.

    A file that only begins like one has no header, so nothing can run it, and it needs
    nothing. A damaged one is refused: what it needs cannot be known.
    """
    wanted = [f for f in files if not any(fnmatchcase(f.path, each) for each in skipped)]
    found: list[Elf] = []
    problems = Problems()
    with ThreadPoolExecutor(min(jobs, _AT_ONCE)) as pool:
        for file, elf in zip(wanted, pool.map(_read, wanted), strict=True):
            if isinstance(elf, Elf):
                found.append(elf)
            elif elf is not None:
                problems.add(
                    f"damaged ELF file: {elf}",
                    where=file.path,
                    advice=f"if it is data, list it: foreign = [{file.path!r}]",
                )
    problems.raise_if_any(FormatError)
    return tuple(found)


def _read(file: File) -> Elf | str | None:
    """Read one file, or say what is wrong with it; nothing of one that has no header."""
    with _seekable(file) as stream:
        try:
            elf = ELFFile(stream)
        except (ELFError, ConstructError, *_FORGED):
            return None
        try:
            return _parse(file.path, elf)
        except (ELFError, ConstructError, struct.error, *_FORGED) as error:
            return str(error)  # the error itself would hold the file in memory


def _seekable(file: File) -> IO[bytes]:
    if file.size <= _IN_MEMORY:
        return io.BytesIO(read_file(file))
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with open_file(file) as stream:
        while block := stream.read(1 << 20):
            spool.write(block)
    spool.seek(0)
    return spool


def _parse(path: str, elf: ELFFile) -> Elf:
    found: dict[str, Any] = {"dynamic": False}
    at = next((at for at, kind in enumerate(_segments(elf)) if kind == _DYNAMIC), None)
    if at is not None:
        segment = elf.get_segment(at)  # walks all of the sections
        if isinstance(segment, DynamicSegment):
            found = _dynamic(elf, segment)
    return Elf(
        path=path,
        machine=str(elf["e_machine"]),
        bits=elf.elfclass,
        little_endian=elf.little_endian,
        flags=elf["e_flags"],
        runs=elf["e_type"] in {"ET_EXEC", "ET_DYN"},
        unstripped=_has_symbol_table(elf),
        fixed=elf["e_type"] == "ET_EXEC",
        relro=_RELRO in _segments(elf),
        **found,
    )


def _segments(elf: ELFFile) -> Iterator[int]:
    """Read the types of the segments, without making segments of them."""
    start, size = elf["e_phoff"], elf["e_phentsize"]
    form = ("<" if elf.little_endian else ">") + _PROGRAM_HEADER[elf.elfclass]
    count = min(elf.num_segments(), _SANE)
    if count and size < struct.calcsize(form):
        raise ELFError(f"Too small e_phentsize: {size}")  # as pyelftools says it
    for each in range(count):
        (kind,) = _unpack(elf, form, start + each * size)
        yield kind


def _dynamic(elf: ELFFile, segment: DynamicSegment) -> dict[str, Any]:
    """Read the tags that name libraries, and the versions that are needed of them."""
    needed: list[str] = []
    search: list[str] = []
    found: dict[str, Any] = {"dynamic": True}
    numbers: dict[str, int] = {}
    hashes: set[str] = set()
    tag: Any  # its attributes depend on its kind
    for tag in islice(segment.iter_tags(), _SANE):
        match tag.entry.d_tag:
            case "DT_NEEDED":
                needed.append(tag.needed)
            case "DT_SONAME":
                found["soname"] = tag.soname
            case "DT_RPATH":
                search += tag.rpath.split(":")
            case "DT_RUNPATH":
                search += tag.runpath.split(":")
            case "DT_HASH" | "DT_GNU_HASH" as name:
                hashes.add(name)
            case "DT_VERNEED" | "DT_VERNEEDNUM" as name:
                numbers[name] = tag.entry.d_val
            case _:
                pass
    found["needed"] = tuple(needed)
    found["search_paths"] = tuple(search)
    found["only_gnu_hash"] = hashes == {"DT_GNU_HASH"}
    if "DT_VERNEED" in numbers:
        offset = next(elf.address_offsets(numbers["DT_VERNEED"]))
        count = min(numbers.get("DT_VERNEEDNUM", 0), _SANE)
        found["versions"] = tuple(_version_needs(elf, segment, offset=offset, count=count))
    return found


def _version_needs(
    elf: ELFFile, segment: DynamicSegment, *, offset: int, count: int
) -> Iterator[tuple[str, str]]:
    """Walk ``Verneed`` and ``Vernaux``, which are the same for 32 and 64 bits (LSB 10.7.3)."""
    _, strings = segment.get_table_offset("DT_STRTAB")
    if strings is None:
        raise ELFError("the dynamic segment has no strings")
    order = "<" if elf.little_endian else ">"
    for _ in range(count):
        _, needs, library, first, following = _unpack(elf, f"{order}HHIII", offset)
        at = offset + first
        for _ in range(needs):
            _, _, _, node, behind = _unpack(elf, f"{order}IHHII", at)
            yield _string(elf, strings + library), _string(elf, strings + node)
            at += behind
        offset += following


def _unpack(elf: ELFFile, form: str, offset: int) -> tuple[int, ...]:
    elf.stream.seek(offset)
    return struct.unpack(form, elf.stream.read(struct.calcsize(form)))


def _string(elf: ELFFile, offset: int) -> str:
    elf.stream.seek(offset)
    text, end, _ = elf.stream.read(_LONGEST).partition(b"\0")
    if not end:
        raise ELFError("a string does not end")
    return text.decode("utf-8", "backslashreplace")


def _has_symbol_table(elf: ELFFile) -> bool:
    """Whether ``strip`` would find something: what ``file`` calls "not stripped"."""
    size = elf["e_shentsize"]
    if not size:
        return False
    elf.stream.seek(elf["e_shoff"])
    table = elf.stream.read(size * min(elf.num_sections(), _SANE))
    order = "<" if elf.little_endian else ">"  # sh_type is the second word of either class
    kinds = (struct.unpack_from(f"{order}4xI", table, at) for at in range(0, len(table), size))
    return (_SYMBOL_TABLE,) in kinds
