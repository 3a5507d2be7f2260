"""Write a package: the payload first, then what stands before it.

The headers have the digests of the payload that follows them. Their length is known
before, so the payload is written to where it will lie, and nothing is copied.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO, Final

from repackage_formats.rpm._files_check import check_files
from repackage_formats.rpm._header_encode import encode
from repackage_formats.rpm._header_main import main_entries, payload_entries
from repackage_formats.rpm._header_tags import Region
from repackage_formats.rpm._lead import LEAD, lead
from repackage_formats.rpm._payload_write import UNKNOWN, Written, write_payload
from repackage_formats.rpm._signature_header import SIGNATURE_SIZE, Sums, signature_header

if TYPE_CHECKING:
    from pathlib import Path

    from repackage_formats.rpm._facts import Facts
    from repackage_formats.rpm._header_encode import Data

_CHUNK: Final = 1 << 20


def write_package(decided: Facts, out: Path, *, epoch: int, level: int, jobs: int = 1) -> None:
    """Create a package of what was decided.

    Raises:
        FormatError: rpm cannot hold it; nothing was written.
    """
    check_files(decided)
    entries = main_entries(decided, epoch=epoch, level=level)
    with out.open("x+b") as file:
        _leave_room(file, entries)
        payload = write_payload(decided, file, level=level, jobs=jobs)
        file.seek(0)
        _write_headers(file, decided, entries=entries, payload=payload)


def _leave_room(file: BinaryIO, entries: dict[int, Data]) -> None:
    unknown = encode({**entries, **payload_entries(UNKNOWN)}, region=Region.IMMUTABLE)
    file.seek(LEAD.size + SIGNATURE_SIZE + len(unknown))


def _write_headers(
    file: BinaryIO, decided: Facts, *, entries: dict[int, Data], payload: Written
) -> None:
    """Write what stands before the payload, which is there already."""
    header = encode({**entries, **payload_entries(payload)}, region=Region.IMMUTABLE)
    start = LEAD.size + SIGNATURE_SIZE
    file.seek(start + len(header))
    sums = Sums(
        sha256=hashlib.sha256(header).hexdigest(),
        sha1=_sha1(header),
        md5=_md5(header, file),
        size=len(header) + payload.size,
        archive_size=payload.archive_size,
    )
    file.seek(0)
    nvr = f"{decided.name}-{decided.version}-{decided.release}"
    file.write(lead(nvr, arch=decided.arch))
    file.write(signature_header(sums))
    file.write(header)


def _sha1(header: bytes) -> str:
    try:
        return hashlib.sha1(header, usedforsecurity=False).hexdigest()
    except ValueError:  # FIPS 140: there is no such digest
        return ""


def _md5(header: bytes, payload: BinaryIO) -> bytes:
    """Digest header and payload, for readers so old that they know nothing better."""
    try:
        digest = hashlib.md5(header, usedforsecurity=False)
    except ValueError:  # FIPS 140: there is no such digest
        return b""
    while chunk := payload.read(_CHUNK):
        digest.update(chunk)
    return digest.digest()
