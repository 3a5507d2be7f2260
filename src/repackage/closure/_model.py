"""The closure as frozen facts: what was chosen, what was not, and by which edges."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.tags import Tag
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.lock import LockedFile, Source
    from repackage.wheel import Wheel

LeftOut = Literal["fork", "marker", "extra", "group", "virtual", "parent", "elsewhere"]
"""Why a distribution of the lock is not installed.

fork
    another version of it, or another entry, is taken here
marker
    a marker is false for this target
extra, group
    nobody asks for the extra, or the group, that would bring it
virtual
    a source tree that is no package: what it requires is installed, itself it is not
parent
    what requires it is left out
elsewhere
    no selection of this wheel reaches it: it is there for other members of the workspace
"""


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
    must_build: bool = False
    """Whether no wheel of it is wanted, not even a given one (``--no-binary``)."""
    impure: bool = False
    """Whether it is known to hold machine code: there are wheels of it for other targets."""


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
class Passed:
    """What the walk led through and is no pin: a virtual tree, or the root itself again."""

    name: NormalizedName
    version: Version | None
    required_by: tuple[Requirer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """An edge that was not followed, and why: for ``plan`` to explain."""

    name: NormalizedName
    version: Version | None
    required_by: NormalizedName
    reason: str
    kind: LeftOut = "marker"
    edge: Requirer | None = None
    """The edge itself, as :class:`Pin` has those that were followed."""
    bars: int = 1
    """How much would have to be otherwise for the edge to be followed: the selection, the
    target, or both. 0: nothing but that what requires it is there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Closure:
    """The root wheel and everything that the lock adds to it, sorted by name."""

    root: Wheel
    lock_sha256: str
    extras: tuple[NormalizedName, ...]
    groups: tuple[NormalizedName, ...]
    pins: tuple[Pin, ...]
    skipped: tuple[Skipped, ...] = ()
    """For what is left out: each edge that leads to it."""
    passed: tuple[Passed, ...] = ()
    production: bool = True
    """Whether what the root wheel itself requires is in it; else there are groups alone."""
    notes: tuple[str, ...] = ()
    """Remarks on how the wheel and the lock fit together, for people."""
    stale: tuple[str, ...] = ()
    """What the wheel's metadata say otherwise than the lock: it was not locked anew."""
    machine_bound: bool = False
    """Whether another machine of the same system needs something else, by the markers that
    ask for ``platform_machine``. The wheels are another matter."""

    @property
    def pure(self) -> bool:
        """Whether the package is the same for every machine: by its wheels, and by markers.

        A distribution of which no wheel's name is known yet (it comes from a source tree or
        an sdist) is taken for pure; its files tell if it was not.
        """
        return not self.machine_bound and all(tag.platform == "any" for tag in self._tags())

    def _tags(self) -> Iterator[Tag]:
        from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # lazily

        yield from self.root.tags
        for pin in self.pins:
            if not isinstance(pin.artifact, FromSource):
                with suppress(InvalidWheelFilename):  # an sdist
                    yield from parse_wheel_filename(pin.artifact.filename)[3]
