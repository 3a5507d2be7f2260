"""Deflate data of wheels as members of a gzip stream: neither inflated nor deflated again.

The directory of a wheel holds the checksum and the size that a gzip member ends with (RFC 1952,
section 2.3), and members follow one another as one stream (section 2.2). That the data end
where the member does, and inflate to what RECORD says, was seen when the wheel was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from repackage.archive._gzip import GzipMembers
from repackage.archive._stream import JoiningWriter
from repackage.errors import FormatError
from repackage.format import Verbatim
from repackage.tree import File, Zipped, open_file, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from typing_extensions import Buffer

    from repackage.archive._stream import JoinableFormat, Writable
    from repackage.tree import Entry

#: Files up to this size are inflated in one call, bigger ones in pieces of it.
_CHUNK: Final = 1 << 20
#: From here on a gzip member does not tell its size, so that not every reader is sure of it.
_BEYOND: Final = 1 << 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Copying:
    """From what sizes on deflate data of wheels are copied.

    It is decided by what manifests say, so that neither threads nor a cache can change it.
    """

    file: int = 4 << 10
    """Compressed bytes of a file, below which members cost more in size than they save."""
    payload: int = 32 << 20
    """Bytes of all entries, below which nothing is copied: it would be little time."""

    def copied(self, entry: Entry) -> Zipped | None:
        """What a wheel has deflated of an entry, if that is enough, and fits a member."""
        if not isinstance(entry, File) or not isinstance(entry.content, Zipped):
            return None
        content = entry.content
        enough = content.deflated and content.compressed_size >= self.file
        return content if enough and entry.size < _BEYOND else None


#: What is copied, if nothing else is said.
COPYING: Final = Copying()


def divided(
    entries: Sequence[Entry], copying: Copying | None
) -> tuple[Copying | None, Sequence[Entry], Sequence[Entry]]:
    """Tell what is gathered and compressed from what is copied, if anything is."""
    size = sum(entry.size for entry in entries if isinstance(entry, File))
    if copying is None or size < copying.payload:
        return None, entries, ()
    parts: tuple[list[Entry], list[Entry]] = ([], [])
    for entry in entries:
        parts[copying.copied(entry) is not None].append(entry)
    return copying, *parts


@runtime_checkable
class TakesFiles(Protocol):
    """A stream that may have a shorter way for the content of a file than its bytes."""

    def take(self, file: File) -> bool:
        """Take a file's content, or say that it is to be written."""
        ...


class Overheard:
    """Hands on what is written, and tells somebody all of it, what is copied as well.

    ``copied`` is told of what is copied how much it is, and what reads it if anybody wants to.
    """

    def __init__(
        self,
        stream: Writable,
        tell: Callable[[Buffer], object],
        *,
        copied: Callable[[int, Iterator[bytes]], object] | None = None,
    ) -> None:
        self._stream = stream
        self._copied = copied
        self._take = stream.take if isinstance(stream, TakesFiles) else None
        self._tell = tell

    def write(self, data: Buffer, /) -> object:
        """Tell bytes, and write them on."""
        self._tell(data)
        return self._stream.write(data)

    def take(self, file: File) -> bool:
        """Have a file's content taken, and read it to be told."""
        if self._take is None or not self._take(file):
            return False
        if self._copied is not None:
            self._copied(file.size, contents(file))
            return True
        for data in contents(file):
            self._tell(data)
        return True


class CopyingWriter(JoiningWriter):
    """Cuts a gzip stream into members, and takes what wheels have deflated as such."""

    def __init__(
        self, stream: Writable, form: GzipMembers, *, workers: int, copying: Copying
    ) -> None:
        super().__init__(stream, form, workers=workers)
        self._members = form
        self._copying = copying
        self.taken: list[Verbatim] = []
        """What was taken, by where it lies in the stream."""

    def take(self, file: File) -> bool:
        """Take a file's content, or say that it is to be written."""
        content = self._copying.copied(file)
        if content is None:
            return False
        self.settle()
        start, data, crc32 = self.size, content.compressed, file.digests.crc32
        for part in self._members.frame(data, crc32=crc32, size=file.size):
            self._emit(part)
        self.taken.append(Verbatim(at=start, size=self.size - start, file=file))
        return True


def writer(
    stream: Writable, form: JoinableFormat, *, workers: int, copying: Copying | None
) -> JoiningWriter:
    """Make what joins blocks, and takes what is to be copied."""
    if copying is None or not isinstance(form, GzipMembers):
        return JoiningWriter(stream, form, workers=workers)
    return CopyingWriter(stream, form, workers=workers, copying=copying)


class ContentWriter:
    """Writes the content of files into a stream, or has the stream take it its own way."""

    def __init__(self, stream: Writable) -> None:
        self._stream = stream
        self._take = stream.take if isinstance(stream, TakesFiles) else None

    def write(self, file: File) -> None:
        """Write the bytes of a file.

        Raises:
            FormatError: They are not as many as the tree says.
        """
        if self._take is None or not self._take(file):
            for data in contents(file):
                self._stream.write(data)


def contents(file: File) -> Iterator[bytes]:
    """Yield the bytes of a file, few at a time.

    Raises:
        FormatError: They are not as many as the tree says.
    """
    read = 0
    if file.size <= _CHUNK:
        data = read_file(file)
        read = len(data)
        yield data
    else:
        with open_file(file) as content:
            while data := content.read(_CHUNK):
                read += len(data)
                yield data
    if read != file.size:
        raise FormatError.of(
            f"{file.path!r} has {read} bytes, not {file.size} as declared",
            advice="the cache may be damaged: repackage cache clear",
        )
