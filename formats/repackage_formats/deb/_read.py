"""Read a deb with somebody else's code: python-debian for the container and its fields."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, cast

from repackage.archive import (
    Intake,
    decompressor,
    read_stretches,
    read_tar,
    read_tar_part,
    reading_ahead,
)
from repackage.errors import InputError
from repackage.tree import File, pulled, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from debian.arfile import ArMember

    from repackage.archive import Codec
    from repackage.format import Logbook
    from repackage.tree import Entry

_CODECS: dict[str, Codec] = {"": "none", ".gz": "gz", ".xz": "xz", ".zst": "zst"}


def read_entries(artifact: Path) -> Iterator[Entry]:
    """Yield what a deb installs."""
    data = partial(_opened, artifact, "data")
    with data() as payload, reading_ahead(payload) as stream:
        yield from read_tar(stream, again=data, intake=Intake.of(artifact))


def read_new(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Yield what a deb installs, reading of its data what is new; of the control member, all."""
    if not read_control(artifact):
        raise InputError.of("there is nothing in its control member", where=str(artifact))
    parse = partial(read_tar_part, intake=Intake.of(artifact, md5=False))
    with _found(artifact, "data") as (member, codec):
        stream = cast("BinaryIO", member)
        yield from (e for e in read_stretches(stream, codec, logbook, parse=parse) if e.path)


def read_control(artifact: Path) -> dict[str, bytes]:
    """Return the files of the control member, by name."""
    with _opened(artifact, "control") as stream:
        return {e.path: read_file(e) for e in read_tar(stream) if isinstance(e, File)}


def read_fields(artifact: Path) -> dict[str, str]:
    """Return the fields of the control file, in its order."""
    from debian.deb822 import Deb822  # slow to import

    stanza = read_control(artifact).get("control")
    if stanza is None:
        raise InputError.of("there is no control file in it", where=str(artifact))
    return {str(name): str(value) for name, value in Deb822(stanza.decode()).items()}


@contextmanager
def _opened(artifact: Path, name: str) -> Iterator[BinaryIO]:
    """Open the tar archive inside a member, decompressed."""
    with (
        _found(artifact, name) as (member, codec),
        decompressor(pulled(member.read), codec) as stream,
    ):
        yield stream


@contextmanager
def _found(artifact: Path, name: str) -> Iterator[tuple[ArMember, Codec]]:
    """Open a member as it lies in a deb."""
    from debian.arfile import ArError, ArFile  # slow to import

    try:
        members = ArFile(str(artifact)).getmembers()
    except (ArError, OSError, ValueError) as error:
        raise InputError.of(
            f"it is not a deb: {error}", where=str(artifact), advice="ar cannot read it"
        ) from error
    member, codec = _member(members, name, where=str(artifact))
    try:
        yield member, codec
    finally:
        member.close()


def _member(members: list[ArMember], name: str, *, where: str) -> tuple[ArMember, Codec]:
    """Find a member of a deb by its name without suffix; their order is fixed (deb(5))."""
    stems = [str(member.name).partition(".tar")[0] for member in members]
    if stems[:3] != ["debian-binary", "control", "data"]:
        raise InputError.of(
            f"it is not a deb: it holds {', '.join(map(repr, stems)) or 'nothing'}",
            where=where,
            advice="a deb holds debian-binary, control and data, in this order",
        )
    member = members[stems.index(name)]
    suffix = str(member.name).removeprefix(f"{name}.tar")
    if suffix not in _CODECS:
        raise InputError.of(
            f"the member {str(member.name)!r} is compressed in an unknown way",
            where=where,
            advice=f"known: {', '.join(filter(None, _CODECS))}",
        )
    return member, _CODECS[suffix]
