"""Zip files of which wheels vouch for what was copied out of them.

The list of members is read with the standard library, and so is every member that was deflated
for this file. A copied one is held against the bytes of its wheel, which was inflated and held
against its RECORD when it was verified; inflating them again would say nothing new.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from repackage.archive._vouched import refuse_unlike
from repackage.archive._zip_header import ELSEWHERE, MOST_BYTES
from repackage.archive._zip_read import read_zip
from repackage.archive._zip_whole import Whole
from repackage.errors import InputError
from repackage.format import Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.archive._zip import ZipWriter
    from repackage.format import Logbook, Verbatim
    from repackage.tree import Entry, File

_CHUNK: Final = 1 << 18
#: Of a local header (APPNOTE 4.3.7) all but the version: signature, flags, method, time, date,
#: checksum, sizes, and two lengths.
_LOCAL: Final = struct.Struct("<4s2x4HLLLHH")
#: The extra field of both sizes in 64 bits (4.5.3).
_WIDE: Final = struct.Struct("<2H2Q")


def note_copied(archive: ZipWriter, logbook: Logbook) -> None:
    """Note which members were copied out of wheels."""
    entries = tuple(each.file for each in archive.taken)
    logbook.stretches.append(Stretch(key="", entries=entries, verbatim=archive.taken))


def read_zip_vouched(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Yield what :func:`repackage.archive.read_zip` does, inflating only what was not copied.

    Raises:
        InputError: It is damaged, a member is not what the wheel has that it is noted for, or
            there is more in the file than its members.
    """
    taken = {each.at: each for stretch in logbook.stretches for each in stretch.verbatim}
    with artifact.open("rb", buffering=_CHUNK) as file:
        whole = Whole(file=file)
        yield from read_zip(artifact, vouched=_Wheels(file=file, taken=taken, whole=whole))
        whole.finish()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wheels:
    """Vouches for members, by where they begin in the file."""

    file: BinaryIO
    taken: dict[int, Verbatim]
    whole: Whole

    def __call__(self, member: zipfile.ZipInfo) -> File | None:
        """The file that a member is, if a wheel has the same bytes of it."""
        self.whole.follow(member)
        verbatim = self.taken.get(member.header_offset)
        if verbatim is None:
            return None
        file = verbatim.file
        known = (zipfile.ZIP_DEFLATED, file.digests.crc32, file.size)
        if known != (member.compress_type, member.CRC, member.file_size):
            raise _damaged(member)
        sizes, more = _sizes(member)
        stated = (
            *(member.flag_bits, member.compress_type, *_dos(member), member.CRC, *sizes),
            *(len(member.orig_filename.encode("utf-8", "surrogateescape")), len(more)),
        )
        self.file.seek(verbatim.at)
        head = self.file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            raise _damaged(member)
        signature, *facts, name, extra = _LOCAL.unpack(head)
        if signature != b"PK\3\4" or (*facts, name, extra) != stated:
            raise _damaged(member)
        spelled = self.file.read(name).decode("utf-8", "surrogateescape")
        if spelled != member.orig_filename or self.file.read(extra) != more:
            raise _damaged(member)
        refuse_unlike(file, self._data(member.compress_size), size=member.compress_size)
        return file

    def _data(self, size: int) -> Iterator[bytes]:
        while size and (chunk := self.file.read(min(size, _CHUNK))):
            size -= len(chunk)
            yield chunk


def _sizes(member: zipfile.ZipInfo) -> tuple[tuple[int, int], bytes]:
    """What a header says of its sizes, and the extra field that it has for those beyond 4 GiB."""
    sizes = (member.compress_size, member.file_size)
    if max(sizes) <= MOST_BYTES:
        return sizes, b""
    return (ELSEWHERE, ELSEWHERE), _WIDE.pack(1, 16, *reversed(sizes))


def _dos(member: zipfile.ZipInfo) -> tuple[int, int]:
    """The time and the date of a member, as MS-DOS has them (APPNOTE 4.4.6)."""
    year, month, day, hour, minute, second = member.date_time
    return hour << 11 | minute << 5 | second // 2, year - 1980 << 9 | month << 5 | day


def _damaged(member: zipfile.ZipInfo) -> InputError:
    return InputError.of(
        f"{member.filename!r} has two headers that differ",
        advice="the disk is not to be trusted: build again",
    )
