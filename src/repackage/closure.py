"""What is to be installed: for one wheel, lock, target and selection, the pins and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.lock import LockedFile, Source
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirer:
    """An edge that was followed: who required a pin, and under which marker."""

    name: NormalizedName
    version: Version | None
    extra: NormalizedName | None = None
    """The extra of the requirer whose dependency list the edge stands in."""
    group: NormalizedName | None = None
    marker: str = ""
    extras: tuple[NormalizedName, ...] = ()
    """The extras of the pin that the edge asks for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FromSource:
    """A distribution of which the lock lists no wheel for the target.

    A wheel of it is found by name among those given (``--find-links``), never on an index;
    else it is built from what the lock names: the sdist, or else the pin's source itself, a
    source tree or a commit.
    """

    name: NormalizedName
    version: Version | None
    """None: the lock does not know it (a dynamic version)."""
    sdist: LockedFile | None = None
    """The locked source distribution. None: there is no such file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """A distribution that the lock chose."""

    name: NormalizedName
    version: Version | None
    source: Source
    artifact: LockedFile | FromSource
    extras: tuple[NormalizedName, ...]
    """Extras of it that are active."""
    required_by: tuple[Requirer, ...]
    """At least one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """An edge that was not followed, and why: for ``plan`` to explain."""

    name: NormalizedName
    version: Version | None
    required_by: NormalizedName
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Closure:
    """The root wheel and everything that the lock adds to it, sorted by name."""

    root: Wheel
    lock_sha256: str
    extras: tuple[NormalizedName, ...]
    groups: tuple[NormalizedName, ...]
    pins: tuple[Pin, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    """Remarks on how the wheel and the lock fit together, for people."""
    stale: tuple[str, ...] = ()
    """What the wheel's metadata say otherwise than the lock: it was not locked anew."""
