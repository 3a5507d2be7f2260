"""Work in threads that Ctrl-C ends at once."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")

#: How long an interrupted run waits for its threads to close their files, in seconds.
GRACE = 1.0

#: How often the main thread looks for an interrupt, in seconds.
_WAKE = 0.2


class Crew(Generic[T, R]):
    """Daemon threads: one that is stuck in the network never holds up the interpreter.

    ``concurrent.futures`` would join them at exit, for as long as a server is silent.
    """

    def __init__(
        self, work: Callable[[T], R], *, stop: threading.Event, grace: float = GRACE
    ) -> None:
        self._work = work
        self._stop = stop
        self._grace = grace
        self._todo: queue.SimpleQueue[tuple[int, T]] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, R | BaseException]] = queue.SimpleQueue()

    def run(self, tasks: Sequence[T], *, jobs: int) -> list[R | BaseException]:
        """Do all tasks; results, or what was raised instead, in the order of the tasks."""
        for task in enumerate(tasks):
            self._todo.put(task)
        threads = [
            threading.Thread(target=self._labour, name=f"crew-{number}", daemon=True)
            for number in range(min(jobs, len(tasks)))
        ]
        try:
            for thread in threads:
                thread.start()
            results = dict(self._next() for _ in tasks)
        except BaseException:
            self._stop.set()
            for thread in threads:
                if thread.is_alive():
                    thread.join(self._grace / len(threads))
            raise
        return [results[position] for position in range(len(tasks))]

    def _next(self) -> tuple[int, R | BaseException]:
        """Wait, but wake often enough to notice an interrupt on every system."""
        while True:
            with suppress(queue.Empty):
                return self._done.get(timeout=_WAKE)

    def _labour(self) -> None:
        while True:
            try:
                position, task = self._todo.get_nowait()
            except queue.Empty:
                return
            try:
                self._done.put((position, self._work(task)))
            except BaseException as error:  # noqa: BLE001 - the main thread raises it
                self._done.put((position, error))
