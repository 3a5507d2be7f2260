"""Interpreters that compile, several at once, fed from memory."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING

from repackage.errors import StageError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import IO

    from typing_extensions import Self

    from repackage.bytecode._interpreter import Interpreter

_SIZE = 8


def program() -> str:
    """The source of what compiles."""
    return files(__package__).joinpath("_worker.py").read_text(encoding="utf-8")


class Workers:
    """As many processes as are asked for at the same time; none outlives the block.

    They see nothing of the environment that Python heeds, nor of what is installed
    (``-S``), and hash in one way: nothing of it may be seen in bytecode.
    """

    def __init__(self, interpreter: Interpreter, *, most: int) -> None:
        self._interpreter = interpreter
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes] | None] = queue.SimpleQueue()
        self._started: list[subprocess.Popen[bytes]] = []
        self._closed = False
        self._starting = threading.Lock()
        for _ in range(most):
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._starting:
            self._closed = True
        for process in self._started:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):  # what was not sent
                        stream.close()

    def compile(self, source: bytes, path: str) -> bytes:
        """Compile a module for where it will lie; nothing if it cannot be compiled.

        Raises:
            StageError: The interpreter ended.
        """
        process = self._idle.get()
        try:
            if process is None:
                process = self._start()
            return _asked(process, path.encode("utf-8", "surrogateescape"), source)
        except (OSError, EOFError, ValueError) as error:  # ValueError: closed by the block
            raise StageError.of(
                f"{self._interpreter.path} ended while it compiled this module",
                where=path,
                advice="leave bytecode out",
            ) from error
        finally:
            self._idle.put(process)

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
        }
        with self._starting:
            if self._closed:
                raise EOFError
            process = subprocess.Popen(  # noqa: S603 - an interpreter of this machine
                [self._interpreter.path, "-S", "-s", "-B", "-W", "ignore", "-c", program()],
                env={**environment, "PYTHONHASHSEED": "0"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt is for us to act upon
            )
            self._started.append(process)
        return process


def _asked(process: subprocess.Popen[bytes], *messages: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both were asked for")
    for message in messages:
        process.stdin.write(len(message).to_bytes(_SIZE, "little"))
        process.stdin.write(message)
    process.stdin.flush()
    size = int.from_bytes(_exactly(process.stdout, _SIZE), "little")
    return _exactly(process.stdout, size)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
