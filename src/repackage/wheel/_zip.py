"""The structure of a zip file, read with no benefit of the doubt.

Archives that two readers understand differently have been used to show one content to
the checker and another to the installer (CVE-2025-54368). The standard library's reader
is made to open as much as it can; this one refuses what is ambiguous: the archive is the
whole file, members lie side by side from its first byte to the central directory, and
the directory and the members' own headers say the same. See APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.wheel._extra import Extra, parse_extra
from repackage.wheel._problems import DAMAGED

if TYPE_CHECKING:
    from mmap import mmap

    from repackage.wheel._problems import WheelProblems

    Data = mmap | bytes

STORED = 0
DEFLATED = 8

_END_SIGNATURE = b"PK\5\6"
_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LONGEST_COMMENT = 0xFFFF


@dataclass(frozen=True, kw_only=True, slots=True)
class ZipEntry:
    """An entry of the central directory."""

    path: str
    name: bytes
    """The path as it is encoded in the archive."""
    flags: int
    method: int
    date: int
    time: int
    crc32: int
    compressed_size: int
    size: int
    header: int
    """Where the local header lies."""
    mode: int
    """Unix type and permissions, or 0."""

    @property
    def directory(self) -> bool:
        """Whether this is a directory: every reader goes by the slash."""
        return self.path.endswith("/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """The central directory: its entries, in order, and where it begins."""

    entries: tuple[ZipEntry, ...]
    offset: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _End:
    count: int
    size: int
    offset: int
    position: int
    """Where the first of the end records lies: the directory must end there."""


def read_directory(data: Data, problems: WheelProblems) -> Directory | None:
    """Read the central directory; nothing if it cannot be read at all."""
    end = _read_end(data, problems)
    if end is None:
        return None
    if end.offset + end.size != end.position:
        problems.note("other data are before the archive, or inside it", advice=DAMAGED)
        return None
    entries = []
    position = end.offset
    for _ in range(end.count):
        if (
            position + _CENTRAL.size > end.position
            or data[position : position + 4] != b"PK\1\2"
        ):
            problems.note("the archive's directory is damaged", advice=DAMAGED)
            return None
        entry, position = _read_entry(data, position, problems)
        entries.append(entry)
    if position != end.position:
        problems.note("the archive's directory has unlisted entries", advice=DAMAGED)
        return None
    return Directory(entries=tuple(entries), offset=end.offset)


def _read_end(data: Data, problems: WheelProblems) -> _End | None:
    """Find the end of central directory record; it must end the file."""
    start = max(0, len(data) - _END.size - _LONGEST_COMMENT)
    found = _signatures(data, _END_SIGNATURE, start)
    ends = [at for at in found if _ends_at(data, at) == len(data)]
    if len(ends) == 1 and data.find(_END_SIGNATURE, ends[0] + 1) == -1:
        return _read_end64(data, ends[0], problems)
    if ends:  # many readers take the last signature, whatever it says
        problems.note("the archive has two ends: readers would disagree about its content")
    elif found:
        problems.note("other data follow the end of the archive", advice=DAMAGED)
    elif data[:4] == b"PK\3\4":
        problems.note("the archive is truncated: its directory is missing", advice=DAMAGED)
    else:
        problems.note("not a wheel: this is no zip archive")
    return None


def _signatures(data: Data, signature: bytes, start: int) -> list[int]:
    """Where a signature occurs from ``start`` on, with room for an end record."""
    found = []
    position = data.find(signature, start)
    while position != -1 and position + _END.size <= len(data):
        found.append(position)
        position = data.find(signature, position + 1)
    return found


def _ends_at(data: Data, position: int) -> int:
    comment_length: int = _END.unpack_from(data, position)[-1]
    return position + _END.size + comment_length


def _read_end64(data: Data, position: int, problems: WheelProblems) -> _End | None:
    """Read the end record, and its 64-bit form if there is one: they must agree."""
    _, disk, start_disk, on_disk, count, size, offset, _ = _END.unpack_from(data, position)
    small = (disk, start_disk, on_disk, count, size, offset)
    large = small
    locator = position - _END64_LOCATOR.size
    if locator >= _END64.size and data[locator : locator + 4] == b"PK\6\7":
        position = locator - _END64.size
        _, _, at, disks = _END64_LOCATOR.unpack_from(data, locator)
        signature, length, _, _, *fields = _END64.unpack_from(data, position)
        # The record may be longer in theory; its extensible part was never used.
        if (signature, length, at, disks) != (b"PK\6\6", _END64.size - 12, position, 1):
            problems.note("the archive's 64-bit end record is damaged", advice=DAMAGED)
            return None
        large = tuple(fields)
    saturated = (0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    for narrow, wide, limit in zip(small, large, saturated, strict=True):
        if narrow not in {wide, limit} or (narrow == limit and large is small):
            problems.note("the archive's end records disagree", advice=DAMAGED)
            return None
    disk, start_disk, on_disk, count, size, offset = large
    if disk or start_disk or on_disk != count:
        problems.note("the archive is one part of several")
        return None
    return _End(count=count, size=size, offset=offset, position=position)


def _read_entry(data: Data, position: int, problems: WheelProblems) -> tuple[ZipEntry, int]:
    """Read one entry of the central directory, and where the next one begins."""
    fields = _CENTRAL.unpack_from(data, position)
    _, _, _, flags, method, time, date, crc32, compressed, size = fields[:10]
    name_length, extra_length, comment_length, disk, _, attributes, header = fields[10:]
    after_name = position + _CENTRAL.size + name_length
    name = bytes(data[position + _CENTRAL.size : after_name])
    path = _decode(name, flags, problems)
    extra = parse_extra(
        bytes(data[after_name : after_name + extra_length]),
        size=size,
        compressed_size=compressed,
        header=header,
    )
    check_extra(extra, name, member=path, problems=problems)
    if disk:
        problems.note("the member lies in another part of the archive", member=path)
    entry = ZipEntry(
        path=path,
        name=name,
        flags=flags,
        method=method,
        date=date,
        time=time,
        crc32=crc32,
        compressed_size=extra.compressed_size,
        size=extra.size,
        header=extra.header,
        mode=attributes >> 16,
    )
    return entry, after_name + extra_length + comment_length


def check_extra(extra: Extra, name: bytes, *, member: str, problems: WheelProblems) -> None:
    """Note extra fields that are damaged, or that give a member another name."""
    if extra.damaged:
        problems.note("the member's extra fields are damaged", member=member, advice=DAMAGED)
    if extra.unicode_path not in {None, name}:
        problems.note("the member has two different names", member=member)


def _decode(name: bytes, flags: int, problems: WheelProblems) -> str:
    """Decode a name: UTF-8 where it says so (flag 11), ASCII otherwise."""
    try:
        return name.decode("utf-8" if flags & 0x800 else "ascii")
    except UnicodeDecodeError:
        shown = name.decode("ascii", "backslashreplace")
        problems.note("the member's name is not UTF-8, or not marked so", member=shown)
        return shown
