"""Write a package: the payload first, then what stands before it.

The headers have the digests of the payload that follows them. Their length is known
before, so the payload is written to where it will lie, and nothing is copied.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO, Final

from repackage_formats.rpm._header_encode import encode
from repackage_formats.rpm._header_main import main_entries, payload_entries
from repackage_formats.rpm._header_tags import Region
from repackage_formats.rpm._lead import LEAD, lead, lead6
from repackage_formats.rpm._payload_write import Means, Written, unknown, write_payload
from repackage_formats.rpm._signature_header import (
    SIGNATURE_SIZE,
    Sums,
    signature_header,
    signature_header6,
)

if TYPE_CHECKING:
    from pathlib import Path

    from repackage_formats.rpm._facts import Facts
    from repackage_formats.rpm._header_encode import Data

_CHUNK: Final = 1 << 20


def write_package(decided: Facts, out: Path, *, epoch: int, means: Means) -> None:
    """Create a package of what was decided, and found to be what rpm can hold."""
    level = means.compression(decided).chosen_level
    entries = main_entries(decided, epoch=epoch, level=level)
    with out.open("x+b") as file:
        _leave_room(file, decided, entries)
        payload = write_payload(decided, file, means)
        _write_headers(file, decided, entries=entries, payload=payload)


def _leave_room(file: BinaryIO, decided: Facts, entries: dict[int, Data]) -> None:
    header = _encoded(entries, unknown(decided.rpm_format), decided)
    file.seek(LEAD.size + SIGNATURE_SIZE + len(header))


def _encoded(entries: dict[int, Data], payload: Written, decided: Facts) -> bytes:
    known = payload_entries(payload, rpm_format=decided.rpm_format)
    return encode({**entries, **known}, region=Region.IMMUTABLE)


def _write_headers(
    file: BinaryIO, decided: Facts, *, entries: dict[int, Data], payload: Written
) -> None:
    """Write what stands before the payload, which is there already."""
    header = _encoded(entries, payload, decided)
    file.seek(LEAD.size + SIGNATURE_SIZE + len(header))
    before = _before(header, file, decided=decided, payload=payload)
    file.seek(0)
    file.write(before + header)


def _before(header: bytes, file: BinaryIO, *, decided: Facts, payload: Written) -> bytes:
    """Write lead and signature header; the file is where the payload begins."""
    name = f"{decided.name}-{decided.version}-{decided.release}"
    if decided.is_of_format_6:
        return lead6(name) + signature_header6(header)
    return lead(name, arch=decided.arch) + signature_header(_sums(header, file, payload))


def _sums(header: bytes, file: BinaryIO, payload: Written) -> Sums:
    """Sum up header and payload."""
    return Sums(
        sha256=hashlib.sha256(header).hexdigest(),
        sha1=_sha1(header),
        md5=_md5(header, file),
        size=len(header) + payload.payload.size,
        archive_size=payload.archive.size,
    )


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
