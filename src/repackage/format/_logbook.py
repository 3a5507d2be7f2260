"""What a format notes of what it writes where, so that only what is new need be read back.

A compressed archive is head, stretches and tail, in this order and without a gap. Where
they lie and what they hold is not believed: :func:`repackage.archive.read_stretches` holds it
against the artifact, all of which it reads, and parses every stretch that no earlier build
has. What :func:`repackage.archive.write_shares` looked up is: the digests of what was proven.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.tree import Entry, File


@dataclass(frozen=True, kw_only=True, slots=True)
class Verbatim:
    """A member, of gzip or zip, around deflate data copied out of a verified wheel."""

    at: int
    """Bytes from the beginning of the stretch to that of the member, header included."""
    size: int
    """Bytes of the member, header and trailer included."""
    file: File
    """Whose content it is, all of it; where its data lie in the wheel is told by it."""


@dataclass(kw_only=True, slots=True)
class Stretch:
    """Blocks of a compressed archive which hold whole entries, and need nothing before them."""

    key: str
    """Digest of everything that its bytes depend on."""
    entries: tuple[Entry, ...]
    """What it holds, in this order, and nothing else."""
    size: int = 0
    """Bytes of the archive, uncompressed."""
    blocks: list[int] = field(default_factory=list)
    """Bytes of each block, as it lies in the artifact; members that are verbatim are blocks, too."""
    verbatim: list[Verbatim] = field(default_factory=list)
    """The blocks that need not be inflated again, in order."""
    copied: bool = False
    """Whether the blocks are those that an earlier build left, and has proven."""
    proven: tuple[str, ...] = ()
    """SHA-256 of each block as it was read back, by this build or by an earlier one."""


@dataclass(kw_only=True, slots=True)
class Logbook:
    """How one compressed archive of an artifact is made up; empty: nobody noted it."""

    stretches: list[Stretch] = field(default_factory=list)
    head: int = 0
    """Bytes before the first stretch."""
    size: int = 0
    """Bytes of all; what follows the last stretch is the tail."""
    found: dict[str, bytes] = field(default_factory=dict)
    """What was found out about it as a whole, by key: kept when the artifact is right."""
    believed: list[str] = field(default_factory=list)
    """Keys of what an earlier build had found out."""
    arch: str = ""
    """Of an artifact with a tree for each of several machines: whose, as by ``uname -m``."""
