"""RECORD, the list of a wheel's files with their hashes (PEP 376, PEP 427)."""

from __future__ import annotations

import base64
import binascii
import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from installer.records import InvalidRecordEntry, RecordEntry, parse_record_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from repackage.wheel._problems import WheelProblems

#: "sha256 or better", says the specification.
ALGORITHMS = frozenset(
    {"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """What RECORD says about a file; no digest for RECORD itself and its signatures."""

    algorithm: str = "sha256"
    digest: bytes | None = None
    size: int | None = None


def parse_record(
    text: str, *, member: str, problems: WheelProblems
) -> Mapping[str, Recorded] | None:
    """Parse RECORD into what it says by path; nothing if it is no such file."""
    rows: dict[str, tuple[str, str, str]] = {}
    try:
        # Not splitlines(): a quoted path may hold what that takes for the end of a line.
        for row in parse_record_file(io.StringIO(text, newline="")):
            if rows.setdefault(row[0], row) != row:
                problems.note(f"{row[0]!r} is listed twice, differently", member=member)
    except (InvalidRecordEntry, csv.Error) as error:
        problems.note(
            f"not a list of path, hash and size: {error}".replace("Row Index", "row index"),
            member=member,
        )
        return None
    parsed = {}
    for path, row in rows.items():
        recorded = _parse_row(row, member=member, problems=problems)
        if recorded is not None:
            parsed[path] = recorded
    return parsed


def _parse_row(
    row: tuple[str, str, str], *, member: str, problems: WheelProblems
) -> Recorded | None:
    try:
        entry = RecordEntry.from_elements(*row)
    except InvalidRecordEntry as error:
        problems.note(f"the row of {row[0]!r} is invalid: {error}", member=member)
        return None
    if entry.hash_ is None:
        return Recorded(size=entry.size)
    if entry.hash_.name not in ALGORITHMS:
        problems.note(
            f"{row[0]!r} is hashed by {entry.hash_.name}",
            member=member,
            advice="wheels need sha256 or better: build it again with a newer tool",
        )
        return None
    try:
        value = entry.hash_.value.rstrip("=")
        padded = value + "=" * (-len(value) % 4)
        digest = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        problems.note(f"the hash of {row[0]!r} is not base64", member=member)
        return None
    return Recorded(algorithm=entry.hash_.name, digest=digest, size=entry.size)


def check_listing(
    record: Mapping[str, Recorded],
    files: Iterable[str],
    *,
    member: str,
    problems: WheelProblems,
) -> None:
    """Note files that RECORD does not list or hash, and rows without a file."""
    present = set(files)
    exempt = {member, f"{member}.jws", f"{member}.p7s"}
    for path in sorted(present - exempt):
        if path not in record:
            problems.note("RECORD does not list it", member=path)
        elif record[path].digest is None:
            problems.note("RECORD has no hash of it", member=path)
    for path in sorted(exempt & record.keys()):
        if record[path].digest is not None:
            problems.note("RECORD holds a hash that it cannot know", member=path)
    for path in sorted(record.keys() - present - exempt):
        problems.note(f"{path!r} is listed, but not in the archive", member=member)
