"""What writers write to, and how heavy work is spread over threads without a trace."""

from __future__ import annotations

import io
import itertools
import mmap
import threading
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future, ThreadPoolExecutor
    from types import TracebackType

    from typing_extensions import Buffer, Self


class Writable(Protocol):
    """Anything that takes bytes: a file, a compressor, a member of an archive."""

    def write(self, data: Buffer, /) -> object:
        """Take all of the bytes."""
        ...


class BlockFormat(Protocol):
    """A compressed stream that is made of blocks which know nothing of each other."""

    @property
    def block_size(self) -> int:
        """Where to cut, in bytes; the only thing that decides it."""
        ...

    def start(self) -> bytes:
        """Return what stands before the first block."""
        ...

    def compress(self, block: Buffer) -> Iterator[bytes]:
        """Compress a block, in steps so short that nobody waits; called from any thread."""
        ...

    def append(self, size: int, compressed: bytes, /) -> bytes:
        """Note a block of so many bytes, in order, and return its final form."""
        ...

    def finish(self) -> bytes:
        """Return what stands after the last block."""
        ...


class JoinableFormat(BlockFormat, Protocol):
    """One whose blocks can be put into another stream as they are."""

    def adopt(self, final: bytes, /) -> None:
        """Note a block, in order, whose final form is at hand."""
        ...


#: Bytes that are compressed before a thread has heard of them.
_INSTANT: Final = 1 << 16

#: Bytes of a block beyond which none is filled before a thread has time for it: what that
#: would save is little beside what it takes to compress one.
_LARGE: Final = 8 << 20

#: Compressed blocks of each thread that may wait for their turn.
_WAITING: Final = 2

Tap = Callable[[bytes], object]


def _untapped(final: bytes) -> None:
    """Show a block to nobody."""


class _Block:
    """Bytes in memory of their own, not in the heap, whose gaps a process may keep for ever."""

    def __init__(self, room: int) -> None:
        self._memory = mmap.mmap(-1, room)
        self.size = 0

    def fill(self, view: memoryview) -> int:
        """Take as many bytes as there is room for, and say how many."""
        taken = view[: len(self._memory) - self.size]
        self._memory[self.size : self.size + len(taken)] = taken
        self.size += len(taken)
        return len(taken)

    @property
    def data(self) -> memoryview:
        """What was taken."""
        return memoryview(self._memory)[: self.size]


class BlockWriter:
    """Cuts what is written into blocks and compresses them in threads, in order.

    At most ``workers`` blocks are being compressed, whatever the size of the payload, and their
    memory is used again and again; what was compressed before its turn waits. After an error,
    such as an interrupt, those in flight are given up at their next step.
    """

    def __init__(self, stream: Writable, form: BlockFormat, *, workers: int) -> None:
        self._stream = stream
        self._form = form
        self._workers = workers
        self._block = _Block(form.block_size)
        self._free: list[_Block] = []
        self._given_up = False
        self._pool = _pool(workers) if workers > 1 else None
        self._idle = threading.Semaphore(workers)
        self._awaited = False  # whether a thread is there for the block that is being filled
        self._pending: deque[tuple[int, Future[bytes], Tap]] = deque()
        self._tap: Tap = _untapped
        self.size = 0
        """Bytes of the stream so far."""

    def __enter__(self) -> Self:
        self._emit(self._form.start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._given_up = kind is not None
        try:
            if kind is None:
                self._finish()
        except BaseException:
            self._given_up = True
            raise
        finally:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)

    def write(self, data: Buffer, /) -> int:
        """Take bytes; compress whenever a block is full."""
        view = memoryview(data)
        position = 0
        while position < len(view):
            position += self._block.fill(view[position:])
            if self._block.size == self._form.block_size:
                self._submit()
        return len(view)

    def _cut(self) -> None:
        if self._block.size:
            self._submit()

    def _submit(self) -> None:
        if self._pool is None:
            self._compress_here()
            return
        if not self._awaited:
            self._idle.acquire()  # any of the threads, not that of the oldest block
        size = self._block.size  # which the thread forgets
        task = self._pool.submit(self._compress_there, self._block)
        self._pending.append((size, task, self._tap))
        while self._pending and (
            self._pending[0][1].done() or len(self._pending) > _WAITING * self._workers
        ):
            self._drain()
        self._awaited = self._form.block_size > _LARGE and self._idle.acquire()
        self._block = self._free.pop() if self._free else _Block(self._form.block_size)

    def _compress_here(self) -> None:
        size, compressed = self._block.size, self._compress(self._block)
        self._block.size = 0
        self._put(size, compressed, self._tap)

    def _compress_there(self, block: _Block) -> bytes:
        """Compress in a thread, and leave the memory of the block to the next one."""
        try:
            return self._compress(block)
        finally:
            block.size = 0
            self._free.append(block)
            self._idle.release()

    def _compress(self, block: _Block) -> bytes:
        steps = self._form.compress(block.data)
        compressed = io.BytesIO()  # which, unlike a list, is not copied at the end
        compressed.writelines(itertools.takewhile(lambda _: not self._given_up, steps))
        return compressed.getvalue()

    def _drain(self) -> None:
        size, compressed, tap = self._pending.popleft()
        self._put(size, compressed.result(), tap)

    def _put(self, size: int, compressed: bytes, tap: Tap) -> None:
        final = self._form.append(size, compressed)
        self._emit(final)
        tap(final)

    def _finish(self) -> None:
        self._cut()
        self._drain_all()
        self._emit(self._form.finish())

    def settle(self) -> None:
        """Write all that was taken so far; another block begins."""
        if self._block.size >= _INSTANT:
            self._cut()
        self._drain_all()
        if self._block.size:
            self._compress_here()

    def _drain_all(self) -> None:
        while self._pending:
            self._drain()

    def _emit(self, data: Buffer) -> None:
        self._stream.write(data)
        self.size += memoryview(data).nbytes


class JoiningWriter(BlockWriter):
    """Also takes blocks that were compressed before."""

    def __init__(self, stream: Writable, form: JoinableFormat, *, workers: int) -> None:
        super().__init__(stream, form, workers=workers)
        self._joinable = form

    @contextmanager
    def apart(self, tap: Tap) -> Iterator[None]:
        """Let what is written in the meantime be blocks of its own, each shown to ``tap``.

        The last of them are shown later: at the latest when the stream is finished.
        """
        self._cut()
        self._tap = tap
        yield
        self._cut()
        self._tap = _untapped

    def splice(self, block: bytes) -> None:
        """Write a block that was shown to a tap before, here or in another stream."""
        self.settle()
        self._joinable.adopt(block)
        self._emit(block)


def _pool(workers: int) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # slow to import

    return ThreadPoolExecutor(workers)
