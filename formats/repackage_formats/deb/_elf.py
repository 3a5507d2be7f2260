"""Read from ELF files what a package manager wants to know, and nothing more.

Only the dynamic segment and the version needs are read (System V gABI chapter 5, LSB
10.7): the sections may have been stripped, the segments are what the loader uses.
"""

from __future__ import annotations

import io
import tempfile
import zlib
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from repackage.tree import Inline, OnDisk, Zipped, open_file, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.tree import File

_MAGIC = b"\x7fELF"
#: Above this many bytes a file goes through a temporary file, not through memory.
_IN_MEMORY = 64 << 20
#: More versions, libraries or sections than any real file has: the file is forged.
_SANE = 1 << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Elf:
    """What one ELF file is, and what it needs."""

    path: str
    machine: str
    """As ``elf.h`` names it: ``EM_X86_64``."""
    bits: int
    little_endian: bool
    flags: int
    """``e_flags``: the float ABI on ARM, the ABI on MIPS."""
    runs: bool
    """A program or a shared library, not an object file."""
    dynamic: bool
    soname: str = ""
    needed: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    """(library, version node): ``("libc.so.6", "GLIBC_2.17")``."""
    search_paths: tuple[str, ...] = ()
    """RPATH and RUNPATH, split."""
    unstripped: bool = False


def scan(files: Iterable[File]) -> tuple[Elf, ...]:
    """Read every ELF file among files.

    A file that begins like one and then is none cannot be loaded, so it needs nothing.
    """
    return tuple(
        elf for file in files if starts_like_elf(file) and (elf := _read(file)) is not None
    )


def starts_like_elf(file: File) -> bool:
    """Whether a file's first bytes are ELF's; no more than those are inflated."""
    if file.size < len(_MAGIC):
        return False
    match file.content:
        case Inline(data=data):
            return data.startswith(_MAGIC)
        case Zipped(deflated=True, compressed=compressed):
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            # the tables of a dynamic block take some 300 bytes before the first literal
            head = inflater.decompress(compressed[:512], len(_MAGIC))
            if len(head) < len(_MAGIC):
                with open_file(file) as stream:
                    head = stream.read(len(_MAGIC))
            return head == _MAGIC
        case Zipped(compressed=stored):
            return bytes(stored[: len(_MAGIC)]) == _MAGIC
        case OnDisk(path=path):
            with path.open("rb") as stream:
                return stream.read(len(_MAGIC)) == _MAGIC


def _read(file: File) -> Elf | None:
    from elftools.common.exceptions import ELFError  # noqa: PLC0415 - only where ELF is
    from elftools.construct import ConstructError  # noqa: PLC0415

    with _seekable(file) as stream:
        try:
            return _parse(file.path, stream)
        except (ELFError, ConstructError, ValueError, KeyError, TypeError, OverflowError):
            return None  # pyelftools raises any of these on forged offsets


def _seekable(file: File) -> IO[bytes]:
    if file.size <= _IN_MEMORY:
        return io.BytesIO(read_file(file))
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with open_file(file) as stream:
        while block := stream.read(1 << 20):
            spool.write(block)
    spool.seek(0)
    return spool


def _parse(path: str, stream: IO[bytes]) -> Elf:
    from elftools.elf.dynamic import DynamicSegment  # noqa: PLC0415
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415

    elf = ELFFile(stream)
    identity: dict[str, Any] = {
        "path": path,
        "machine": str(elf["e_machine"]),
        "bits": elf.elfclass,
        "little_endian": elf.little_endian,
        "flags": elf["e_flags"],
        "runs": elf["e_type"] in {"ET_EXEC", "ET_DYN"},
    }
    for segment in islice(elf.iter_segments("PT_DYNAMIC"), 1):
        if isinstance(segment, DynamicSegment):
            identity |= _dynamic(elf, segment)
    return Elf(
        **{"dynamic": False, **identity},
        unstripped=_has_symbol_table(elf),
    )


def _dynamic(elf: Any, segment: Any) -> dict[str, Any]:
    """Read the tags that name libraries, and the versions that are needed of them."""
    needed: list[str] = []
    search: list[str] = []
    found: dict[str, Any] = {"dynamic": True}
    numbers: dict[str, int] = {}
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
            case "DT_VERNEED" | "DT_VERNEEDNUM" as name:
                numbers[name] = tag.entry.d_val
            case _:
                pass
    found["needed"] = tuple(needed)
    found["search_paths"] = tuple(search)
    if "DT_VERNEED" in numbers:
        offset = next(elf.address_offsets(numbers["DT_VERNEED"]))
        count = min(numbers.get("DT_VERNEEDNUM", 0), _SANE)
        found["versions"] = tuple(_version_needs(elf, segment, offset=offset, count=count))
    return found


def _version_needs(
    elf: Any, segment: Any, *, offset: int, count: int
) -> Iterator[tuple[str, str]]:
    from elftools.construct.lib.container import Container  # noqa: PLC0415
    from elftools.elf.gnuversions import GNUVerNeedSection  # noqa: PLC0415

    # what the section header would say, had it to be there
    header = Container(sh_offset=offset, sh_info=count, sh_flags=0, sh_size=0)
    section = GNUVerNeedSection(header, "", elf, segment._get_stringtable())  # noqa: SLF001
    for library, needs in section.iter_versions():
        for need in islice(needs, _SANE):
            yield str(library.name), str(need.name)


def _has_symbol_table(elf: Any) -> bool:
    """Whether ``strip`` would find something: what ``file`` calls "not stripped"."""
    return any(
        section["sh_type"] == "SHT_SYMTAB" for section in islice(elf.iter_sections(), _SANE)
    )
