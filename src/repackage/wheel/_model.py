"""The values that describe a verified wheel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.tags import Tag
    from packaging.utils import BuildTag, NormalizedName
    from packaging.version import Version

    from repackage.metadata import Metadata

#: 1980-01-01: the first day of zip files, and the oldest date that every container can hold.
OLDEST = 315_532_800


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A file inside a wheel, whose bytes were checked against RECORD."""

    path: str
    executable: bool
    size: int
    sha256: str
    md5: str
    crc32: int
    offset: int
    """Where the data begin in the wheel file, after the local header."""
    compressed_size: int
    deflated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryPoint:
    """A line of ``entry_points.txt`` that asks for a launcher."""

    name: str
    module: str
    attribute: str
    kind: Literal["console", "gui"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wheel:
    """A wheel file that has been verified: nothing in it is taken on trust any more."""

    path: Path
    filename: str
    name: NormalizedName
    version: Version
    build: BuildTag
    tags: frozenset[Tag]
    """From the file name, compressed sets expanded."""
    purelib: bool
    """``Root-Is-Purelib``."""
    dist_info: str
    """Name of the ``.dist-info`` directory."""
    metadata: Metadata
    entry_points: tuple[EntryPoint, ...]
    newest: int
    """The newest date of a member, in seconds since the epoch, 1980-01-01 at the least."""
    size: int
    sha256: str
    members: tuple[Member, ...]
    """Files, in the order of the archive."""
