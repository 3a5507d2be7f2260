"""The payload of an rpm, written: cpio with ASCII headers, or rpm's own short ones.

librpm takes nothing but names, or numbers, and bytes from it; modes and dates are there
for ``rpm2cpio | cpio``. No inodes: the bytes of a dependency depend on nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError
from repackage.tree import Directory, File, Symlink, open_file, read_file
from repackage_formats.rpm._files_encode import file_mode, file_size

if TYPE_CHECKING:
    from repackage.archive import Writable
    from repackage.tree import Entry

#: Files up to this size are inflated in one call, bigger ones in pieces of it.
_CHUNK: Final = 1 << 20


class CpioWriter:
    """Writes entries by their numbers in the header, in any order."""

    def __init__(self, stream: Writable, *, short: bool) -> None:
        self._stream = stream
        self._short = short

    def add(self, entry: Entry, *, number: int) -> None:
        """Write an entry with its content."""
        self._stream.write(self._head(entry, number))
        match entry:
            case File():
                self._content(entry)
            case Symlink(target=target):
                self._stream.write(_padded(target.encode()))
            case Directory():
                pass

    def close(self) -> None:
        """Write the end of the archive; the stream stays open."""
        self._stream.write(_head("TRAILER!!!", mode=0, mtime=0, size=0))

    def _head(self, entry: Entry, number: int) -> bytes:
        if self._short:
            return _padded(b"07070X%08x" % number)
        return _head(
            f"./{entry.path}", mode=file_mode(entry), mtime=entry.mtime, size=file_size(entry)
        )

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


def _head(name: str, *, mode: int, mtime: int, size: int) -> bytes:
    """Write the header of a member: thirteen numbers and a name."""
    raw = name.encode() + b"\0"
    inode = owner = group = device = special = checksum = 0
    numbers = (
        inode, mode, owner, group, 1, mtime, size, device, device, special, special,
        len(raw), checksum,
    )  # fmt: skip
    return _padded(b"070701" + b"".join(b"%08x" % number for number in numbers) + raw)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
