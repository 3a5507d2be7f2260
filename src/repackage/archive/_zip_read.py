"""Zip archives read back with the standard library, trusting neither names nor sizes."""

from __future__ import annotations

import calendar
import io
import lzma
import re
import stat
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from repackage.archive._intake import Claim, Intake
from repackage.archive._zip_header import FIRST_DATE
from repackage.errors import InputError
from repackage.tree import Directory, File, Symlink, parents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from repackage.tree import Entry

#: ``create_system`` of archives whose attributes are modes (APPNOTE 4.4.2).
_UNIX: Final = 3
_ENCRYPTED: Final = 0x1
#: Names of methods (APPNOTE 4.4.5).
_METHODS: Final = {
    0: "stored",
    8: "deflate",
    12: "bzip2",
    14: "lzma",
    93: "zstd",
    95: "xz",
}
#: Linux's PATH_MAX: of a path, and of what a symbolic link says.
_LONGEST: Final = 4096
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    UnicodeDecodeError,
)


def _nobody(_member: zipfile.ZipInfo) -> None:
    """Vouch for nothing."""


def read_zip(
    artifact: Path, *, vouched: Callable[[zipfile.ZipInfo], File | None] = _nobody
) -> Iterator[Entry]:
    """Yield the members as they are listed, each after the directories above it.

    Directories that are not listed are as old as zip files can say. ``vouched`` gives files
    of which it knows the content without inflating it. Refused: paths that
    leave the root or stand twice, encrypted members, damage.
    """
    intake = Intake.of(artifact)
    seen: set[str] = set()
    with _opened(artifact) as archive:
        members = archive.infolist()
        listed = {_path(member) for member in members if member.is_dir()}
        for member in members:
            path = _path(member)
            if path in seen:
                raise InputError.of(f"{path!r} is in the archive twice")
            for above in parents(path):
                if above not in listed:
                    if above in seen:
                        raise InputError.of(f"{above!r} is both a file and a directory")
                    listed.add(above)
                    intake.count()
                    yield Directory(path=above, mtime=FIRST_DATE)
            if path in listed and not member.is_dir():
                raise InputError.of(f"{path!r} is both a file and a directory")
            seen.add(path)
            if path:
                yield _entry(archive, member, path, intake, known=vouched(member))


def describe_zip(artifact: Path) -> dict[str, str]:
    """Tell the first line of a program, the comment, and how it is compressed."""
    with _opened(artifact) as archive, artifact.open("rb") as file:
        first = file.readline(256)
        methods = {
            _METHODS.get(member.compress_type, f"method {member.compress_type}")
            for member in archive.infolist()
            if not member.is_dir()
        }
        facts = {
            "program": first.decode("utf-8", "replace").strip() if first[:2] == b"#!" else "",
            "comment": archive.comment.decode("utf-8", "replace"),
            "compression": ", ".join(sorted(methods)),
        }
    return {key: value for key, value in facts.items() if value}


@contextmanager
def _opened(artifact: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(artifact) as archive:
            yield archive
    except _DAMAGED as error:
        raise InputError.of(
            f"damaged zip archive: {error}", advice="the file is truncated or altered"
        ) from error


def _path(member: zipfile.ZipInfo) -> str:
    """Where a member belongs; a backslash is a letter to Unix alone."""
    name = member.filename
    path = name.removeprefix("./").removesuffix("/")
    odd = len(name) > _LONGEST or ("\\" in name and member.create_system != _UNIX)
    if path and (odd or {"", ".", ".."} & set(re.split(r"[\\/]", path))):
        raise InputError.of(
            f"{name[:_LONGEST]!r} is not a path below the root",
            advice="do not unpack this archive",
        )
    return path


def _entry(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    path: str,
    intake: Intake,
    *,
    known: File | None,
) -> Entry:
    intake.count()
    mtime = _mtime(member)
    mode = member.external_attr >> 16 if member.create_system == _UNIX else 0
    if member.flag_bits & _ENCRYPTED:
        raise InputError.of(f"{path!r} is encrypted", advice="decrypt it first")
    if member.is_dir():
        return Directory(path=path, mtime=mtime)
    if known is not None and not stat.S_ISLNK(mode):
        intake.spend(known.size)
        return replace(known, path=path, mode=stat.S_IMODE(mode) or 0o644, mtime=mtime)
    with archive.open(member) as stream:
        if stat.S_ISLNK(mode):
            return Symlink(path=path, target=_target(stream, path), mtime=mtime)
        claim = Claim(
            path=path, size=member.file_size, mode=stat.S_IMODE(mode) or 0o644, mtime=mtime
        )
        found = intake.take(
            claim,
            cast("BinaryIO", stream),
            find=partial(_find, archive.filename or "", member.filename),
        )
        stream.read(1)  # at the end the checksum is compared
    return found


def _target(stream: object, path: str) -> str:
    target = cast("BinaryIO", stream).read(_LONGEST + 1)
    if len(target) > _LONGEST:
        raise InputError.of(f"the link {path!r} is longer than a path can be")
    return target.decode("utf-8", "surrogateescape")


def _mtime(member: zipfile.ZipInfo) -> int:
    """Take the date for UTC, as reproducible archives mean it; 0 if there is no such day."""
    try:
        return calendar.timegm((*member.date_time, 0, 0, 0))
    except ValueError:
        return 0


def _find(artifact: str, name: str) -> BinaryIO:
    """Open a member once more."""
    with zipfile.ZipFile(artifact) as archive:  # the member keeps the file open
        return io.BufferedReader(cast("io.RawIOBase", archive.open(name)))
