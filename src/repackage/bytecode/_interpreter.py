"""Which interpreter compiles for a target: any of its minor version, wherever it is for."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from repackage.errors import TargetError
from repackage.source import probed, program_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.target import Python

_WHERE = "bytecode"


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """A CPython of this machine that compiles."""

    path: str
    minor: int
    build: str
    """All that it says of itself: another build may compile to other bytes."""

    @property
    def name(self) -> str:
        """Its implementation and full version."""
        return f"CPython {self.build.split(maxsplit=1)[0]}"

    @property
    def tag(self) -> str:
        """What it puts into the names of bytecode; free threads do not show."""
        return f"cpython-3{self.minor}"


def compiling(python: Python) -> Interpreter:
    """Find an interpreter that compiles for a target.

    Bytecode is the same for every machine, and builds with and without the GIL read each
    other's: the minor version alone counts.

    Raises:
        TargetError: There is none.
    """
    if python.implementation != "cpython":
        raise TargetError.of(
            f"bytecode is made for CPython alone, and the target has {python.command}",
            where=_WHERE,
            advice="leave bytecode out: PyPy compiles what it imports",
        )
    for found in _candidates(python):
        if found.minor == python.minor:
            return found
    raise TargetError.of(
        f"bytecode for {python.command} takes a CPython {python.release}, and none is at hand",
        where=_WHERE,
        advice=f"have 'python{python.release}' on the PATH, or leave bytecode out",
    )


def _candidates(python: Python) -> Iterator[Interpreter]:
    """The one that is running, which need not be asked; then those on the ``PATH``."""
    if sys.executable and sys.implementation.name == python.implementation:
        yield Interpreter(path=sys.executable, minor=sys.version_info.minor, build=sys.version)
    for free_threaded in (python.free_threaded, not python.free_threaded):
        path = shutil.which(program_of(replace(python, free_threaded=free_threaded)))
        found = probed(path) if path else None
        if found is not None and found.implementation == python.implementation:
            yield Interpreter(path=found.path, minor=found.version[1], build=found.build)
