"""What a signature says of itself: its subpackets (RFC 9580, section 5.2.3.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import SigningError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CREATED: Final = 2
_KEY_ID: Final = 16
_FINGERPRINT: Final = 33
#: Bytes of a fingerprint, by the version of the key.
_LENGTHS: Final = {4: 20, 6: 32}


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """When, and by whom."""

    created: int
    fingerprint: str
    key_id: str
    tells_key_id: bool
    """Whether that is told, and not only the fingerprint."""


def read_claims(*, hashed: bytes, unhashed: bytes) -> Claims:
    """Read what is signed, too, before what is not.

    Raises:
        SigningError: They are damaged, contradict each other, or have no date.
    """
    signed = _gathered(hashed)
    both = {**_gathered(unhashed), **signed}
    created = signed.get(_CREATED, b"")
    if len(created) != 4:  # noqa: PLR2004 - seconds in 32 bits
        raise SigningError.of("the signature has no date")
    fingerprint, key_id = both.get(_FINGERPRINT, b""), both.get(_KEY_ID, b"")
    if fingerprint and len(fingerprint) - 1 != _LENGTHS.get(fingerprint[0]):
        raise SigningError.of("the signature names a key that cannot be one")
    short = _shortened(fingerprint)
    if key_id and short and key_id != short:
        raise SigningError.of("the signature names two keys")
    return Claims(
        created=int.from_bytes(created, "big"),
        fingerprint=fingerprint[1:].hex().upper(),
        key_id=(key_id or short).hex().upper(),
        tells_key_id=bool(key_id),
    )


def _shortened(fingerprint: bytes) -> bytes:
    """The key id of a fingerprint: its end, or in version 6 its beginning."""
    if not fingerprint:
        return b""
    return fingerprint[-8:] if fingerprint[0] == 4 else fingerprint[1:9]  # noqa: PLR2004 - a version


def _gathered(area: bytes) -> dict[int, bytes]:
    """Gather what is of interest; what is there twice has two meanings."""
    found: dict[int, bytes] = {}
    for kind, content in _split(area):
        told = kind in (_CREATED, _KEY_ID, _FINGERPRINT)
        if told and found.setdefault(kind, content) != content:
            raise SigningError.of("the signature contradicts itself")
    return found


def _split(area: bytes) -> Iterator[tuple[int, bytes]]:
    """Split an area: kind, without the bit that makes one critical, and content."""
    position = 0
    while position < len(area):
        width = _width(area[position])
        start = position + width
        length = int.from_bytes(area[position + (width == 5) : start], "big")  # noqa: PLR2004 - 0xFF and four bytes
        if width == 2:  # noqa: PLR2004 - 192 to 16319
            length += 192 - (192 << 8)
        if not 0 < length <= len(area) - start:
            raise SigningError.of("a part of the signature is longer than all of it, or empty")
        yield area[start] & 0x7F, area[start + 1 : start + length]
        position = start + length


def _width(first: int) -> int:
    """Of how many bytes a length is made."""
    if first < 192:  # noqa: PLR2004 - section 5.2.3.7
        return 1
    return 5 if first == 0xFF else 2  # noqa: PLR2004 - as above
