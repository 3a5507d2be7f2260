"""Where the members of a tar archive lie, which can be read without those before them."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from repackage.archive._reading import StrictInfo, tar_damage_told, tar_members, tar_path

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """A member of a tar archive that can be read where it lies."""

    path: str
    offset: int
    size: int
    target: str
    """Of a symbolic link, as it stands there; empty: it is a file."""


def locate_tar(stream: BinaryIO) -> Iterator[Located]:
    """Say where files lie in a seekable archive, and links lead; other members are left out."""
    with (
        tar_damage_told(),
        tarfile.open(
            fileobj=stream, mode="r:", tarinfo=StrictInfo, errors="surrogateescape"
        ) as tar,
    ):
        for member in tar_members(tar):
            if member.issym() or (member.isreg() and not member.issparse()):
                yield Located(
                    path=tar_path(member.name),
                    offset=member.offset_data,
                    size=member.size,
                    target=member.linkname if member.issym() else "",
                )
