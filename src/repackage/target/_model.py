"""The values that describe the machine a package is for. Nothing of it is ever executed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.tags import Tag


@dataclass(frozen=True, kw_only=True, slots=True)
class Python:
    """The interpreter of the target."""

    major: int
    minor: int
    micro: int = 0
    implementation: Literal["cpython", "pypy"] = "cpython"
    free_threaded: bool = False

    @property
    def release(self) -> str:
        """``3.12``."""
        return f"{self.major}.{self.minor}"

    @property
    def command(self) -> str:
        """How the interpreter is called: ``python3.12``, ``python3.13t``, ``pypy3.11``."""
        name = "pypy" if self.implementation == "pypy" else "python"
        return f"{name}{self.release}{'t' if self.free_threaded else ''}"

    @property
    def tag(self) -> str:
        """How tags of wheels call it, with the ``t`` of a free-threaded ABI: ``cp313t``."""
        name = "pp" if self.implementation == "pypy" else "cp"
        return f"{name}{self.major}{self.minor}{'t' if self.free_threaded else ''}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Glibc:
    """Linux with the GNU C library, and the newest version that may be relied on."""

    major: int
    minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Musl:
    """Linux with musl."""

    major: int
    minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MacOS:
    """macOS, and the oldest release that must be supported."""

    major: int
    minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Windows:
    """Windows."""


System = Glibc | Musl | MacOS | Windows


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """An operating system's distribution, as its ``/etc/os-release`` names itself."""

    id: str
    """``debian``, ``ubuntu``, ``rhel``, ``fedora``, ``amzn``, ``opensuse-leap``."""
    version: str
    """``12``, ``24.04``."""
    codename: str
    """``bookworm``; empty where there is none."""
    family: Literal["deb", "rpm"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Interpreter and platform: marker environment and ordered tags."""

    name: str
    """``debian-12-x86_64``, or ``cp312-manylinux_2_28_aarch64`` for a free choice."""
    python: Python
    system: System
    arch: str
    """As PEP 425 platform tags spell it: ``x86_64``, ``aarch64``, ``ppc64le``, …"""
    interpreter: str
    """Absolute path of the target's interpreter: ``/usr/bin/python3.11``."""
    markers: Mapping[str, str]
    """All eleven variables of PEP 508 (without ``extra``)."""
    tags: tuple[Tag, ...]
    """Best first, in uv's order."""
    distribution: Distribution | None = None

    @property
    def every_machine(self) -> str:
        """The name without the architecture: ``debian-12``, ``cp312-manylinux_2_28``."""
        if isinstance(self.system, Windows):
            return f"{self.python.tag}-win"
        return self.name.removesuffix(self.arch).rstrip("-_")
