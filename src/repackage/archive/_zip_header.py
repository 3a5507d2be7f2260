"""The records of a zip file (APPNOTE.TXT 6.3.10), without anything that is not needed."""

from __future__ import annotations

import stat
import struct
import time
from dataclasses import dataclass
from typing import Final

from repackage.errors import FormatError, Problems

STORED: Final = 0
DEFLATED: Final = 8

#: Deflate, and paths with directories, need version 2.0 (4.4.3); attributes are of Unix (4.4.2).
_VERSION: Final = 20
_MADE_BY: Final = 3 << 8 | _VERSION
#: The name is UTF-8 (4.4.4, flag 11).
_UTF8: Final = 0x800
#: What MS-DOS calls a directory; readers without modes go by it.
_DOS_DIRECTORY: Final = 0x10
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")

#: What 16 and 32 bits hold, less the values that point to the 64-bit records (4.4.1.4).
MOST_ENTRIES: Final = 0xFFFF - 1
_MOST_BYTES: Final = 0xFFFF_FFFF - 1
_LONGEST_NAME: Final = 0xFFFF
#: 1980-01-01 and 2107-12-31 23:59:58 UTC: the first and last dates there are (4.4.6).
FIRST_DATE: Final = 315_532_800
_LAST_DATE: Final = 4_354_819_198


@dataclass(frozen=True, kw_only=True, slots=True)
class ZipMember:
    """What the two headers of a member say."""

    name: bytes
    """Ends with a slash if it is a directory."""
    mode: int
    """Type and permissions."""
    mtime: int
    method: int
    crc32: int
    size: int
    compressed_size: int

    def local_header(self) -> bytes:
        """What stands before the member's data."""
        head = (b"PK\3\4", _VERSION, *self._facts(), len(self.name), 0)
        return _LOCAL.pack(*head) + self.name

    def central_header(self, offset: int) -> bytes:
        """What the directory at the end says of the member, and where it lies."""
        attributes = self.mode << 16 | (_DOS_DIRECTORY if stat.S_ISDIR(self.mode) else 0)
        head = (b"PK\1\2", _MADE_BY, _VERSION, *self._facts(), len(self.name), 0, 0, 0, 0)
        return _CENTRAL.pack(*head, attributes, offset) + self.name

    def _facts(self) -> tuple[int, ...]:
        date, clock = _dos(self.mtime)
        flags = 0 if self.name.isascii() else _UTF8
        sizes = (self.crc32, self.compressed_size, self.size)
        return flags, self.method, clock, date, *sizes


def zip_name(path: str) -> bytes:
    """Spell a path as the name of a member.

    Raises:
        FormatError: There is no such spelling.
    """
    problems = Problems()
    name = path.encode("utf-8", "surrogateescape")
    try:
        path.encode()
    except UnicodeEncodeError:
        problems.add(f"{path!r} is not Unicode, and names in a zip file are")
    if len(name) > _LONGEST_NAME:
        shown = f"{path[:60]}…"
        problems.add(f"{shown!r} has {len(name)} bytes, and names have {_LONGEST_NAME}")
    if path.startswith("/") or ".." in path.split("/") or "\0" in path:
        problems.add(f"{path!r} would be unpacked outside of the root")
    problems.raise_if_any(FormatError)
    return name


def zip_end(count: int, *, size: int, offset: int) -> bytes:
    """What stands at the very end: where the directory lies, and how much is in it."""
    return _END.pack(b"PK\5\6", 0, 0, count, count, size, offset, 0)


def refuse_beyond(count: int, largest: int, *, name: str = "the list of members") -> None:
    """Refuse what needs the 64-bit records, which not every reader understands.

    Raises:
        FormatError: It is more than a zip file holds without them.
    """
    if count > MOST_ENTRIES:
        raise FormatError.of(
            f"{count} entries are more than a zip file has: {MOST_ENTRIES}",
            advice="make a tarball or an image",
        )
    if largest > _MOST_BYTES:
        raise FormatError.of(
            f"with {name} there would be more than the 4 GiB that a zip file holds",
            advice="make a tarball or an image",
        )


def _dos(mtime: int) -> tuple[int, int]:
    """A date as MS-DOS has it, in UTC, to the even second; held within what it can say."""
    held = time.gmtime(min(max(mtime, FIRST_DATE), _LAST_DATE))
    date = (held.tm_year - 1980) << 9 | held.tm_mon << 5 | held.tm_mday
    return date, held.tm_hour << 11 | held.tm_min << 5 | held.tm_sec // 2
