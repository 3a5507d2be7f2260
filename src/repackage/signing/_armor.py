"""Armor: a signature as text (RFC 9580, section 6)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from repackage.errors import SigningError

#: A block with its headers, which end with an empty line, and its checksum, which RFC 9580
#: has readers ignore.
_BLOCK: Final = re.compile(
    rb"-----BEGIN PGP SIGNATURE-----[ \t]*\r?\n"
    rb"(?:[A-Za-z]+: [^\r\n]*\r?\n)*[ \t]*\r?\n"
    rb"([A-Za-z0-9+/=\s]*?)"
    rb"(?:\r?\n=[A-Za-z0-9+/]{4}[ \t]*)?\r?\n"
    rb"-----END PGP SIGNATURE-----\s*"
)
_BEGIN: Final = b"-----BEGIN "


def without_armor(data: bytes) -> bytes:
    """Take armor off, if there is any.

    Raises:
        SigningError: There is, and it is damaged, or of something else.
    """
    stripped = data.lstrip()
    if not stripped.startswith(_BEGIN):
        return data
    found, position = bytearray(), 0
    while position < len(stripped):
        block = _BLOCK.match(stripped, position)
        if block is None:
            raise SigningError.of("what the signer returned is armored, but is no signature")
        try:
            found += base64.b64decode(b"".join(block[1].split()), validate=True)
        except binascii.Error as error:
            raise SigningError.of("the armor of the signature is damaged") from error
        position = block.end()
    return bytes(found)
