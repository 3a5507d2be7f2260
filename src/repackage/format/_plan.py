"""All that is decided before a byte is written, and what a format is given besides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.closure import Closure
    from repackage.format._layout import Layout
    from repackage.format._logbook import Logbook
    from repackage.package import Package
    from repackage.target import Target

O = TypeVar("O")  # noqa: E741 - the options of a format, as in design and docs


class Pieces(Protocol):
    """Parts of artifacts that are kept from one build to the next.

    A key is the hex SHA-256 of everything that the bytes of a piece depend on.
    """

    def find(self, key: str) -> Path | None:
        """The file that was kept under a key, if it is there and undamaged."""

    def keep(self, key: str, made: Path | bytes) -> Path:
        """Move a file in under a key, or write these bytes; say where it lies now."""


def _unheard(what: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class External:
    """A distribution that the root wheel requires, and that the system is to provide."""

    name: NormalizedName
    extras: tuple[NormalizedName, ...]
    """Extras of it that are needed."""
    locked: Version | None
    """What the lock chose; None: the lock does not know it."""
    specifiers: SpecifierSet
    """What does not contravene the lock: the requirement, and how far it may drift."""
    brought: tuple[External, ...] = ()
    """What the extras require in turn, for systems whose packages have no extras."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan(Generic[O]):
    """All that is decided before a byte is written."""

    package: Package
    target: Target
    closure: Closure
    layout: Layout
    options: O
    epoch: int
    """``SOURCE_DATE_EPOCH``, else the newest date in the root wheel; in seconds."""
    jobs: int = 1
    """Threads that may be used. No byte of the output may depend on it."""
    others: tuple[Plan[O], ...] = ()
    """The same for the other targets that one artifact serves."""
    wheels: Mapping[NormalizedName, Path] = field(default_factory=dict)
    """The wheel of each distribution, the root's too; known when ``emit`` is called."""
    externals: tuple[External, ...] = ()
    """What the root wheel needs of the system, where the layout has it alone."""
    pieces: Pieces | None = None
    """What is kept between builds; None: nothing is."""
    logbook: Logbook | None = field(default=None, compare=False)
    """Where to note what is written where, for whoever reads it back; None: nowhere."""
    warn: Callable[[str], None] = field(default=_unheard, compare=False)
    """Told what is made otherwise than was asked for, and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """The targets that one artifact serves, the first of which is the plan's own."""

    targets: tuple[Target, ...]
    may_leave_out: bool = False
    """Whether a target for which the lock has no wheel is left out, with a warning."""
    needs: Literal["plan", "wheels", "tree"] = "plan"
    """What is needed of the others: a tree for each means ``emit_several``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What there is besides plan and trees, for a format that prepares itself."""

    cache: Path
    """A directory of the format's own, kept between builds; it may be deleted any time."""
    offline: bool
    """Whether the network is off limits."""
    project: Path
    """The directory that relative paths of options start from: that of the lock."""
