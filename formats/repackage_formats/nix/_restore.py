"""From the manifest and the wheels back to what is installed."""

from __future__ import annotations

import base64
import csv
import io
import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from repackage.errors import InputError
from repackage.tree import (
    Digests,
    Directory,
    File,
    Mapped,
    Symlink,
    Zipped,
    inline_file,
    parents,
    sort_key,
)
from repackage.wheel import OLDEST
from repackage_formats.nix._manifest import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from repackage.tree import Entry
    from repackage.wheel import Member, Wheel
    from repackage_formats.nix._manifest import Holding, Installed, Made

_MODES: Final = {0o644, 0o755}


def restore(holding: Holding, wheels: Mapping[str, Wheel], artifact: Path) -> list[Entry]:
    """Describe what a system gets; ``wheels`` are by the names of their distributions.

    Raises:
        InputError: The manifest says what no manifest says.
    """
    found: dict[str, Entry] = {}
    for installed in holding.wheels:
        if installed.unused:
            continue
        for file in _members(installed, wheels[installed.distribution], holding.site):
            found[file.path] = file
    for made in holding.made:
        if not made.record:
            found[made.path] = _made(made, artifact)
    for link in holding.links:
        found[link.path] = Symlink(
            path=link.path, target=link.target, mtime=link.mtime, origin=link.origin
        )
    plain = [each for each in found.values() if isinstance(each, File)]
    for made in holding.made:
        if made.record:
            blank = inline_file(
                made.path, b"", mtime=made.mtime, mode=made.mode, origin=made.origin
            )
            found[made.path] = _inline(made, record_of(blank, plain, site=holding.site))
    _add_directories(holding, found)
    _refuse_strange_paths(found, artifact)
    return sorted(found.values(), key=sort_key)


def record_of(record: File, files: Iterable[File], *, site: str) -> bytes:
    """Write the RECORD that follows from the files of its distribution (PEP 376, 627)."""
    rows = [
        (posixpath.relpath(f"/{file.path}", f"/{site}"), _spelled(file), str(file.size))
        for file in files
        if file.origin == record.origin and file.path != record.path
    ]
    own = posixpath.relpath(f"/{record.path}", f"/{site}")
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows(sorted([*rows, (own, "", "")]))
    return stream.getvalue().encode("utf-8", "surrogateescape")


def directory_dates(
    entries: Iterable[Entry], dates: Mapping[str, int]
) -> dict[str, tuple[int, str]]:
    """Date the directories above all entries, and say whose they are.

    They have the date of the distribution that everything below them belongs to, and the
    oldest one if there are several; so staging does it.
    """
    origins: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if not isinstance(entry, Directory):
            for above in parents(entry.path):
                origins[above].add(entry.origin)
    return {
        path: (dates.get(min(below), OLDEST), min(below)) if len(below) == 1 else (OLDEST, "")
        for path, below in origins.items()
    }


def _members(installed: Installed, wheel: Wheel, site: str) -> Iterable[File]:
    moved = {each.member: each for each in installed.moved}
    left_out = frozenset(installed.left_out)
    mapped = Mapped(wheel.path)
    for member in wheel.members:
        if member.path in left_out:
            continue
        where = moved.get(member.path)
        if where is None:
            mode = 0o755 if member.executable else 0o644
            path, mtime = f"{site}/{member.path}", installed.mtime
        else:
            path, mode, mtime = where.path, where.mode, where.mtime
        yield _zipped(member, mapped, path, (mode, mtime, installed.distribution))


def _zipped(member: Member, mapped: Mapped, path: str, facts: tuple[int, int, str]) -> File:
    mode, mtime, origin = facts
    return File(
        path=path,
        mode=mode,
        mtime=mtime,
        size=member.size,
        digests=Digests(sha256=member.sha256, md5=member.md5, crc32=member.crc32),
        content=Zipped(
            wheel=mapped,
            offset=member.offset,
            compressed_size=member.compressed_size,
            deflated=member.deflated,
        ),
        origin=origin,
    )


def _made(made: Made, artifact: Path) -> File:
    if made.beside is not None:
        return _inline(made, beside(artifact, made.beside))
    if made.base64 is not None:
        try:
            return _inline(made, base64.b64decode(made.base64, validate=True))
        except ValueError as error:
            raise _strange(artifact, f"{made.path!r} is not Base64") from error
    return _inline(made, (made.text or "").encode("utf-8", "surrogatepass"))


def _inline(made: Made, data: bytes) -> File:
    return inline_file(made.path, data, mtime=made.mtime, mode=made.mode, origin=made.origin)


def beside(artifact: Path, relative: str) -> bytes:
    """Read a file of the artifact.

    Raises:
        InputError: It is elsewhere, or cannot be read.
    """
    if not _is_plain(relative):
        raise _strange(artifact, f"{relative!r} is not a file of the artifact")
    try:
        return (artifact / relative).read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError.of(
            f"cannot be read: {reason}", where=str(artifact / relative)
        ) from error


def _add_directories(holding: Holding, found: dict[str, Entry]) -> None:
    dates = {each.distribution: each.mtime for each in holding.wheels} | {"": holding.epoch}
    for path, (mtime, origin) in directory_dates(list(found.values()), dates).items():
        found[path] = Directory(path=path, mtime=mtime, origin=origin)
    for folder in holding.folders:
        found[folder.path] = Directory(
            path=folder.path, mtime=folder.mtime, origin=folder.origin
        )


def _refuse_strange_paths(found: Mapping[str, Entry], artifact: Path) -> None:
    for entry in found.values():
        if not _is_plain(entry.path):
            raise _strange(artifact, f"{entry.path!r} is not a path of a package")
        if isinstance(entry, File) and entry.mode not in _MODES:
            raise _strange(artifact, f"{entry.path!r} has a mode that no package has")


def _is_plain(path: str) -> bool:
    return not {"", ".", ".."} & set(path.split("/")) and "\0" not in path


def _strange(artifact: Path, what: str) -> InputError:
    return InputError.of(
        what, where=str(artifact / NAME), advice="the manifest was changed: make it anew"
    )


def _spelled(file: File) -> str:
    digest = base64.urlsafe_b64encode(bytes.fromhex(file.digests.sha256)).decode()
    return f"sha256={digest.rstrip('=')}"
