"""The members of a zip file where they lie, held against the central directory."""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.wheel._extra import parse_extra
from repackage.wheel._problems import DAMAGED
from repackage.wheel._zip import DEFLATED, STORED, check_extra

if TYPE_CHECKING:
    from repackage.wheel._problems import WheelProblems
    from repackage.wheel._zip import Data, Directory, ZipEntry

_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_DESCRIPTOR = 0x0008
#: Deflate's spelling of nothing, as long as it can sensibly get.
_NOTHING = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """An entry whose own header agrees, and where its data begin and it all ends."""

    entry: ZipEntry
    offset: int
    end: int


def locate_members(
    data: Data, directory: Directory, problems: WheelProblems
) -> tuple[Located, ...]:
    """Find the data of every member; they must lie side by side and fill the archive."""
    located = []
    for entry in directory.entries:
        found = _locate(data, entry, limit=directory.offset, problems=problems)
        if found is not None:
            located.append(found)
    if len(located) == len(directory.entries):
        _check_contiguous(located, directory.offset, problems)
    return tuple(located)


def _check_contiguous(
    located: list[Located], end_of_members: int, problems: WheelProblems
) -> None:
    """Note members that overlap, as zip bombs do, and bytes that belong to none."""
    position = 0
    for member in sorted(located, key=lambda member: member.entry.header):
        gap = member.entry.header - position
        if gap < 0:
            problems.note("the member overlaps another one", member=member.entry.path)
        if gap > 0:
            problems.note(
                f"{gap} bytes before the member belong to none", member=member.entry.path
            )
        position = max(position, member.end)
    if position < end_of_members:
        problems.note(
            f"{end_of_members - position} bytes after the last member belong to none",
            advice=DAMAGED,
        )


def _locate(
    data: Data, entry: ZipEntry, *, limit: int, problems: WheelProblems
) -> Located | None:
    """Read the local header of an entry, and hold it against the entry."""
    member = entry.path
    _check_kind(entry, problems)
    if entry.header + _LOCAL.size > limit or data[entry.header : entry.header + 4] != b"PK\3\4":
        problems.note("the member's header is missing", member=member, advice=DAMAGED)
        return None
    fields = _LOCAL.unpack_from(data, entry.header)
    _, _, flags, method, _, _, crc32, compressed, size, name_length, extra_length = fields
    after_name = entry.header + _LOCAL.size + name_length
    offset = after_name + extra_length
    name = bytes(data[entry.header + _LOCAL.size : after_name])
    extra = parse_extra(bytes(data[after_name:offset]), size=size, compressed_size=compressed)
    check_extra(extra, name, member=member, problems=problems)
    local = (crc32, extra.compressed_size, extra.size)
    central = (entry.crc32, entry.compressed_size, entry.size)
    deferred = bool(flags & _DESCRIPTOR) and local == (0, 0, 0)
    agrees = (name, flags, method) == (entry.name, entry.flags, entry.method)
    if not agrees or (local != central and not deferred):
        problems.note(
            "the member's header and the archive's directory disagree",
            member=member,
            advice=DAMAGED,
        )
    end = offset + entry.compressed_size
    if flags & _DESCRIPTOR:
        end += _descriptor_length(data, end, central)
    if end > limit:
        problems.note("the member is truncated", member=member, advice=DAMAGED)
        return None
    return Located(entry=entry, offset=offset, end=end)


def _check_kind(entry: ZipEntry, problems: WheelProblems) -> None:
    """Note members of a kind that no wheel has."""
    member = entry.path
    if entry.flags & _ENCRYPTED:
        problems.note("the member is encrypted", member=member)
    if entry.method not in {STORED, DEFLATED}:
        problems.note(
            f"the member is compressed by method {entry.method}",
            member=member,
            advice="wheels hold stored and deflated members only",
        )
    if entry.method == STORED and entry.size != entry.compressed_size:
        problems.note("the stored member has two sizes", member=member, advice=DAMAGED)
    kind = stat.S_IFMT(entry.mode)
    expected = {0, stat.S_IFDIR} if entry.directory else {0, stat.S_IFREG}
    if entry.directory and (entry.size or entry.compressed_size > _NOTHING):
        problems.note("the directory holds data", member=member)
    if kind == stat.S_IFLNK:
        problems.note(
            "the member is a symbolic link",
            member=member,
            advice="wheels cannot hold links: build it with the file itself",
        )
    elif kind not in expected:
        problems.note("the member is neither a file nor a directory", member=member)


def _descriptor_length(data: Data, position: int, central: tuple[int, int, int]) -> int:
    """Length of the data descriptor (APPNOTE 4.3.9): signed or not, narrow or wide.

    Where none fits, nothing is skipped, and the bytes count as belonging to no member.
    """
    for layout in ("<LQQ", "<LLL"):
        try:
            plain = struct.pack(layout, *central)
        except struct.error:  # too large for the narrow layout
            continue
        for expected in (b"PK\7\x08" + plain, plain):
            if data[position : position + len(expected)] == expected:
                return len(expected)
    return 0
