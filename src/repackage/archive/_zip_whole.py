"""Whether a zip is the whole of its file: members side by side, their list, its end, and no more.

What no reader looks at is nothing that was to be written; and what lies in two members at once is
a member that another reader may see otherwise (CVE-2025-54368, of wheels).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from repackage.errors import InputError

if TYPE_CHECKING:
    import zipfile

#: Of a local header (APPNOTE 4.3.7) its signature, its flags, and how long its name and extras are.
_LOCAL: Final = struct.Struct("<4s2xH18xHH")
#: Of what is listed (4.3.12) the signature, and how long name, extras and comment are.
_LISTED: Final = struct.Struct("<4s24xHHH12x")
#: The end, of 64 bits and its locator where there are too many (4.3.14 to 4.3.16).
_END: Final = struct.Struct("<4s16xH")
_END64: Final = 56 + 20
_DESCRIBED: Final = 0x8
#: The longest line that starts a program.
_LONGEST_LINE: Final = 4096


@dataclass(kw_only=True, slots=True)
class Whole:
    """Follows the members of a file as they are listed, each where the one before it ends."""

    file: BinaryIO
    count: int = 0
    end: int = 0
    """Of the last one that was seen."""

    def follow(self, member: zipfile.ZipInfo) -> None:
        """Go on to the next member that is listed.

        Raises:
            InputError: It does not begin where the last one ends.
        """
        at = member.header_offset
        if at != (self.end if self.count else self._after_line()):
            raise _gap(f"{member.filename!r} does not begin where what is before it ends")
        signature, flags, name, extra = self._unpacked(_LOCAL, at)
        if signature != b"PK\3\4" or flags & _DESCRIBED:
            raise _gap(f"{member.filename!r} has no header that tells its size")
        self.count += 1
        self.end = at + _LOCAL.size + name + extra + member.compress_size

    def finish(self) -> None:
        """Hold the list of all that was followed, and the end, against the end of the file.

        Raises:
            InputError: Something is before, between or behind them.
        """
        at = self.end if self.count else self._after_line()
        for _ in range(self.count):
            signature, name, extra, comment = self._unpacked(_LISTED, at)
            if signature != b"PK\1\2":
                raise _gap("the list of members does not follow them")
            at += _LISTED.size + name + extra + comment
        if self._unpacked(_END, at)[0] == b"PK\6\6":
            at += _END64
        signature, comment = self._unpacked(_END, at)
        if signature != b"PK\5\6" or at + _END.size + comment != self.file.seek(0, 2):
            raise _gap("the archive does not end with its list of members")

    def _after_line(self) -> int:
        """Where an archive may begin: behind the line that starts a program, if there is one."""
        self.file.seek(0)
        line = self.file.readline(_LONGEST_LINE)
        return len(line) if line.startswith(b"#!") and line.endswith(b"\n") else 0

    def _unpacked(self, record: struct.Struct, at: int) -> tuple[Any, ...]:
        self.file.seek(at)
        data = self.file.read(record.size)
        if len(data) < record.size:
            raise _gap("the archive ends before its end")
        return record.unpack(data)


def _gap(what: str) -> InputError:
    return InputError.of(
        f"when it is read back, {what}", advice="the disk is not to be trusted: build again"
    )
