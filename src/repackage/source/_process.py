"""Programs that are run: never through a shell, and none outlives an interrupt."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from repackage.errors import FetchError
from repackage.network import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: How often a run looks whether it was interrupted, in seconds.
_WAKE = 0.1

#: How long a program that was told to end may take, in seconds.
_GRACE = 0.5

#: Lines and bytes of a log that an error shows.
_LINES = 20
_TAIL = 1 << 14


class Failure(Exception):  # noqa: N818 - becomes a FetchError, with what was being done
    """A program ended with a status that is not zero."""

    def __init__(self, program: str, status: int) -> None:
        super().__init__(program, status)
        self.program = program
        self.status = status

    def __str__(self) -> str:
        return f"{self.program} ended with status {self.status}"


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs programs one after another, and keeps what they say in a log."""

    log: Path
    stop: Event = field(default_factory=Event)

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
    ) -> None:
        """Run a program in a session of its own; what it says goes to the log.

        Raises:
            Failure: The program failed.
            Stopped: The run was interrupted; the program and its children have ended.
        """
        if self.stop.is_set():
            raise Stopped
        with self.log.open("ab") as log:
            try:
                process = subprocess.Popen(  # noqa: S603 - the programs are ours to choose
                    command,
                    cwd=cwd,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    umask=-1 if sys.platform == "win32" else 0o022,
                )
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise FetchError.of(f"cannot be run: {reason}", where=command[0]) from error
            try:
                status = self._await(process)
            finally:
                _end(process)
        if status:
            raise Failure(os.path.basename(command[0]), status)  # noqa: PTH119 - a name

    def capture(
        self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]
    ) -> str:
        """Run a program that is quick, and return what it says on its standard output."""
        done = subprocess.run(  # noqa: S603 - the programs are ours to choose
            command,
            cwd=cwd,
            env=environment,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
        )
        if done.returncode:
            raise Failure(os.path.basename(command[0]), done.returncode)  # noqa: PTH119 - a name
        return done.stdout.decode("utf-8", "replace").strip()

    def tail(self) -> str:
        """The last lines of the log."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(self.log.stat().st_size - _TAIL, 0))
                text = log.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return "\n".join(lines[-_LINES:])

    def _await(self, process: subprocess.Popen[bytes]) -> int:
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(_WAKE)
            if self.stop.is_set():
                raise Stopped


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started, if any of it is still there."""
    if sys.platform == "win32":
        process.kill()
        process.wait()
        return
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def program(name: str, *, package: str) -> str:
    """Find a program, or say which package has it."""
    found = shutil.which(name)
    if found is None:
        raise FetchError.of(
            f"the program {name!r} is needed, and not installed",
            advice=f"install the package {package!r}, with 'apt-get install {package}' or "
            f"'dnf install {package}'",
        )
    return found
