"""The ar container of a deb (deb(5)): three members, their sizes before their bytes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from repackage.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

    from repackage.archive._stream import Writable

_MAGIC = b"!<arch>\n"
#: A name of 16 bytes would leave no room for the space that ends it.
_MAX_NAME = 15
_MAX_SIZE = 9_999_999_999


class ArWriter:
    """Writes members to a seekable stream: the size of a member is patched in behind it."""

    def __init__(self, stream: BinaryIO, *, mtime: int) -> None:
        self._stream = stream
        self._mtime = mtime
        stream.write(_MAGIC)

    def add(self, name: str, data: bytes) -> None:
        """Write a member of bytes at hand."""
        with self.member(name) as stream:
            stream.write(data)

    @contextmanager
    def member(self, name: str) -> Iterator[Writable]:
        """Write a member whose size is known only at its end."""
        start = self._stream.tell()
        self._stream.write(self._header(name, 0))
        body = self._stream.tell()
        yield _Member(self._stream, name)
        end = self._stream.tell()
        self._stream.seek(start)
        self._stream.write(self._header(name, end - body))
        self._stream.seek(end)
        if (end - body) % 2:
            self._stream.write(b"\n")

    def _header(self, name: str, size: int) -> bytes:
        encoded = name.encode("ascii", "replace")
        if not encoded or len(encoded) > _MAX_NAME or set(encoded) & set(b" /?\n"):
            raise FormatError.of(
                f"an ar member cannot be called {name!r}",
                advice=f"at most {_MAX_NAME} ASCII letters",
            )
        return b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (encoded, self._mtime, 0, 0, 0o100644, size)


class _Member:
    """Takes what a member may hold, and not a byte more."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._left = _MAX_SIZE

    def write(self, data: Buffer, /) -> int:
        """Write bytes, if their number can be told."""
        self._left -= memoryview(data).nbytes
        if self._left < 0:
            raise FormatError.of(
                f"{self._name} would have more than the {_MAX_SIZE} bytes that ar can say",
                advice="choose a stronger compression, or package less",
            )
        return self._stream.write(data)
