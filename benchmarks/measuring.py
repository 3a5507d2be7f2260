"""Run commands, and say what they cost: time, processor time, memory, size."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Command = tuple[str, ...]


class Failed(Exception):  # noqa: N818 - the benchmark goes on; only this side has no figures
    """A command had another status than zero."""

    def __init__(self, command: Command, status: int, said: str) -> None:
        super().__init__(f"status {status}: {Path(command[0]).name}: {_last_line(said)}")
        self.said = said


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """What one run cost."""

    wall: float
    cpu: float
    peak: int
    """MiB, of the largest process."""
    size: int
    """Bytes of the artifacts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """Where one side runs once."""

    wheel: Path
    lock: Path
    requirements: Path
    changed: Callable[[], Path]
    """Make the same wheel with other content than ever before."""
    out: Path
    cache: Path
    """The directory of repackage's caches, which outlives the round."""
    kept: Path | None
    """What an earlier side of the job has made, for those who only copy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One way to do a job."""

    name: str
    steps: Callable[[Round], Iterator[Command]]
    """What is done between two commands is not measured."""
    pattern: str = ""
    """Which files are its artifacts; empty: it makes none."""
    needs: tuple[str, ...] = ()
    """Programs of others."""
    warms: bool = False
    """It runs once before the rounds, to leave behind what later runs find."""

    def lacks(self) -> tuple[str, ...]:
        """Name the programs that are not installed."""
        return tuple(name for name in self.needs if find(name) is None)


def run(side: Side, where: Round) -> Sample:
    """Run all commands of a side, one after the other."""
    measured = measure(side.steps(where))
    artifacts = list(where.out.glob(side.pattern)) if side.pattern else []
    size = sum(artifact.stat().st_size for artifact in artifacts)
    return Sample(wall=measured.wall, cpu=measured.cpu, peak=measured.peak, size=size)


def measure(commands: Iterable[Command]) -> Sample:
    """Sum the times of commands; take the largest of their peaks.

    The peak is that of the largest process, children that were waited for included: what
    ``wait4`` says. It is never less than what this process has in memory when it forks, so
    nothing large is imported here.
    """
    wall = cpu = 0.0
    peak = 0
    for command in commands:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        said = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        wall += time.perf_counter() - begun
        if process.stderr:
            process.stderr.close()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise Failed(command, process.returncode, said)
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss // 1024)
    return Sample(wall=wall, cpu=cpu, peak=peak, size=0)


def find(name: str) -> str | None:
    """Find a program beside this interpreter first, then on PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def program(name: str) -> str:
    """Find a program that must be there."""
    found = find(name)
    if found is None:
        sys.exit(f"{name} is not installed: see benchmarks/README.md")
    return found


def say(text: str) -> None:
    """Tell on stderr what is going on."""
    print(text, file=sys.stderr, flush=True)


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or ["it said nothing"])[-1]
