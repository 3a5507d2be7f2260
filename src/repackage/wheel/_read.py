"""Reads a wheel file, and believes nothing that it says before it was checked."""

from __future__ import annotations

import hashlib
import mmap
import stat
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from repackage.errors import WheelError
from repackage.metadata import parse_metadata
from repackage.wheel._contents import open_contents
from repackage.wheel._dist_info import (
    Filename,
    check_data,
    check_wheel_file,
    find_dist_info,
)
from repackage.wheel._entry_points import parse_entry_points
from repackage.wheel._inflate import release
from repackage.wheel._model import OLDEST, Wheel
from repackage.wheel._problems import WheelProblems
from repackage.wheel._record import check_listing, parse_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.metadata import Metadata
    from repackage.wheel._contents import Contents
    from repackage.wheel._model import EntryPoint, Member
    from repackage.wheel._zip import Data, ZipEntry


_HASHED = 1 << 22


def read_wheel(path: Path) -> Wheel:
    """Read a wheel file and verify all of it, in one pass and bounded memory.

    Raises:
        WheelError: With all that is wrong, as far as it could be looked at.
    """
    problems = WheelProblems(path.name)
    with _mapped(path) as data:
        filename = _parse_filename(path.name, problems)
        contents = open_contents(data, problems)
        if filename is None:  # pragma: no cover  # noted as a problem, and raised above
            raise AssertionError("a file name is no wheel's, and nobody said why")
        dist_info = find_dist_info(contents, filename)
        problems.check()
        if dist_info is None:  # pragma: no cover  # noted as a problem, and raised above
            raise AssertionError("a wheel has no .dist-info, and nobody said why")
        purelib = check_wheel_file(contents, filename, member=f"{dist_info}/WHEEL")
        check_data(contents, filename, dist_info=dist_info)
        metadata = _read_metadata(contents, filename, member=f"{dist_info}/METADATA")
        entry_points = _read_entry_points(contents, member=f"{dist_info}/entry_points.txt")
        members = _read_members(contents, record=f"{dist_info}/RECORD")
        problems.check()
        if metadata is None:  # pragma: no cover  # noted as a problem, and raised above
            raise AssertionError("METADATA cannot be read, and nobody said why")
        return Wheel(
            path=path,
            filename=path.name,
            name=filename.name,
            version=filename.version,
            build=filename.build,
            tags=filename.tags,
            purelib=purelib,
            dist_info=dist_info,
            metadata=metadata,
            entry_points=entry_points,
            newest=max(map(_timestamp, contents.entries)),
            size=len(data),
            sha256=_sha256(data),
            members=members,
        )


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap]:
    """Map a file into memory."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise WheelError.of("not a wheel: this is a directory", where=str(path))
        if not stat.S_ISREG(status.st_mode):
            raise WheelError.of("not a wheel: this is no regular file", where=str(path))
        if not status.st_size:
            raise WheelError.of("not a wheel: the file is empty", where=str(path))
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as error:
        raise WheelError.of("no such file", where=str(path)) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise WheelError.of(f"the wheel cannot be read: {reason}", where=str(path)) from error
    with mapped:
        yield mapped


def _parse_filename(filename: str, problems: WheelProblems) -> Filename | None:
    try:
        name, version, build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        reason = str(error).removeprefix("Invalid wheel filename ").partition(": ")[0]
        problems.note(
            f"the file name is not that of a wheel: {reason.strip('()')}",
            advice="it must be as it was built: name-version-python-abi-platform.whl",
        )
        return None
    return Filename(name=name, version=version, build=build, tags=tags)


def _read_metadata(contents: Contents, filename: Filename, *, member: str) -> Metadata | None:
    problems = contents.problems
    data = contents.read(member)
    if not data:
        if not problems:
            problems.note("the file is empty", member=member)
        return None
    try:
        metadata = parse_metadata(data, where=problems.place(member))
    except WheelError as error:
        problems.extend(error.problems)
        return None
    if (metadata.name, metadata.version) != (filename.name, filename.version):
        problems.note(
            f"it is of {metadata.name} {metadata.version}, and the file name of {filename}",
            member=member,
            advice="wheels must not be renamed",
        )
    return metadata


def _read_entry_points(contents: Contents, *, member: str) -> tuple[EntryPoint, ...]:
    if member not in contents.files:
        return ()
    text = contents.read_text(member)
    return parse_entry_points(text, member=member, problems=contents.problems)


def _read_members(contents: Contents, *, record: str) -> tuple[Member, ...]:
    text = contents.read_text(record)
    if record not in contents.files:
        return ()
    rows = parse_record(text, member=record, problems=contents.problems)
    if rows is None:
        return ()
    check_listing(rows, contents.files, member=record, problems=contents.problems)
    return contents.members(rows)


def _timestamp(entry: ZipEntry) -> int:
    """Seconds since the epoch of a DOS date; the first day of zip files if it is none."""
    year, month, day = 1980 + (entry.date >> 9), entry.date >> 5 & 0xF, entry.date & 0x1F
    hour, minute, second = entry.time >> 11, entry.time >> 5 & 0x3F, (entry.time & 0x1F) * 2
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError:
        return OLDEST
    return int(moment.timestamp())


def _sha256(data: Data) -> str:
    digest = hashlib.sha256()
    for start in range(0, len(data), _HASHED):
        digest.update(data[start : start + _HASHED])
        release(data)
    return digest.hexdigest()
