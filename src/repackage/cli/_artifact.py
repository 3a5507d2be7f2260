"""Artifacts that are read: which format, what they hold, and whose it is."""

from __future__ import annotations

import csv
import io
import posixpath
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from repackage import registry
from repackage.errors import InputError, RepackageError, UsageError
from repackage.tree import Directory, File, Symlink, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from repackage.format import Format
    from repackage.tree import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What an artifact holds."""

    path: Path
    format: str
    entries: tuple[Entry, ...]
    metadata: Mapping[str, str]
    """What the format's ``describe`` tells; empty for a format without one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one distribution brought."""

    name: str
    version: str
    files: int
    size: int
    """Bytes."""


def open_artifact(path: Path, *, format_name: str | None = None) -> Held:
    """Read a whole artifact."""
    name, found = recognise(path, format_name=format_name)
    describe = getattr(found, "describe", None)
    try:
        return Held(
            path=path,
            format=name,
            entries=tuple(found.read(path)),
            metadata=describe(path) if callable(describe) else {},
        )
    except RepackageError as error:  # here it is the input that is at fault
        located = (replace(each, where=each.where or str(path)) for each in error.problems)
        raise InputError(*located) from error
    except (OSError, EOFError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError.of(f"cannot be read as {name}: {reason}", where=str(path)) from error


def recognise(path: Path, *, format_name: str | None = None) -> tuple[str, Format[Any]]:
    """Find the format of an artifact: as said, else the last of its suffixes that is one."""
    if format_name is not None:
        return format_name, registry.load(format_name)
    known = registry.formats()
    for suffix in reversed(path.suffixes):
        if suffix[1:] in known:
            return suffix[1:], registry.load(suffix[1:])
    raise UsageError.of(
        "cannot tell the format from the name",
        where=str(path),
        advice=f"--format says it; installed: {', '.join(known)}",
    )


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
