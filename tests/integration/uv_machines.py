"""The machines that uv and the closure are asked about: interpreters times platforms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING

from packaging.version import Version

from repackage.target import free_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.target import Target

PYTHONS = (
    "3.9",
    "3.10",
    "3.11",
    "3.12",
    "3.13",
    "3.14",
    "3.14.0rc1",
    "3.13t",
    "3.14t",
    "pypy3.10",
    "pypy3.11",
)
#: Platform tags, and what ``--python-platform`` calls them.
PLATFORMS = {
    "manylinux_2_28_x86_64": "x86_64-manylinux_2_28",
    "manylinux_2_28_aarch64": "aarch64-manylinux_2_28",
    "musllinux_1_2_x86_64": "x86_64-unknown-linux-musl",
    "musllinux_1_2_aarch64": "aarch64-unknown-linux-musl",
    "macosx_13_0_arm64": "aarch64-apple-darwin",
    "macosx_13_0_x86_64": "x86_64-apple-darwin",
    "win_amd64": "x86_64-pc-windows-msvc",
    "win_arm64": "aarch64-pc-windows-msvc",
}
#: Further ones, for shapes that ask for them.
OTHER_PLATFORMS = {
    "manylinux_2_17_x86_64": "x86_64-manylinux_2_17",
    "manylinux_2_17_aarch64": "aarch64-manylinux_2_17",
    "manylinux_2_40_x86_64": "x86_64-manylinux_2_40",
    "win32": "i686-pc-windows-msvc",
}


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A target of ours, and how uv is told of the same."""

    target: Target
    triple: str

    @property
    def interpreter(self) -> str:
        """A name for its interpreter: all of it that uv learns from a probe."""
        python = self.target.python
        flag = "t" if python.free_threaded else ""
        return f"{python.implementation}{self.target.markers['python_full_version']}{flag}"


@cache
def machine(python: str, platform: str) -> Machine:
    """Describe a machine; a pre-release of Python is written like ``3.14.0rc1``."""
    written = python
    if "rc" in python:
        written = Version(python).base_version
    target = free_target(python=written, platform=platform)
    if written != python:
        seen = {"python_full_version": python, "implementation_version": python}
        markers = MappingProxyType({**target.markers, **seen})
        target = replace(target, markers=markers, name=target.name.replace("-", "rc1-", 1))
    return Machine(target=target, triple={**PLATFORMS, **OTHER_PLATFORMS}[platform])


def every(pythons: Iterable[str] = (), platforms: Iterable[str] = ()) -> Iterator[Machine]:
    """Every interpreter on every platform, and those that are asked for besides."""
    for python, platform in product((*PYTHONS, *pythons), (*PLATFORMS, *platforms)):
        yield machine(python, platform)


def covering(turn: int) -> Iterator[Machine]:
    """Every interpreter once and every platform at least once; ``turn`` varies the pairs."""
    platforms = tuple(PLATFORMS)
    for number, python in enumerate(PYTHONS):
        yield machine(python, platforms[(number + turn) % len(platforms)])
