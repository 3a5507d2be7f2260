"""Reading ahead: what decompresses and what digests are at work at the same time."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from queue import Queue
    from threading import Event

    from typing_extensions import Buffer

#: Bytes of a chunk: few enough to stay in a processor's cache.
_CHUNK = 1 << 18
#: Chunks that wait for whoever reads them.
_WAITING = 8


@contextmanager
def reading_ahead(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Read a stream in a thread, up to 2 MiB ahead; nobody else reads it meanwhile.

    What the stream raises is raised where it would have been read.
    """
    with ahead(iter(lambda: stream.read(_CHUNK), b"")) as chunks:
        yield stream_of(chunks)


def stream_of(chunks: Iterator[bytes]) -> BinaryIO:
    """Make a stream of chunks, none of them empty."""
    return cast("BinaryIO", io.BufferedReader(_Chunks(chunks), _CHUNK))


@contextmanager
def ahead(chunks: Iterable[bytes]) -> Iterator[Iterator[bytes]]:
    """Take chunks, none of them empty, in a thread; the block ends with it."""
    from queue import Queue  # only where there is something to read
    from threading import Event, Thread

    taken: Queue[bytes | BaseException] = Queue(_WAITING)
    enough = Event()
    thread = Thread(target=_take, args=(chunks, taken, enough), daemon=True)
    thread.start()
    try:
        yield _given(taken)
    finally:
        enough.set()
        while thread.is_alive():  # it may be waiting for room
            while not taken.empty():
                taken.get()
            thread.join(0.001)


def _take(chunks: Iterable[bytes], taken: Queue[bytes | BaseException], enough: Event) -> None:
    """Hand on chunks, an empty one behind the last, or what stood in their way."""
    try:
        for chunk in chunks:
            if enough.is_set():
                return
            taken.put(chunk)
        taken.put(b"")
    except BaseException as error:  # noqa: BLE001 - it is raised again, where it is read
        taken.put(error)


def _given(taken: Queue[bytes | BaseException]) -> Iterator[bytes]:
    while chunk := taken.get():
        if isinstance(chunk, BaseException):
            raise chunk
        yield chunk


class _Chunks(io.RawIOBase):
    """Chunks as a stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Say that it is there to be read."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Copy what fits of the chunk at hand, or of the next one."""
        if not self._left:
            self._left = memoryview(next(self._chunks, b""))
        room = memoryview(buffer)
        size = min(len(room), len(self._left))
        room[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
