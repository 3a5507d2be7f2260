"""The payload of an rpm, written: cpio with ASCII headers, or rpm's own short ones.

librpm takes nothing but names, or numbers, and bytes from it; modes, dates and inodes are
there for ``rpm2cpio | cpio``, and for rpm before 4.12. Inodes have only files with several
names: the bytes of all others depend on nothing but themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError
from repackage.tree import Directory, File, Symlink, open_file, read_file
from repackage_formats.rpm._files_encode import file_mode, file_size

if TYPE_CHECKING:
    from repackage.archive import Writable
    from repackage.tree import Entry

#: Files up to this size are inflated in one call, bigger ones in pieces of it.
_CHUNK: Final = 1 << 20


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
                self._content(entry)
            case Symlink(target=target):
                self._stream.write(_padded(target.encode()))
            case File() | Directory():
                pass

    def close(self) -> None:
        """Write the end of the archive; the stream stays open."""
        self._stream.write(_encoded("TRAILER!!!", (0, 0, 0, 0, 1, 0, 0)))

    def _content(self, file: File) -> None:
        written = 0
        if file.size <= _CHUNK:
            data = read_file(file)
            written = len(data)
            self._stream.write(data)
        else:
            with open_file(file) as content:
                while data := content.read(_CHUNK):
                    written += len(data)
                    self._stream.write(data)
        if written != file.size:
            raise FormatError.of(
                f"{file.path!r} has {written} bytes, not {file.size} as declared",
                advice="the cache may be damaged: repackage cache clear",
            )
        self._stream.write(bytes(-file.size % 4))


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
