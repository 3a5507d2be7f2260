"""Signatures of an rpm: of its main header, which has the digests of everything else.

They lie in the signature header, beside what was there, and come out of the space that is
reserved there: the file stays as long as it was, and all else stays where it is.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from typing import TYPE_CHECKING, Final

from repackage.errors import InputError, SigningError
from repackage.signing import sign_detached
from repackage_formats.rpm._header import read_header
from repackage_formats.rpm._header_decode import damaged
from repackage_formats.rpm._header_encode import Data, binary, encode, texts
from repackage_formats.rpm._header_tags import Region, SignatureTag, Tag, Type
from repackage_formats.rpm._lead import LEAD
from repackage_formats.rpm._payload import payload_digest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repackage.signing import Signature, Signer
    from repackage_formats.rpm._header import Header
    from repackage_formats.rpm._header_decode import Tags

_CHUNK: Final = 1 << 20
#: Signatures, the obsolete ones of header and payload (1002, 1005) too; and reserved space.
_REPLACED: Final = frozenset(
    {
        *(SignatureTag.DSA, SignatureTag.RSA, SignatureTag.OPENPGP),
        *(1002, 1005, SignatureTag.RESERVED, SignatureTag.RESERVED_SPACE),
    }
)
#: Where rpm before 6 looks: for RSA keys, and for those that are on curves. It knows no other.
_LEGACY: Final = {
    "RSA": SignatureTag.RSA,
    "EdDSA": SignatureTag.DSA,
    "ECDSA": SignatureTag.DSA,
}
_WIDTHS: Final = {Type.INT16: 2, Type.INT32: 4, Type.INT64: 8}


def sign_package(artifact: Path, signer: Signer) -> None:
    """Sign a package in place; its own date is that of the signatures.

    Raises:
        InputError: It is no rpm, or its header or payload is altered.
        SigningError: It has nothing that a signature could vouch for it with; or the signer
            refuses, or what it returns is no signature of the header.
    """
    header = read_header(artifact)
    _check_payload(artifact, header)
    date = header.main.number(Tag.BUILD_TIME)
    signatures = sign_detached(header.main.encoded, signer, date=date)
    entries = {**_kept(header.signature), **_entries(signatures)}
    _replace(artifact, header, _padded(entries, header.signature))
    again = read_header(artifact)
    written = {tag: _encoded(again.signature, tag) for tag in entries}
    if again.main.encoded != header.main.encoded or any(
        written[tag] != data.encoded for tag, data in entries.items()
    ):
        raise SigningError.of("the package is not what it was, now that it is signed")


def _check_payload(artifact: Path, header: Header) -> None:
    """See that the header vouches for the payload, so that a signature of it does."""
    expected = header.main.text(Tag.PAYLOAD_DIGEST)
    if len(expected) != hashlib.sha256().digest_size * 2:
        raise SigningError.of(
            "its header has no digest of the payload, so that a signature would not cover it",
            advice="make it anew: rpm from 4.14 on writes PAYLOADDIGEST",
        )
    if payload_digest(artifact, header) != expected:
        raise InputError.of(
            "its payload is not what the header says",
            advice="the file is truncated or altered",
        )


def _entries(signatures: Sequence[Signature]) -> dict[int, Data]:
    """Where signatures go: all of them where rpm 6 looks, one where older ones do.

    Older ones want every signature that they find to be of a key that they have, and find
    keys by their ids alone. RSA comes first: every rpm knows it, and rpm 4.11 nothing else.
    """
    encoded = [base64.b64encode(each.packet).decode() for each in signatures]
    entries: dict[int, Data] = {SignatureTag.OPENPGP: texts(encoded)}
    known = [each for each in signatures if each.version == 4 and each.algorithm in _LEGACY]  # noqa: PLR2004 - of OpenPGP
    for signature in sorted(known, key=lambda each: each.algorithm != "RSA")[:1]:
        if not signature.tells_key_id:
            raise SigningError.of(
                "the signature names its key by the fingerprint alone, and rpm before 4.19 would"
                " not find it",
                advice="have the signer add the issuer's key id (subpacket 16, unhashed)",
            )
        entries[_LEGACY[signature.algorithm]] = binary(signature.packet)
    return entries


def _kept(tags: Tags) -> dict[int, Data]:
    """What else is in the signature header, as it is there: digests, sizes."""
    kept: dict[int, Data] = {}
    for tag, entry in tags.entries.items():
        if tag != Region.SIGNATURES and tag not in _REPLACED:
            encoded = _encoded(tags, tag)
            kept[tag] = Data(type=Type(entry.type), count=entry.count, encoded=encoded)
    return kept


def _encoded(tags: Tags, tag: int) -> bytes:
    """The data of an entry, as they are in the store."""
    entry = tags.entries[tag]
    match entry.type:
        case Type.BINARY:
            length = entry.count
        case Type.INT16 | Type.INT32 | Type.INT64:
            length = entry.count * _WIDTHS[Type(entry.type)]
        case Type.STRING | Type.STRINGS | Type.I18N:
            values = (one.encode("utf-8", "surrogateescape") for one in tags.texts(tag))
            length = sum(len(value) + 1 for value in values)
        case _:
            raise damaged(f"the tag {tag} of its signature header is bad")
    if entry.offset + length > len(tags.store):
        raise damaged(f"the tag {tag} of its signature header has no end")
    return tags.store[entry.offset : entry.offset + length]


def _padded(entries: dict[int, Data], before: Tags) -> bytes:
    """Encode the signature header: as long as it was, if that is enough."""
    six = SignatureTag.SHA3_256 in entries
    reserved = SignatureTag.RESERVED if six else SignatureTag.RESERVED_SPACE
    least = len(encode({**entries, reserved: binary(b"\0")}, region=Region.SIGNATURES))
    size = len(before.encoded) + -len(before.encoded) % 8
    room = max(size - least, -least % 8) + 1
    encoded = encode({**entries, reserved: binary(bytes(room))}, region=Region.SIGNATURES)
    return encoded + bytes(-len(encoded) % 8)


def _replace(artifact: Path, header: Header, encoded: bytes) -> None:
    """Write another signature header; if it is longer than the old one, all after it moves."""
    start = header.payload - len(header.main.encoded)
    if LEAD.size + len(encoded) == start:
        with artifact.open("r+b") as file:
            file.seek(LEAD.size)
            file.write(encoded)
            file.flush()
            os.fsync(file.fileno())
        return
    longer = artifact.with_name(f"{artifact.name}.signed")
    with artifact.open("rb") as old, longer.open("xb") as new:
        new.write(old.read(LEAD.size) + encoded)
        old.seek(start)
        shutil.copyfileobj(old, new, _CHUNK)
    longer.replace(artifact)
