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
