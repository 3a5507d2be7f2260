"""Where the parts of an image lie: in a directory, or in an archive of one.

The names of parts come from the image itself; in an archive they are looked up, and in a
directory they are digests, or one of the two names that a layout has.
"""

from __future__ import annotations

import io
import posixpath
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from repackage.archive import Located, decompressor, detect_codec, locate_tar
from repackage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

#: What an archive of an image holds: OCI's names, and those of ``docker save``.
_PART = re.compile(
    r"(oci-layout|index\.json|manifest\.json|repositories|blobs(/\w+(/[0-9a-f]+)?)?"
    r"|[0-9a-f]{64}(\.json|\.tar|/(VERSION|json|layer\.tar)?)?)?"
)
_ROOTS = {"index.json", "manifest.json"}
#: Links to a layer that stands elsewhere in the archive; docker writes one, never a chain.
_LINKS = 4


class Blobs(Protocol):
    """The parts of an image by name."""

    def __contains__(self, name: object) -> bool:
        """Whether there is such a part."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a part; the stream can seek."""
        ...

    def file(self, name: str) -> Path | None:
        """The file that a part is; None: it lies in an archive."""
        ...


def blobs_of(artifact: Path) -> Blobs:
    """Find the parts of an image."""
    if artifact.is_dir():
        return _Layout(artifact)
    with _opened(artifact) as stream:
        members = {member.path: member for member in locate_tar(stream)}
    return _Archive(artifact, members)


def is_image(artifact: Path) -> bool:
    """Whether it looks like an image, without reading more of it than is needed."""
    if artifact.is_dir():
        return (artifact / "oci-layout").is_file() and (artifact / "index.json").is_file()
    if not artifact.is_file():
        return False
    names = set()
    with _opened(artifact) as stream:
        for member in locate_tar(stream):  # most tarballs are told by their first name
            if not _PART.fullmatch(member.path):
                return False
            names.add(member.path)
    return not names.isdisjoint(_ROOTS)


@contextmanager
def _opened(artifact: Path) -> Iterator[BinaryIO]:
    with artifact.open("rb") as file, decompressor(file, detect_codec(file)) as stream:
        yield stream


@dataclass(frozen=True, slots=True)
class _Layout:
    """A directory; its files are named by :func:`repackage_formats.oci._json.blob_name`."""

    directory: Path

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (self.directory / name).is_file()

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a part."""
        try:
            with (self.directory / name).open("rb") as file:
                yield file
        except FileNotFoundError as error:
            raise _absent(name) from error

    def file(self, name: str) -> Path:
        """The file that a part is."""
        return self.directory / name


@dataclass(frozen=True, slots=True)
class _Archive:
    """An archive, decompressed up to a part each time where it is a compressed one."""

    artifact: Path
    members: Mapping[str, Located]

    def __contains__(self, name: object) -> bool:
        return name in self.members

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a part."""
        member = self._resolved(name)
        with _opened(self.artifact) as stream:
            stream.seek(member.offset)
            yield io.BufferedReader(_Part(stream, member))

    def file(self, name: str) -> None:
        """No part is a file of its own."""
        del name

    def _resolved(self, name: str) -> Located:
        found = name
        for _ in range(_LINKS):
            member = self.members.get(found)
            if member is None:
                break
            if not member.target:
                return member
            found = posixpath.normpath(posixpath.join(posixpath.dirname(found), member.target))
        raise _absent(name)


class _Part(io.RawIOBase):
    """A part of a stream that is its own."""

    def __init__(self, stream: BinaryIO, member: Located) -> None:
        self._stream = stream
        self._start, self._size = member.offset, member.size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go elsewhere in the part."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}
        self._position = min(max(0, base[whence] + offset), self._size)
        self._stream.seek(self._start + self._position)
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # all that io ever gives
        """Read on; 0 only at the end."""
        data = self._stream.read(min(len(buffer), self._size - self._position))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def _absent(name: str) -> InputError:
    return InputError.of(
        f"the image lacks its part {name!r}", advice="copy the image once more, whole"
    )
