"""A zip archive of tree entries, streamed; what wheels compressed is copied as it is."""

from __future__ import annotations

import stat
from collections import deque
from typing import TYPE_CHECKING, Final

from repackage.archive._zip_body import Body, deflated
from repackage.archive._zip_header import (
    DEFLATED,
    STORED,
    ZipMember,
    refuse_beyond,
    zip_end,
    zip_name,
)
from repackage.errors import FormatError
from repackage.format import Verbatim
from repackage.tree import Directory, File, Symlink, Zipped

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor
    from types import TracebackType

    from typing_extensions import Self

    from repackage.archive._stream import Writable
    from repackage.tree import Entry

#: Members, and bytes of them, that threads may be ahead of the one that is written.
_AHEAD: Final = 256
_AHEAD_BYTES: Final = 32 << 20


class ZipWriter:
    """Writes entries in the order given: no clock, no extra fields, no data descriptors.

    Deflate data of wheels are copied, unless it is to ``recompress``; everything else is
    deflated at ``level``, in threads, and stored where that does not make it smaller.
    What is written begins ``offset`` bytes into the file: a program may stand before it.
    More than 4 GiB or 65,534 entries are refused, unless readers know ``zip64``.
    """

    def __init__(  # noqa: PLR0913 - all that the bytes depend on
        self,
        stream: Writable,
        *,
        level: int = 6,
        recompress: bool = False,
        jobs: int = 1,
        offset: int = 0,
        zip64: bool = False,
    ) -> None:
        self._stream = stream
        self._level = level
        self._recompress = recompress
        self._offset = offset
        self._zip64 = zip64
        self._directory: list[bytes] = []
        self._names: set[bytes] = set()
        self._pool = _pool(jobs) if jobs > 1 else None
        self._pending: deque[tuple[File | Directory, bytes, Future[Body] | None]] = deque()
        self._ahead = 0
        self.taken: list[Verbatim] = []
        """Members that were copied, by where their headers begin in the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.close()
        finally:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)

    def add(self, entry: Entry, *, prefix: str = "") -> None:
        """Write a file with its content, or a directory.

        Raises:
            FormatError: Zip files, or some of their readers, cannot hold it.
        """
        if isinstance(entry, Symlink):
            raise FormatError.of(
                f"{entry.path!r} is a symbolic link, which not everything that unpacks zip"
                " files restores",
                advice="bring the file itself",
            )
        name = zip_name(f"{prefix}{entry.path}{'/' if isinstance(entry, Directory) else ''}")
        if name in self._names:
            raise FormatError.of(f"{name.decode()!r} would be in the archive twice")
        self._names.add(name)
        self._pending.append((entry, name, self._begun(entry)))
        self._ahead += _size(entry)
        while self._pending and (
            self._pool is None or len(self._pending) > _AHEAD or self._ahead > _AHEAD_BYTES
        ):
            self._drain()

    def close(self) -> None:
        """Write the directory; the stream stays open."""
        while self._pending:
            self._drain()
        size = sum(map(len, self._directory))
        if not self._zip64:
            refuse_beyond(len(self._directory), self._offset + size)
        for header in self._directory:
            self._stream.write(header)
        self._stream.write(zip_end(len(self._directory), size=size, offset=self._offset))

    def _begun(self, entry: File | Directory) -> Future[Body] | None:
        """Have a thread deflate a file, if there are threads, and something to deflate."""
        if self._pool is None or isinstance(entry, Directory) or self._copied(entry):
            return None
        return self._pool.submit(deflated, entry, level=self._level)

    def _body(self, entry: File | Directory) -> Body:
        """Have the data of an entry now."""
        if isinstance(entry, Directory) or not entry.size:
            return Body(method=STORED, size=0, parts=())
        copied = self._copied(entry)
        if copied is not None:
            return Body(
                method=DEFLATED,
                size=copied.compressed_size,
                parts=copied.chunks,
                copied=True,
            )
        return deflated(entry, level=self._level)

    def _copied(self, entry: File | Directory) -> Zipped | None:
        """The deflate data of a wheel that are copied; they were verified with the wheel."""
        content = entry.content if isinstance(entry, File) else None
        if self._recompress or not isinstance(content, Zipped) or not content.deflated:
            return None
        return content

    def _drain(self) -> None:
        """Write the member that is next."""
        entry, name, begun = self._pending.popleft()
        size = _size(entry)
        self._ahead -= size
        body = self._body(entry) if begun is None else begun.result()
        kind, crc32 = stat.S_IFDIR, 0
        if isinstance(entry, File):
            kind, crc32 = stat.S_IFREG, entry.digests.crc32
        member = ZipMember(
            name=name,
            mode=kind | entry.mode,
            mtime=entry.mtime,
            method=body.method,
            crc32=crc32,
            size=size,
            compressed_size=body.size,
        )
        if not self._zip64:
            largest = self._offset + max(body.size, size)
            refuse_beyond(len(self._directory), largest, name=repr(entry.path))
        header = member.local_header()
        if body.copied and isinstance(entry, File):
            length = len(header) + body.size
            self.taken.append(Verbatim(at=self._offset, size=length, file=entry))
        self._directory.append(member.central_header(self._offset))
        self._stream.write(header)
        for part in body.parts:
            self._stream.write(part)
        self._offset += len(header) + body.size


def _size(entry: File | Directory) -> int:
    return entry.size if isinstance(entry, File) else 0


def _pool(jobs: int) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # slow to import

    return ThreadPoolExecutor(jobs)
