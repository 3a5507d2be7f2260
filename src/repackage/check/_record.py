"""RECORD against what is there."""

from __future__ import annotations

import base64
import binascii
import csv
import posixpath
from typing import TYPE_CHECKING

from installer.records import InvalidRecordEntry, RecordEntry, parse_record_file

from repackage.check._search import text_beside
from repackage.tree import File

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from repackage.check._found import Found
    from repackage.tree import Entry

#: Installers compile after they have written RECORD, or list what they would compile.
_BYTECODE = ".pyc"


def record_mismatches(one: Found, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Say, for each file that RECORD lists, how it differs.

    A distribution without RECORD cannot be judged (PEP 627). What the package manager of an
    operating system installed has one at times, and its files were moved since.
    """
    if one.external:
        return
    text = text_beside(entries, one.where, "RECORD")
    if text is None:
        return
    try:
        rows = [RecordEntry.from_elements(*row) for row in parse_record_file(text.splitlines())]
    except (InvalidRecordEntry, csv.Error) as error:
        yield f"its RECORD cannot be read: {error}"
        return
    site = posixpath.dirname(one.where)
    for row in rows:
        if row.path.endswith(_BYTECODE):
            continue
        path = posixpath.normpath(posixpath.join(site, row.path))
        entry = entries.get(path.lstrip("/"))
        if entry is None and path.startswith(("../", "/")):
            continue  # beyond what is judged: scripts, where that is the site-packages alone
        said = _difference(row, entry)
        if said:
            yield f"{path.lstrip('/')} {said}"


def _difference(row: RecordEntry, entry: Entry | None) -> str:
    if entry is None:
        return "is in RECORD and not there"
    if not isinstance(entry, File):
        return "is in RECORD and is no regular file"
    if row.size is not None and row.size != entry.size:
        return f"has {entry.size} bytes, and RECORD says {row.size}"
    if row.hash_ is not None and row.hash_.name == "sha256":
        try:
            padded = row.hash_.value + "=" * (-len(row.hash_.value) % 4)
            expected = base64.urlsafe_b64decode(padded).hex()
        except (ValueError, binascii.Error):
            return "has an invalid hash in RECORD"
        if expected != entry.digests.sha256:
            return "was changed after it was installed: its hash is not that of RECORD"
    return ""
