"""Reading ahead: what decompresses and what digests are at work at the same time."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from queue import Queue
    from threading import Event

    from typing_extensions import Buffer

_T = TypeVar("_T")

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


@dataclass(frozen=True, slots=True)
class Gap:
    """A chunk of zeros, which nobody makes if nobody reads them."""

    size: int


def stream_of(chunks: Iterator[bytes] | Iterator[bytes | Gap]) -> BinaryIO:
    """Make a stream of chunks, none of them empty; it can seek, but only forwards."""
    return cast("BinaryIO", io.BufferedReader(_Chunks(chunks), _CHUNK))


@contextmanager
def ahead(chunks: Iterable[_T]) -> Iterator[Iterator[_T]]:
    """Take chunks in a thread; the block ends with it."""
    from queue import Queue  # only where there is something to read
    from threading import Event, Thread

    taken: Queue[_Last | _T] = Queue(_WAITING)
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


@dataclass(frozen=True, slots=True)
class _Last:
    """What comes behind the last chunk, and what stood in the way of more."""

    error: BaseException | None = None


def _take(chunks: Iterable[_T], taken: Queue[_Last | _T], enough: Event) -> None:
    """Hand on chunks, and what comes behind the last."""
    try:
        for chunk in chunks:
            if enough.is_set():
                return
            taken.put(chunk)
        taken.put(_Last())
    except BaseException as error:  # noqa: BLE001 - it is raised again, where it is read
        taken.put(_Last(error))


def _given(taken: Queue[_Last | _T]) -> Iterator[_T]:
    while not isinstance(chunk := taken.get(), _Last):
        yield chunk
    if chunk.error is not None:
        raise chunk.error


class _Chunks(io.RawIOBase):
    """Chunks as a stream."""

    def __init__(self, chunks: Iterator[bytes] | Iterator[bytes | Gap]) -> None:
        self._chunks: Iterator[bytes | Gap] = chunks
        self._data = memoryview(b"")
        self._zeros = 0
        self._position = 0

    def readable(self) -> bool:
        """Say that it is there to be read."""
        return True

    def seekable(self) -> bool:
        """Say that what nobody reads can be passed over."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Copy what fits of the chunk at hand, or of the next one."""
        room = memoryview(buffer)
        size = min(len(room), self._at_hand())
        room[:size] = bytes(size) if self._zeros else self._data[:size]
        self._pass(size)
        return size

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Pass over what comes before an offset, or before the end."""
        target = offset + (self._position if whence == io.SEEK_CUR else 0)
        if whence == io.SEEK_END or target < self._position:
            raise io.UnsupportedOperation("it is read forwards only")
        while self._position < target and (size := self._at_hand()):
            self._pass(min(size, target - self._position))
        return self._position

    def _at_hand(self) -> int:
        """Take the next chunk if there is nothing left of the one before; 0 at the end."""
        if not self._data and not self._zeros:
            chunk = next(self._chunks, b"")
            if isinstance(chunk, Gap):
                self._zeros = chunk.size
            else:
                self._data = memoryview(chunk)
        return self._zeros or len(self._data)

    def _pass(self, size: int) -> None:
        if self._zeros:
            self._zeros -= size
        else:
            self._data = self._data[size:]
        self._position += size
