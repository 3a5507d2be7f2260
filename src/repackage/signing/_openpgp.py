"""Signatures as OpenPGP has them (RFC 9580): read, and refused if rpm or people would.

Whether one is good is not for this module to say: it tells who claims to have signed, with
what and when. Nothing in a packet is believed before it is checked.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import SigningError
from repackage.signing._armor import without_armor
from repackage.signing._subpackets import Claims, read_claims

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Packet type of a signature (section 5).
_SIGNATURE: Final = 2
#: Signature type 0x00, of a binary document (section 5.2.1).
_BINARY: Final = 0
#: More signatures, or larger ones, than anybody makes of one document.
_MOST: Final = 16
_LARGEST: Final = 1 << 16
#: Public-key algorithms (section 9.1): name, and of how many numbers a signature is made;
#: where it is of no numbers, how many bytes it has.
_ALGORITHMS: Final = {
    1: ("RSA", 1), 3: ("RSA", 1), 17: ("DSA", 2), 19: ("ECDSA", 2), 22: ("EdDSA", 2),
    27: ("Ed25519", -64), 28: ("Ed448", -114),
}  # fmt: skip
#: Hash algorithms (section 9.5), and those that are trusted.
_HASHES: Final = {
    1: "MD5", 2: "SHA1", 3: "RIPEMD160", 8: "SHA256", 9: "SHA384", 10: "SHA512", 11: "SHA224",
    12: "SHA3-256", 14: "SHA3-512",
}  # fmt: skip
_TRUSTED: Final = frozenset({"SHA256", "SHA384", "SHA512"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """A detached signature of bytes, which claims to be somebody's."""

    packet: bytes
    """The whole packet."""
    version: int
    algorithm: str
    """Of the key: ``RSA``, ``EdDSA``, ``ECDSA``, ``DSA``, ``Ed25519``, ``Ed448``."""
    hash: str
    """``SHA256``."""
    created: int
    """Seconds."""
    fingerprint: str
    """Of the key, in capitals; empty if the signature does not tell."""
    key_id: str
    """The same, shortened; it may be all that is told."""
    tells_key_id: bool
    """Whether the signature itself tells the key id: some readers look for nothing else."""

    def __str__(self) -> str:
        return f"{self.algorithm}/{self.hash}, key {self.fingerprint or self.key_id}"


def read_signatures(data: bytes) -> tuple[Signature, ...]:
    """Read signatures, armored or not, in the order they have.

    Raises:
        SigningError: They are no signatures of bytes, or damaged.
    """
    if len(data) > _LARGEST:
        raise SigningError.of(f"{len(data)} bytes are too many for a signature")
    found = tuple(_signature(*packet) for packet in _packets(without_armor(data)))
    if not found:
        raise SigningError.of("there is no signature")
    if len(found) > _MOST:
        raise SigningError.of(f"{len(found)} signatures are too many")
    return found


def refuse_weak(signature: Signature) -> None:
    """Refuse what the policies of living distributions do.

    Raises:
        SigningError: The digest is not SHA-2, the key is a DSA key, or nobody has signed.
    """
    if signature.hash not in _TRUSTED:
        raise SigningError.of(
            f"the signature is made with {signature.hash}, which is not accepted any more",
            advice="sign with SHA256 or SHA512: --digest-algo of gpg",
        )
    if signature.algorithm == "DSA":
        raise SigningError.of(
            "the signature is made with a DSA key, which is not accepted any more",
            advice="sign with an RSA key of 4096 bits, or with an Ed25519 key",
        )
    if not signature.key_id:
        raise SigningError.of("the signature does not tell with which key it is made")


