"""The files of an archive whose structure was checked, read and digested on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.wheel._inflate import (
    KEPT_PAGES,
    DamagedMemberError,
    Extent,
    digest,
    inflate,
    release,
)
from repackage.wheel._local import locate_members
from repackage.wheel._model import Member
from repackage.wheel._paths import check_paths
from repackage.wheel._problems import DAMAGED
from repackage.wheel._record import Recorded
from repackage.wheel._zip import DEFLATED, read_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.wheel._local import Located
    from repackage.wheel._problems import WheelProblems
    from repackage.wheel._zip import Data, ZipEntry

#: A wheel may inflate to this many times its size, once beyond ``FREE`` bytes: the most
#: compressible wheels of the index stay below 20; deflate itself can reach 1032. What is
#: free costs a bomb's victim seconds, as nothing of it is kept, and lets a file of 5 GB pass
#: that is nothing but zeros.
MAX_RATIO = 100
FREE = 8 << 30

#: No wheel inflates to more than this; the largest of the index reach a tenth of it.
MAX_INFLATED = 32 << 30

#: METADATA, RECORD and their like are read into memory, up to this size.
MAX_TEXT = 64 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """The files of a wheel, by path, in the order of the archive."""

    data: Data
    files: Mapping[str, Located]
    entries: tuple[ZipEntry, ...]
    """All entries, directories too."""
    problems: WheelProblems

    def read(self, path: str) -> bytes:
        """The bytes of a small file; empty, with a problem noted, if it cannot be read."""
        located = self.files.get(path)
        if located is None:
            self.problems.note("the file is missing", member=path)
            return b""
        if located.entry.size > MAX_TEXT:
            self.problems.note(
                f"{located.entry.size} bytes are too many for this file", member=path
            )
            return b""
        try:
            return b"".join(inflate(self.data, _extent(located)))
        except DamagedMemberError as error:
            self.problems.note(f"the member {error}", member=path, advice=DAMAGED)
            return b""

    def read_text(self, path: str) -> str:
        """The text of a small file, which must be UTF-8; empty if it cannot be read."""
        try:
            return self.read(path).decode("utf-8")
        except UnicodeDecodeError as error:
            self.problems.note(f"not UTF-8 text: byte {error.start}", member=path)
            return ""

    def members(self, record: Mapping[str, Recorded]) -> tuple[Member, ...]:
        """Digest every file, and hold it against its header and RECORD."""
        members = []
        read = 0
        for path, located in self.files.items():
            member = self._member(located, record.get(path, Recorded()))
            if member is not None:
                members.append(member)
            read += located.entry.compressed_size
            if read >= KEPT_PAGES:
                release(self.data)
                read = 0
        return tuple(members)

    def _member(self, located: Located, recorded: Recorded) -> Member | None:
        entry = located.entry
        try:
            digests = digest(self.data, _extent(located), algorithm=recorded.algorithm)
        except DamagedMemberError as error:
            self.problems.note(f"the member {error}", member=entry.path, advice=DAMAGED)
            return None
        if digests.crc32 != entry.crc32:
            self.problems.note(
                "the checksum of the archive does not match",
                member=entry.path,
                advice=DAMAGED,
            )
        differs = recorded.digest not in {None, digests.recorded}
        if differs or recorded.size not in {None, entry.size}:
            what = f"the {recorded.algorithm}" if differs else "the size"
            self.problems.note(
                f"{what} is not the one in RECORD", member=entry.path, advice=DAMAGED
            )
        return Member(
            path=entry.path,
            executable=bool(entry.mode & 0o111),
            size=entry.size,
            sha256=digests.sha256,
            md5=digests.md5,
            crc32=digests.crc32,
            offset=located.offset,
            compressed_size=entry.compressed_size,
            deflated=entry.method == DEFLATED,
        )


def open_contents(data: Data, problems: WheelProblems) -> Contents:
    """Check the structure of an archive, without inflating anything.

    Raises:
        WheelError: With all the structural problems, and those noted before.
    """
    directory = read_directory(data, problems)
    problems.check()
    if directory is None:  # pragma: no cover  # noted as a problem, and raised above
        raise AssertionError("an archive cannot be read, and nobody said why")
    located = locate_members(data, directory, problems)
    check_paths((entry.path for entry in directory.entries), problems)
    _check_size(directory.entries, len(data), problems)
    problems.check()
    return Contents(
        data=data,
        files={member.entry.path: member for member in located if not member.entry.directory},
        entries=directory.entries,
        problems=problems,
    )


def _check_size(entries: tuple[ZipEntry, ...], size: int, problems: WheelProblems) -> None:
    inflated = sum(entry.size for entry in entries)
    if inflated > MAX_INFLATED or inflated > FREE + size * MAX_RATIO:
        problems.note(f"{size} bytes inflate to {inflated}: this is a bomb, or no wheel of use")


def _extent(located: Located) -> Extent:
    entry = located.entry
    return Extent(
        offset=located.offset,
        compressed_size=entry.compressed_size,
        size=entry.size,
        deflated=entry.method == DEFLATED,
    )
