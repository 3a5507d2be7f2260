"""What the header of an rpm says, before it is bytes: decided in one place, then written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.tree import Tree

Slot = Literal[
    "pretrans", "pre", "post", "preun", "postun", "posttrans", "preuntrans", "postuntrans", "verify"
]  # fmt: skip
"""When a scriptlet runs, as spec files call it: ``%post``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """One dependency; a rich one is a ``name`` in brackets without a version."""

    name: str
    version: str = ""
    """``[epoch:]version[-release]``; empty: any."""
    flags: int = 0
    """Bits of ``rpmsenseFlags``: ``_relations`` names them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scriptlet:
    """A program that runs at a point of a transaction."""

    slot: Slot
    body: str = ""
    """Empty: the program runs without a script."""
    program: tuple[str, ...] = ("/bin/sh",)
    """With its arguments."""
    flags: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """A scriptlet that runs when another package comes or goes."""

    conditions: tuple[Relation, ...]
    """Their flags have the bit that says when."""
    body: str
    program: tuple[str, ...] = ("/bin/sh",)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileTrigger:
    """A scriptlet that runs when files below a prefix come or go."""

    conditions: tuple[Relation, ...]
    """Absolute paths as names; their flags have the bit that says when."""
    body: str
    program: tuple[str, ...] = ("/bin/sh",)
    priority: int = 1_000_000
    transaction: bool = False
    """Once in a transaction, not once for each package."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """An entry of the changelog."""

    time: int
    """Noon of its day, UTC, in seconds since the epoch."""
    name: str
    """``Name <mail@domain> - version-release``."""
    text: str
    """Items, each beginning with ``- ``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything that the tags of a package say, but its files and digests."""

    name: str
    epoch: int
    """0: there is no such tag."""
    version: str
    release: str
    arch: str
    """As rpm calls it: ``x86_64``, ``armv7hl``, ``noarch``."""
    summary: str
    description: str
    license: str
    group: str
    url: str = ""
    vendor: str = ""
    packager: str = ""
    distribution: str = ""
    build_host: str = "localhost"
    source_rpm: str = ""
    """``name-version-release.src.rpm``: that it is there makes a package a binary one."""
    provides: tuple[Relation, ...] = ()
    """Sorted, each once, as all that follow; the package itself is among them."""
    requires: tuple[Relation, ...] = ()
    """Without what the writer adds: ``rpmlib(...)`` features."""
    conflicts: tuple[Relation, ...] = ()
    obsoletes: tuple[Relation, ...] = ()
    recommends: tuple[Relation, ...] = ()
    suggests: tuple[Relation, ...] = ()
    supplements: tuple[Relation, ...] = ()
    enhances: tuple[Relation, ...] = ()
    changelog: tuple[Change, ...] = ()
    """Newest first."""
    scriptlets: tuple[Scriptlet, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    file_triggers: tuple[FileTrigger, ...] = ()
    tree: Tree
    """What the package owns: without the directories that belong to ``filesystem``."""
    file_flags: Mapping[str, int] = field(default_factory=dict)
    """Bits of ``rpmfileAttrs`` by path as in the tree: config, doc, license, ghost."""
    file_colors: Mapping[str, int] = field(default_factory=dict)
    """1 for ELF of 32 bits, 2 for ELF of 64, by path; nothing else."""
    hard_links: tuple[tuple[str, ...], ...] = ()
    """Paths of one file each, as in the tree and in its order; none is a ghost."""
    compression: Literal["gzip", "xz", "zstd", "none"] = "zstd"
    """What the target's rpm can read."""
    rpm_format: Literal[4, 6] = 4
    """Of the package: 4 is what all install, 6 is rpm 6's own."""

    @property
    def is_of_format_6(self) -> bool:
        """Whether it is made as rpm 6 makes packages."""
        return self.rpm_format == 6  # noqa: PLR2004 - its name

    @property
    def nevra(self) -> str:
        """``name-version-release.arch``: what the file is called, but for ``.rpm``."""
        return f"{self.name}-{self.version}-{self.release}.{self.arch}"
