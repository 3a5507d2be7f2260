"""Artifacts that are read: which format, what they hold, and whose it is."""

from __future__ import annotations

import csv
import io
import posixpath
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from repackage.cli._recognise import recognise
from repackage.errors import InputError, RepackageError
from repackage.format import ReadsWheels
from repackage.tree import Directory, File, Symlink, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from repackage.format import Reader
    from repackage.tree import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What an artifact holds."""

    path: Path
    format: str
    entries: tuple[Entry, ...]
    metadata: Mapping[str, str]
    """What the format's ``describe`` tells; empty for a format without one."""

    @property
    def size(self) -> int:
        """What it occupies, a file or a directory; in bytes."""
        within = self.path.rglob("*") if self.path.is_dir() else (self.path,)
        return sum(path.stat().st_size for path in within if path.is_file())


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one distribution brought."""

    name: str
    version: str
    files: int
    size: int
    """Bytes."""


def open_artifact(
    path: Path,
    *,
    format_name: str | None = None,
    arch: str | None = None,
    platform: str | None = None,
) -> Held:
    """Read a whole artifact; of one that is for several machines, that which is asked for."""
    name, found = _reader(path, format_name)
    describe = getattr(found, "describe", None)
    read_arch = getattr(found, "read_arch", None)
    try:
        if isinstance(found, ReadsWheels):
            from repackage.store import KeptWheels, Store  # only here

            kept = KeptWheels(store=Store.open(limited=False))
            read = found.read_wheels(path, kept, machine=platform or arch)
        else:
            read = read_arch(path, arch) if arch and callable(read_arch) else found.read(path)
        return Held(
            path=path,
            format=name,
            entries=tuple(read),
            metadata=describe(path) if callable(describe) else {},
        )
    except RepackageError as error:  # here it is the input that is at fault
        located = (replace(each, where=_located(each.where, path)) for each in error.problems)
        raise InputError(*located) from error
    except (OSError, EOFError, ValueError) as error:
        raise _unreadable(path, name, error) from error


def _reader(path: Path, format_name: str | None) -> tuple[str, Reader]:
    """Find the reader, which takes a look at the artifact already."""
    try:
        return recognise(path, format_name=format_name)
    except OSError as error:
        raise _unreadable(path, format_name or "an artifact", error) from error


def _unreadable(path: Path, name: str, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or str(error)
    return InputError.of(f"cannot be read as {name}: {reason}", where=str(path))


def _located(where: str, path: Path) -> str:
    """Say in which artifact it is, what a reader names by its place in there."""
    if not where:
        return str(path)
    return where if str(path) in where else f"{path}: {where}"


def shares(entries: Iterable[Entry]) -> list[Share]:
    """Sum up files by the outermost distribution whose RECORD lists them; the largest first."""
    files = {entry.path: entry for entry in entries if isinstance(entry, File)}
    owners: dict[str, tuple[str, str]] = {}
    for path in sorted(files, key=lambda path: path.count("/")):  # what is vendored, last
        directory, _, name = path.rpartition("/")
        if name == "RECORD" and directory.endswith(".dist-info"):
            stem = directory.rpartition("/")[2].removesuffix(".dist-info")
            project, _, version = stem.partition("-")
            for listed in _recorded(files[path], beside=posixpath.dirname(directory)):
                owners.setdefault(listed, (project.replace("_", "-").lower(), version))
    counted: dict[tuple[str, str], list[int]] = defaultdict(list)
    for path, file in files.items():
        counted[owners.get(path, ("", ""))].append(file.size)
    found = [
        Share(name=name, version=version, files=len(sizes), size=sum(sizes))
        for (name, version), sizes in counted.items()
    ]
    return sorted(found, key=lambda share: (-share.size, share.name))


def _recorded(record: File, *, beside: str) -> list[str]:
    """The paths that a RECORD lists, from the root of the artifact."""
    text = read_file(record).decode("utf-8", "replace")
    rows = csv.reader(io.StringIO(text, newline=""))
    return [
        posixpath.normpath(posixpath.join("/", beside, row[0])).lstrip("/")
        for row in rows
        if row
    ]


def entry_facts(entry: Entry) -> dict[str, Any]:
    """Describe an entry, for machines."""
    match entry:
        case File():
            return {
                "path": entry.path,
                "type": "file",
                "mode": f"{entry.mode:04o}",
                "mtime": entry.mtime,
                "size": entry.size,
                "sha256": entry.digests.sha256,
            }
        case Directory():
            return {
                "path": entry.path,
                "type": "directory",
                "mode": f"{entry.mode:04o}",
                "mtime": entry.mtime,
            }
        case Symlink():
            return {
                "path": entry.path,
                "type": "symlink",
                "mtime": entry.mtime,
                "target": entry.target,
            }