def _packets(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Split packets: each whole, and its body (section 4.2)."""
    position = 0
    while position < len(data):
        first = data[position]
        if not first & 0x80:
            raise _damaged("a packet does not begin as one")
        if first & 0x40:
            kind, (start, length) = first & 0x3F, _new_length(data, position + 1)
        else:
            kind, (start, length) = (
                first >> 2 & 0x0F,
                _old_length(data, position + 1, first & 3),
            )
        if start + length > len(data):
            raise _damaged("it ends within a packet")
        if kind != _SIGNATURE:
            raise SigningError.of(
                f"a packet of the kind {kind} was returned, not a detached signature",
                advice="such as --detach-sign of gpg makes",
            )
        yield data[position : start + length], data[start : start + length]
        position = start + length


def _new_length(data: bytes, at: int) -> tuple[int, int]:
    """Where the body of a packet of the new kind begins, and how long it is."""
    first = _number(data, at, 1)
    if first < 192:  # noqa: PLR2004 - section 4.2.1
        return at + 1, first
    if first < 224:  # noqa: PLR2004 - as above; then come partial lengths, not for signatures
        return at + 2, (first - 192 << 8) + _number(data, at + 1, 1) + 192
    if first == 0xFF:  # noqa: PLR2004 - as above
        return at + 5, _number(data, at + 1, 4)
    raise _damaged("a packet is in parts")


def _old_length(data: bytes, at: int, kind: int) -> tuple[int, int]:
    """The same for a packet of the old kind, as gpg writes them."""
    width = (1, 2, 4, 0)[kind]
    if not width:
        raise _damaged("a packet has no length")
    return at + width, _number(data, at, width)


def _signature(packet: bytes, body: bytes) -> Signature:
    """Read a packet (section 5.2.3)."""
    version = _number(body, 0, 1)
    if version not in (4, 6):
        raise SigningError.of(
            f"the signature is of version {version}", advice="version 4 is understood by all"
        )
    head = struct.Struct(">BBBBH" if version == 4 else ">BBBBI")  # noqa: PLR2004 - as above
    if len(body) < head.size:
        raise _damaged("it is too short")
    _, kind, algorithm, hashing, length = head.unpack_from(body)
    if kind != _BINARY:
        raise SigningError.of(f"the signature is of the type {kind:#04x}, not of bytes (0x00)")
    if algorithm not in _ALGORITHMS or hashing not in _HASHES:
        raise SigningError.of(
            f"the signature is made with algorithms that are not known: {algorithm}, {hashing}"
        )
    hashed, at = _slice(body, head.size, length)
    width = head.size - 4
    unhashed, at = _slice(body, at + width, _number(body, at, width))
    at += 2  # of the digest, so that a wrong one is known early
    if version == 6:  # noqa: PLR2004 - as above
        _, at = _slice(body, at + 1, _number(body, at, 1))  # the salt
    name, numbers = _ALGORITHMS[algorithm]
    _check_numbers(body, at, numbers)
    claims = read_claims(hashed=hashed, unhashed=unhashed)
    return _made(packet, version=version, algorithm=name, hash_=_HASHES[hashing], claims=claims)


def _made(
    packet: bytes, *, version: int, algorithm: str, hash_: str, claims: Claims
) -> Signature:
    return Signature(
        packet=packet,
        version=version,
        algorithm=algorithm,
        hash=hash_,
        created=claims.created,
        fingerprint=claims.fingerprint,
        key_id=claims.key_id,
        tells_key_id=claims.tells_key_id,
    )


def _check_numbers(body: bytes, at: int, numbers: int) -> None:
    """See that a signature is of so many numbers (section 3.2), and of nothing else."""
    for _ in range(numbers):
        bits = _number(body, at, 2)
        at += 2 + (bits + 7) // 8
    if at - min(numbers, 0) != len(body):
        raise _damaged("its numbers are not as long as it is")


def _slice(data: bytes, at: int, length: int) -> tuple[bytes, int]:
    if at + length > len(data):
        raise _damaged("it ends within a part of it")
    return data[at : at + length], at + length


def _number(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(_slice(data, at, width)[0], "big")


def _damaged(reason: str) -> SigningError:
    return SigningError.of(f"what was returned as a signature is damaged: {reason}")
