"""Signatures as OpenPGP has them, made by hand: well-formed ones, that are nobody's, or not."""

from __future__ import annotations

from dataclasses import dataclass, field

FINGERPRINT = bytes(range(1, 21))
KEY_ID = FINGERPRINT[-8:]
RSA, DSA, ECDSA, EDDSA, ED25519 = 1, 17, 19, 22, 27
SHA1, SHA256, SHA512 = 2, 8, 10


def subpacket(kind: int, content: bytes, *, width: int = 1) -> bytes:
    """Encode a subpacket with a length of one, two or five bytes."""
    length = len(content) + 1
    heads = {
        1: bytes([length]) if width == 1 else b"",
        2: ((length - 192) + (192 << 8)).to_bytes(2, "big") if width == 2 else b"",
        5: b"\xff" + length.to_bytes(4, "big"),
    }
    return heads[width] + bytes([kind]) + content


def number(value: int) -> bytes:
    """Encode a number of many bits."""
    bits = value.bit_length()
    return bits.to_bytes(2, "big") + value.to_bytes((bits + 7) // 8, "big")


@dataclass
class Packet:
    """A signature packet that can be made wrong in any way."""

    version: int = 4
    kind: int = 0
    algorithm: int = EDDSA
    hash: int = SHA256
    created: int = 1_700_000_000
    hashed: bytes | None = None
    unhashed: bytes | None = None
    numbers: bytes | None = None
    numbered: tuple[int, ...] = field(default=(7, 1 << 255))
    new: bool = False
    tag: int = 2

    def body(self) -> bytes:
        """Encode what is in the packet."""
        when = subpacket(2, self.created.to_bytes(4, "big"))
        hashed = (
            when + subpacket(33, b"\4" + FINGERPRINT) if self.hashed is None else self.hashed
        )
        unhashed = subpacket(16, KEY_ID) if self.unhashed is None else self.unhashed
        width = 4 if self.version == 6 else 2
        numbers = b"".join(map(number, self.numbered)) if self.numbers is None else self.numbers
        return b"".join(
            (
                bytes([self.version, self.kind, self.algorithm, self.hash]),
                len(hashed).to_bytes(width, "big") + hashed,
                len(unhashed).to_bytes(width, "big") + unhashed,
                b"\xab\xcd",
                b"\x10" + bytes(16) if self.version == 6 else b"",
                numbers,
            )
        )

    def encode(self) -> bytes:
        """Encode it with its head."""
        body = self.body()
        if self.new:
            return bytes([0xC0 | self.tag, 0xFF]) + len(body).to_bytes(4, "big") + body
        return bytes([0x80 | self.tag << 2 | 1]) + len(body).to_bytes(2, "big") + body


@dataclass
class FakeSigner:
    """Returns what a test wants, and remembers what it was given."""

    returns: bytes = field(default_factory=lambda: Packet().encode())
    given: list[tuple[bytes, int]] = field(default_factory=list)

    def sign(self, data: bytes, *, date: int) -> bytes:
        self.given.append((data, date))
        return self.returns
