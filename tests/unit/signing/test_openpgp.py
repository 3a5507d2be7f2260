"""What comes back as a signature is a stranger's: read with care, refused with a reason."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.errors import SigningError
from repackage.signing import read_signatures, sign_detached
from tests.packets import (
    DSA,
    ECDSA,
    ED25519,
    EDDSA,
    FINGERPRINT,
    KEY_ID,
    RSA,
    SHA1,
    SHA256,
    SHA512,
    FakeSigner,
    Packet,
    number,
    subpacket,
)

WHEN = subpacket(2, (1_700_000_000).to_bytes(4, "big"))


@given(
    numbers=st.lists(st.integers(1, 1 << 4096), min_size=1, max_size=2),
    created=st.integers(0, (1 << 32) - 1),
    hashing=st.sampled_from([(SHA256, "SHA256"), (SHA512, "SHA512")]),
    new=st.booleans(),
)
def test_what_is_encoded_is_read(
    numbers: list[int], created: int, hashing: tuple[int, str], *, new: bool
) -> None:
    packet = Packet(
        algorithm=RSA if len(numbers) == 1 else EDDSA,
        hash=hashing[0],
        created=created,
        numbered=tuple(numbers),
        new=new,
    ).encode()
    (found,) = read_signatures(packet)

    assert found.packet == packet
    assert found.algorithm == ("RSA" if len(numbers) == 1 else "EdDSA")
    assert (found.hash, found.created) == (hashing[1], created)
    assert (found.fingerprint, found.key_id) == (
        FINGERPRINT.hex().upper(),
        KEY_ID.hex().upper(),
    )


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with suppress(SigningError):
        assert read_signatures(data)


@given(data=st.data())
def test_a_packet_that_is_altered_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    packet = bytearray(Packet().encode())
    for _ in range(data.draw(st.integers(1, 3))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    with suppress(SigningError):
        assert read_signatures(bytes(packet))


def test_a_packet_that_ends_early_is_refused_wherever_that_is() -> None:
    for version in (4, 6):
        packet = Packet(version=version).encode()
        for end in range(len(packet)):
            with pytest.raises(SigningError):
                read_signatures(packet[:end])
        body = Packet(version=version).body()
        for end in range(len(body)):
            cut = bytes([0xC2, 0xFF]) + end.to_bytes(4, "big") + body[:end]
            with pytest.raises(SigningError):
                read_signatures(cut)


def test_all_lengths_of_packets_are_read() -> None:
    body = Packet(numbered=(1 << 100, 1)).body()
    short = bytes([0xC2, len(body)]) + body
    old = bytes([0x88, len(body)]) + body
    older = bytes([0x8A]) + len(body).to_bytes(4, "big") + body
    long = Packet(algorithm=RSA, numbered=(1 << 3000,)).body()
    between = bytes([0xC2]) + (len(long) - 192 + (192 << 8)).to_bytes(2, "big") + long

    assert len(read_signatures(short + old + older + between)) == 4


@pytest.mark.parametrize("width", [1, 2, 5])
def test_all_lengths_of_subpackets_are_read(width: int) -> None:
    filler = subpacket(20, bytes(200 if width == 2 else 20), width=width)
    (found,) = read_signatures(Packet(hashed=filler + WHEN).encode())

    assert found.created == 1_700_000_000
    assert (found.fingerprint, found.key_id) == ("", KEY_ID.hex().upper())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "there is no signature"),
        (b"hello", "does not begin as one"),
        (bytes(1 << 17), "too many"),
        (Packet(numbered=(1, 1)).encode() * 17, "17 signatures"),
        (Packet(tag=6).encode(), "kind 6 was returned, not a detached signature"),
        (b"\xc2\xe1" + bytes(100), "in parts"),
        (b"\x8b" + bytes(100), "no length"),
        (Packet(version=3).encode(), "version 3"),
        (Packet(version=5).encode(), "version 5"),
        (Packet(kind=1).encode(), "type 0x01"),
        (Packet(algorithm=99).encode(), "not known: 99, 8"),
        (Packet(hash=99).encode(), "not known: 22, 99"),
        (Packet(hashed=b"").encode(), "no date"),
        (Packet(hashed=b"", unhashed=WHEN).encode(), "no date"),
        (Packet(hashed=WHEN + subpacket(2, bytes(4))).encode(), "contradicts itself"),
        (Packet(hashed=b"\x00").encode(), "longer than all of it, or empty"),
        (Packet(hashed=b"\x09\x02").encode(), "longer than all of it"),
        (Packet(hashed=b"\xff").encode(), "longer than all of it, or empty"),
        (Packet(hashed=WHEN + subpacket(33, b"\4abc")).encode(), "cannot be one"),
        (Packet(hashed=WHEN + subpacket(33, b"\7" + FINGERPRINT)).encode(), "cannot be one"),
        (Packet(unhashed=subpacket(16, bytes(8))).encode(), "names two keys"),
        (Packet(numbered=(1,)).encode(), "ends within a part"),
        (Packet(numbered=(1, 2, 3)).encode(), "not as long as it is"),
        (Packet(numbers=number(1) + b"\xff\xff\x00").encode(), "not as long as it is"),
        (Packet(algorithm=ED25519, numbers=bytes(63)).encode(), "not as long as it is"),
        (Packet().encode() + b"\n", "does not begin as one"),
    ],
)
def test_what_is_no_signature_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(SigningError, match=reason):
        read_signatures(data)


def test_newer_kinds_are_read() -> None:
    key = subpacket(33, b"\6" + bytes(range(32)))
    six = Packet(
        version=6, algorithm=ED25519, numbers=bytes(64), hashed=WHEN + key, unhashed=b""
    )
    (found,) = read_signatures(six.encode())

    assert (found.version, found.algorithm) == (6, "Ed25519")
    assert found.key_id == bytes(range(8)).hex().upper()


def armored(
    packet: bytes, *, end: str = "\n", head: str = "", checksum: str = "=njUN"
) -> bytes:
    text = base64.encodebytes(packet).decode()
    lines = [
        "-----BEGIN PGP SIGNATURE-----",
        *([head] if head else []),
        "",
        *text.splitlines(),
        *([checksum] if checksum else []),
        "-----END PGP SIGNATURE-----",
        "",
    ]
    return end.join(lines).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("head", ["", "Version: GnuPG v2", "Comment: by a: service"])
@pytest.mark.parametrize("checksum", ["", "=njUN"])
def test_armor_is_taken_off(end: str, head: str, checksum: str) -> None:
    packet = Packet().encode()
    text = armored(packet, end=end, head=head, checksum=checksum)

    assert [each.packet for each in read_signatures(text)] == [packet]
    assert [each.packet for each in read_signatures(b"\n" + text + text)] == [packet] * 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"-----BEGIN PGP MESSAGE-----\n\nAA==\n-----END PGP MESSAGE-----\n", "no signature"),
        (b"-----BEGIN PGP SIGNED MESSAGE-----\n\nhello", "no signature"),
        (armored(Packet().encode())[:-10], "no signature"),
        (armored(Packet().encode()) + b"trailing", "no signature"),
        (armored(Packet().encode(), checksum="").replace(b"=", b"A"), "damaged"),
        (armored(b"").replace(b"=njUN\n", b"A\n"), "armor of the signature is damaged"),
    ],
)
def test_armor_of_something_else_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(SigningError, match=reason):
        read_signatures(text)


@given(st.binary(max_size=200))
def test_whatever_looks_like_armor_is_read_or_refused(data: bytes) -> None:
    with suppress(SigningError):
        read_signatures(b"-----BEGIN PGP SIGNATURE-----\n" + data)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (Packet(hash=SHA1), "SHA1, which is not accepted any more"),
        (Packet(hash=1), "MD5"),
        (Packet(algorithm=DSA), "DSA key"),
        (Packet(hashed=WHEN, unhashed=b""), "does not tell with which key"),
        (Packet(created=(1 << 32) - 1), "in the future"),
    ],
)
def test_weak_signatures_are_refused(packet: Packet, reason: str) -> None:
    with pytest.raises(SigningError, match=reason):
        sign_detached(b"data", FakeSigner(returns=packet.encode()), date=0)


def test_everything_that_is_wrong_with_several_is_said_at_once() -> None:
    both = Packet(hash=SHA1).encode() + Packet(algorithm=DSA).encode()

    with pytest.raises(SigningError, match="SHA1") as caught:
        sign_detached(b"data", FakeSigner(returns=both), date=0)
    assert len(caught.value.problems) == 2
    assert {each.where for each in caught.value.problems} == {
        f"signature of {FINGERPRINT.hex().upper()}"
    }


def test_a_signer_is_given_the_data_and_the_date() -> None:
    signer = FakeSigner(returns=Packet(algorithm=ECDSA).encode())
    (found,) = sign_detached(b"data", signer, date=5)

    assert signer.given == [(b"data", 5)]
    assert str(found) == f"ECDSA/SHA256, key {FINGERPRINT.hex().upper()}"
