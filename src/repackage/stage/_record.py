"""RECORD, written anew: true for exactly what the tree holds."""

from __future__ import annotations

import base64
import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from installer.records import Hash, RecordEntry
from installer.utils import Scheme, construct_record_file

from repackage.errors import Problem
from repackage.tree import inline_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from repackage.stage._merge import Kept
    from repackage.stage._share import Installed
    from repackage.tree import File


def records(installed: Iterable[Installed], kept: Mapping[str, Kept]) -> list[File]:
    """Write the RECORD of every distribution, from the files that it kept.

    A file that several distributions share is in the RECORD of each. Links and
    ``pyvenv.cfg`` belong to the package, and are in none.
    """
    owned: dict[str, list[File]] = defaultdict(list)
    for entry in kept.values():
        for owner in entry.owners:
            owned[owner].append(entry.file)
    return [_record(one, owned[one.share.name]) for one in installed]


def usurped(installed: Iterable[Installed], kept: Mapping[str, Kept]) -> list[Problem]:
    """Find wheels that bring the RECORD of another distribution."""
    return [
        Problem(
            what=f"{kept[one.record_path].file.origin} has a file where the RECORD of"
            f" {one.share.name} goes",
            where=one.record_path,
            advice="a wheel must not bring another distribution's metadata",
        )
        for one in installed
        if one.record_path in kept
    ]


def _record(one: Installed, files: list[File]) -> File:
    site = posixpath.dirname(posixpath.dirname(one.record_path))
    rows = [_row(file, site) for file in files]
    rows.append(RecordEntry(_relative(one.record_path, site), None, None))
    with construct_record_file((Scheme(""), row) for row in rows) as stream:
        return inline_file(
            one.record_path, stream.read(), mtime=one.share.mtime, origin=one.share.name
        )


def _row(file: File, site: str) -> RecordEntry:
    hash_ = Hash("sha256", spelled(file.digests.sha256))
    return RecordEntry(_relative(file.path, site), hash_, file.size)


def spelled(sha256: str) -> str:
    """Spell a hexadecimal digest as RECORD does (PEP 427)."""
    return base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")


def _relative(path: str, site: str) -> str:
    """Say where a file is from the site directory, as the specification of RECORD does."""
    if not site:
        return path
    if path.startswith(f"{site}/"):
        return path[len(site) + 1 :]
    return posixpath.relpath(f"/{path}", f"/{site}")
