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
_UNIX: Final = 3 << 8
#: The name is UTF-8 (4.4.4, flag 11).
_UTF8: Final = 0x800
#: What is beyond 4 GiB needs version 4.5.
_VERSION64: Final = 45
#: What MS-DOS calls a directory; readers without modes go by it.
_DOS_DIRECTORY: Final = 0x10
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64: Final = struct.Struct("<4sLQL")
#: The tag of the extra field with what has no room in 32 bits (4.5.3).
_EXTRA64: Final = 1

#: What 16 and 32 bits hold, less the values that point to the 64-bit records (4.4.1.4).
ELSEWHERE: Final = 0xFFFF_FFFF
_UNCOUNTED: Final = 0xFFFF
MOST_ENTRIES: Final = _UNCOUNTED - 1
MOST_BYTES: Final = ELSEWHERE - 1
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
        extra = self.local_extra
        version = _VERSION64 if extra else _VERSION
        head = (b"PK\3\4", version, *self._facts(), len(self.name), len(extra))
        return _LOCAL.pack(*head) + self.name + extra

    def central_header(self, offset: int) -> bytes:
        """What the directory at the end says of the member, and where it lies."""
        attributes = self.mode << 16 | (_DOS_DIRECTORY if stat.S_ISDIR(self.mode) else 0)
        far = (offset,) if offset > MOST_BYTES else ()
        extra = _extra64(*(self._wide or ()), *far)
        version = _VERSION64 if extra else _VERSION
        lengths = (len(self.name), len(extra), 0, 0, 0)
        head = (b"PK\1\2", _UNIX | version, version, *self._facts(), *lengths)
        return _CENTRAL.pack(*head, attributes, _held(offset)) + self.name + extra

    @property
    def local_extra(self) -> bytes:
        """What stands between a local header and the data: sizes beyond 4 GiB, both (4.5.3)."""
        return _extra64(*(self._wide or ()))

    @property
    def _wide(self) -> tuple[int, int] | None:
        """The sizes, if one of them has no room in 32 bits."""
        sizes = (self.size, self.compressed_size)
        return sizes if max(sizes) > MOST_BYTES else None

    def _facts(self) -> tuple[int, ...]:
        date, clock = _dos(self.mtime)
        flags = 0 if self.name.isascii() else _UTF8
        sizes = (self.compressed_size, self.size)
        if self._wide:
            sizes = (ELSEWHERE, ELSEWHERE)
        return flags, self.method, clock, date, self.crc32, *sizes


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
    """What stands at the very end: where the directory lies, and how much is in it.

    Before it stands the same in 64 bits, and where, if it has no room in fewer (4.3.14, 4.3.15).
    """
    wide = b""
    if count > MOST_ENTRIES or max(size, offset) > MOST_BYTES:
        length = _END64.size - 12  # without the signature, and itself
        disks = (_UNIX | _VERSION64, _VERSION64, 0, 0)
        wide = _END64.pack(b"PK\6\6", length, *disks, count, count, size, offset)
        wide += _LOCATOR64.pack(b"PK\6\7", 0, offset + size, 1)
    few = count if count <= MOST_ENTRIES else _UNCOUNTED
    end = _END.pack(b"PK\5\6", 0, 0, few, few, _held(size), _held(offset), 0)
    return wide + end


def refuse_beyond(count: int, largest: int, *, name: str = "the list of members") -> None:
    """Refuse what needs the 64-bit records, which not every reader understands.

    Raises:
        FormatError: It is more than a zip file holds without them.
    """
    if count > MOST_ENTRIES:
        raise FormatError.of(
            f"{count} entries are more than {MOST_ENTRIES}, which is what readers of zip files"
            " without 64 bits count to",
            advice="make a tarball or an image",
        )
    if largest > MOST_BYTES:
        raise FormatError.of(
            f"with {name} there would be more than 4 GiB, which is what readers of zip files"
            " without 64 bits find",
            advice="make a tarball or an image",
        )


def _held(number: int) -> int:
    """A number in 32 bits, or the one that says that it stands elsewhere."""
    return number if number <= MOST_BYTES else ELSEWHERE


def _extra64(*numbers: int) -> bytes:
    """The extra field of numbers that have no room elsewhere; nothing without any."""
    if not numbers:
        return b""
    return struct.pack(f"<2H{len(numbers)}Q", _EXTRA64, 8 * len(numbers), *numbers)


def _dos(mtime: int) -> tuple[int, int]:
    """A date as MS-DOS has it, in UTC, to the even second; held within what it can say."""
    held = time.gmtime(min(max(mtime, FIRST_DATE), _LAST_DATE))
    date = (held.tm_year - 1980) << 9 | held.tm_mon << 5 | held.tm_mday
    return date, held.tm_hour << 11 | held.tm_min << 5 | held.tm_sec // 2
