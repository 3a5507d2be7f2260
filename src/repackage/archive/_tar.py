"""A tar archive of tree entries, streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.archive._copied import ContentWriter
from repackage.archive._header import tar_end, tar_header, tar_padding
from repackage.errors import FormatError
from repackage.tree import File

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from typing_extensions import Buffer, Self

    from repackage.archive._stream import Writable
    from repackage.tree import Entry


class TarWriter:
    """Writes entries in the order given, GNU dialect, all owned by root.

    Headers and content are separate (:func:`~repackage.archive.tar_header`,
    :func:`~repackage.archive.tar_padding`), so that a stream can take the content of a file
    as a wheel has compressed it, and a format splice what was compressed before.
    """

    def __init__(self, stream: Writable) -> None:
        self._stream = stream
        self._content = ContentWriter(stream)
        self.size = 0
        """Bytes of the archive so far."""
        self._paths: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()

    def add(self, entry: Entry, *, prefix: str = "./") -> None:
        """Write an entry with its content.

        The directory with the empty path is the root, ``./``.
        """
        self._note(entry, prefix=prefix)
        self._write(tar_header(entry, prefix=prefix))
        if isinstance(entry, File):
            self._content.write(entry)
            self.size += entry.size
            self._write(tar_padding(entry.size))

    def pass_over(self, entries: Iterable[Entry], *, prefix: str = "./", size: int) -> None:
        """Note entries that come to be in the archive another way, as so many bytes of it."""
        for entry in entries:
            self._note(entry, prefix=prefix)
        self.size += size

    def _note(self, entry: Entry, *, prefix: str) -> None:
        _check_path(entry.path)
        name = prefix + entry.path
        if name in self._paths:
            raise FormatError.of(f"{name!r} would be in the archive twice")
        self._paths.add(name)

    def close(self) -> None:
        """Write the end of the archive; the stream stays open."""
        self._write(tar_end(self.size))

    def _write(self, data: Buffer) -> None:
        self._stream.write(data)
        self.size += len(memoryview(data))


def _check_path(path: str) -> None:
    if path.startswith("/") or ".." in path.split("/") or "\0" in path:
        raise FormatError.of(f"{path!r} would be unpacked outside of the root")
