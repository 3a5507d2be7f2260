"""The payload of an rpm, written: cpio with ASCII headers, or rpm's own short ones.

librpm takes nothing but names, or numbers, and bytes from it; modes, dates and inodes are
there for ``rpm2cpio | cpio``, and for rpm before 4.12. Inodes have only files with several
names: the bytes of all others depend on nothing but themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.archive import ContentWriter
from repackage.tree import Directory, File, Symlink
from repackage_formats.rpm._files_encode import file_mode, file_size

if TYPE_CHECKING:
    from repackage.archive import Writable
    from repackage.tree import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A name of a file that has several."""

    inode: int
    names: int
    """How many there are."""
    last: bool
    """The last one, in the order of the header, has the content."""


class CpioWriter:
    """Writes entries in any order, but that the names of one file follow one another."""

    def __init__(self, stream: Writable, *, short: bool) -> None:
        self._stream = stream
        self._content = ContentWriter(stream)
        self._short = short

    def add(self, entry: Entry, *, number: int, link: Link | None = None) -> None:
        """Write an entry with its content; short headers have its number in the header."""
        empty = link is not None and not link.last
        if self._short:
            self._stream.write(_padded(b"07070X%08x" % number))
        else:
            size = 0 if empty else file_size(entry)
            self._stream.write(_head(entry, size=size, link=link))
        match entry:
            case File() if not empty:
                self._content.write(entry)
                self._stream.write(bytes(-entry.size % 4))
            case Symlink(target=target):
                self._stream.write(_padded(target.encode()))
            case File() | Directory():
                pass

    def close(self) -> None:
        """Write the end of the archive; the stream stays open."""
        self._stream.write(_encoded("TRAILER!!!", (0, 0, 0, 0, 1, 0, 0)))


def _head(entry: Entry, *, size: int, link: Link | None) -> bytes:
    """Write the header of a member: thirteen numbers and a name."""
    inode, names = (link.inode, link.names) if link else (0, 1)
    return _encoded(
        f"./{entry.path}", (inode, file_mode(entry), 0, 0, names, entry.mtime, size)
    )


def _encoded(name: str, numbers: tuple[int, ...]) -> bytes:
    """Add the numbers that are always the same: devices, and a checksum that nobody has."""
    raw = name.encode() + b"\0"
    numbers = (*numbers, 0, 0, 0, 0, len(raw), 0)
    return _padded(b"070701" + b"".join(b"%08x" % number for number in numbers) + raw)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
