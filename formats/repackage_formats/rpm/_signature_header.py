"""The signature header: digests and sizes, and room for signatures that come later.

It always has the same size, so that the package can be written in place before anything
in here is known, and signed in place: what is added comes out of the reserved space.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError
from repackage_formats.rpm._header_encode import binary, encode, int32s, int64s, text
from repackage_formats.rpm._header_tags import LARGE, Region, SignatureTag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage_formats.rpm._header_encode import Data

#: Bytes of the signature header; a multiple of 8, so that no padding follows. The reserved
#: space is what rpmbuild leaves, a little over 4 KiB.
SIGNATURE_SIZE: Final = 4408


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """What the signature header says of the rest of the file.

    SHA-256 covers the main header, which has the digests of the payload. The two others
    are for rpm before 4.14; where a machine forbids them (FIPS 140) they are empty.
    """

    sha256: str
    sha1: str = ""
    md5: bytes = b""
    """Of main header and payload."""
    size: int
    """Bytes of main header and payload."""
    archive_size: int
    """Bytes of the payload, uncompressed."""


def signature_header(sums: Sums, *, signatures: Mapping[int, Data] | None = None) -> bytes:
    """Write the signature header, ``SIGNATURE_SIZE`` bytes long.

    ``signatures`` are further entries, by tag: what covers the bytes of the main header.

    Raises:
        FormatError: They do not fit.
    """
    entries = {**_entries(sums), **(signatures or {})}
    return _filled(entries, reserved=SignatureTag.RESERVED_SPACE)


def signature_header6(header: bytes, *, signatures: Mapping[int, Data] | None = None) -> bytes:
    """Write the signature header of format 6: digests of the main header alone.

    Raises:
        FormatError: The signatures do not fit.
    """
    entries: dict[int, Data] = {
        SignatureTag.SHA256: text(hashlib.sha256(header).hexdigest()),
        SignatureTag.SHA3_256: text(hashlib.sha3_256(header).hexdigest()),
        **(signatures or {}),
    }
    return _filled(entries, reserved=SignatureTag.RESERVED)


def _filled(entries: Mapping[int, Data], *, reserved: SignatureTag) -> bytes:
    """Encode entries, and give what is left to the reserved space."""
    least = len(encode({**entries, reserved: binary(b"\0")}, region=Region.SIGNATURES))
    room = SIGNATURE_SIZE - least + 1
    if room < 1:
        raise FormatError.of(
            f"the signatures are {1 - room} bytes too long for the space that is reserved",
            advice="sign with fewer keys, or with shorter ones",
        )
    return encode({**entries, reserved: binary(bytes(room))}, region=Region.SIGNATURES)


def _entries(sums: Sums) -> dict[int, Data]:
    entries: dict[int, Data] = {SignatureTag.SHA256: text(sums.sha256)}
    if sums.sha1:
        entries[SignatureTag.SHA1] = text(sums.sha1)
    if sums.md5:
        entries[SignatureTag.MD5] = binary(sums.md5)
    if max(sums.size, sums.archive_size) >= LARGE:
        entries[SignatureTag.LONG_SIZE] = int64s([sums.size])
        entries[SignatureTag.LONG_ARCHIVE_SIZE] = int64s([sums.archive_size])
    else:
        entries[SignatureTag.SIZE] = int32s([sums.size])
        entries[SignatureTag.ARCHIVE_SIZE] = int32s([sums.archive_size])
    return entries
