"""A signature covers the header, the header covers all else; nothing moves when it is added."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from typing import TYPE_CHECKING

import pytest
import rpm_rs
from hypothesis import given
from hypothesis import strategies as st

from repackage.errors import InputError, SigningError
from repackage.format import Signs
from repackage.signing import GpgSigner, Several
from repackage.testing import EPOCH
from repackage_formats import rpm
from repackage_formats.rpm._header_decode import Entry, Tags, read_tags
from repackage_formats.rpm._header_tags import Region, SignatureTag, Tag
from repackage_formats.rpm._lead import LEAD
from repackage_formats.rpm._sign import _kept, sign_package
from repackage_formats.rpm._signature_header import SIGNATURE_SIZE
from tests.formats.rpm import librpm
from tests.formats.rpm.made import facts, headers, written
from tests.formats.rpm.rpms import INT32, STRINGS, Listed, Rpm
from tests.keys import keyring
from tests.packets import ECDSA, ED25519, EDDSA, RSA, SHA1, FakeSigner, Packet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.signing import Signer
    from tests.keys import Keyring

OLD = {SignatureTag.DSA, SignatureTag.RSA}


def packet(algorithm: int, *, bits: int = 256, version: int = 4) -> bytes:
    """A signature of nobody's."""
    if algorithm == ED25519:
        return Packet(algorithm=algorithm, numbers=bytes(64), version=version).encode()
    numbers = (1 << bits - 1,) if algorithm == RSA else (1 << bits - 1, 3)
    return Packet(algorithm=algorithm, numbered=numbers, version=version).encode()


def signed(path: Path, *packets: bytes) -> Tags:
    """Sign a package, and return its signature header."""
    rpm.sign(path, FakeSigner(returns=b"".join(packets)))
    return headers(path.read_bytes())[0]


def test_the_format_can_be_signed() -> None:
    form: Signs = rpm

    assert isinstance(form, Signs)


@pytest.mark.parametrize("rpm_format", [4, 6])
@pytest.mark.parametrize(
    ("algorithm", "tag"),
    [(RSA, SignatureTag.RSA), (EDDSA, SignatureTag.DSA), (ECDSA, SignatureTag.DSA)],
)
def test_a_signature_is_where_every_rpm_looks(
    tmp_path: Path, rpm_format: int, algorithm: int, tag: SignatureTag
) -> None:
    made = packet(algorithm, bits=4096 if algorithm == RSA else 256)
    tags = signed(written(tmp_path, facts(rpm_format=rpm_format)), made)

    assert tags.data(tag) == made
    assert tags.texts(SignatureTag.OPENPGP) == (base64.b64encode(made).decode(),)
    assert len(OLD & tags.entries.keys()) == 1


@pytest.mark.parametrize("rpm_format", [4, 6])
def test_nothing_but_the_signature_header_changes(tmp_path: Path, rpm_format: int) -> None:
    path = written(tmp_path, facts(rpm_format=rpm_format))
    before = path.read_bytes()
    after_ = signed(path, packet(RSA, bits=4096))
    after = path.read_bytes()
    rest = LEAD.size + SIGNATURE_SIZE

    assert len(after) == len(before)
    assert after[: LEAD.size] == before[: LEAD.size]
    assert after[rest:] == before[rest:]
    kept = headers(before)[0].entries.keys() - {
        SignatureTag.RESERVED,
        SignatureTag.RESERVED_SPACE,
    }
    assert kept <= after_.entries.keys()
    assert librpm.problems(after[LEAD.size : rest], region=Region.SIGNATURES) == []
    assert [entry.path for entry in rpm.read(path)][-1] == "usr/lib/demo/a"


def test_what_is_signed_is_the_header_as_of_its_own_date(tmp_path: Path) -> None:
    path, signer = written(tmp_path), FakeSigner()
    rpm.sign(path, signer)
    _, main, _ = headers(path.read_bytes())

    assert signer.given == [(main.encoded, EPOCH)]


def test_signing_again_replaces_all_signatures(tmp_path: Path) -> None:
    path = written(tmp_path)
    signed(path, packet(RSA, bits=4096))
    first = path.read_bytes()
    tags = signed(path, packet(EDDSA))
    assert SignatureTag.RSA not in tags.entries
    assert len(tags.texts(SignatureTag.OPENPGP)) == 1
    signed(path, packet(RSA, bits=4096))

    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("packets", "old"),
    [
        ((packet(EDDSA), packet(RSA)), packet(RSA)),
        ((packet(EDDSA), packet(ECDSA)), packet(EDDSA)),
        ((packet(ED25519, version=6), packet(EDDSA)), packet(EDDSA)),
        ((packet(ED25519, version=6),), b""),
    ],
)
def test_of_several_one_is_for_older_rpms_and_all_are_for_newer(
    tmp_path: Path, packets: tuple[bytes, ...], old: bytes
) -> None:
    tags = signed(written(tmp_path), *packets)
    encoded = tuple(base64.b64encode(each).decode() for each in packets)

    assert tags.texts(SignatureTag.OPENPGP) == encoded
    assert b"".join(tags.data(tag) for tag in OLD) == old


@given(bits=st.integers(1, 16384))
def test_signatures_of_any_length_leave_a_header_that_librpm_reads(
    tmp_path_factory: pytest.TempPathFactory, bits: int
) -> None:
    path = written(tmp_path_factory.mktemp("any"))
    rpm.sign(path, FakeSigner(returns=packet(RSA, bits=bits)))
    data = path.read_bytes()
    file = io.BytesIO(data)
    file.seek(LEAD.size)
    tags = read_tags(file)

    assert librpm.problems(tags.encoded, region=Region.SIGNATURES) == []
    assert list(rpm.read(path))


def test_a_package_of_somebody_else_that_reserves_nothing_grows(tmp_path: Path) -> None:
    path = tmp_path / "other.rpm"
    made = Rpm(files=[Listed("/a", b"1")])
    payload = gzip.compress(made.payload(), mtime=0)
    made.tags[5092] = (STRINGS, [hashlib.sha256(payload).hexdigest()])
    path.write_bytes(made.encode(payload=payload))
    before = path.read_bytes()
    rpm.sign(path, FakeSigner(returns=packet(RSA, bits=4096)))
    after = path.read_bytes()

    assert len(after) > len(before)
    assert after.endswith(before[before.index(b"\x8e\xad\xe8", LEAD.size + 8) :])
    assert [entry.path for entry in rpm.read(path)] == ["a"]
    assert rpm.describe(path)["Signature"].startswith("RSA/SHA256, 2023-11-14T22:13:20+00:00")


def test_what_does_not_cover_its_payload_is_not_signed(tmp_path: Path) -> None:
    path = tmp_path / "other.rpm"
    path.write_bytes(Rpm(files=[Listed("/a", b"1")], tags={1006: (INT32, (1,))}).encode())

    with pytest.raises(SigningError, match="no digest of the payload"):
        rpm.sign(path, FakeSigner())


@pytest.mark.parametrize("at", [LEAD.size + SIGNATURE_SIZE + 400, -1])
def test_what_is_altered_is_not_signed(tmp_path: Path, at: int) -> None:
    path = written(tmp_path)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)

    with pytest.raises(InputError, match="altered"):
        rpm.sign(path, FakeSigner())
    assert path.read_bytes() == data


def test_what_is_no_rpm_is_not_signed(tmp_path: Path) -> None:
    path = tmp_path / "app.rpm"
    path.write_bytes(b"!<arch>\n")

    with pytest.raises(InputError, match="not an rpm"):
        rpm.sign(path, FakeSigner())


@pytest.mark.parametrize(
    "returned",
    [b"", b"nonsense", Packet(hash=SHA1).encode(), Packet(unhashed=b"").encode()],
)
def test_what_the_signer_cannot_sign_stays_as_it_is(tmp_path: Path, returned: bytes) -> None:
    path = written(tmp_path)
    before = path.read_bytes()

    with pytest.raises(SigningError):
        rpm.sign(path, FakeSigner(returns=returned))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("kind", "offset", "count", "reason"),
    [
        (1, 0, 16, "is bad"),
        (99, 0, 16, "is bad"),
        (7, 4, 4, "has no end"),
        (4, 0, 3, "has no end"),
        (6, 2, 2, "has no end"),
    ],
)
def test_a_signature_header_that_lies_is_refused(
    kind: int, offset: int, count: int, reason: str
) -> None:
    store = b"abcd\0"
    lying = Entry(type=kind, offset=offset, count=count)
    tags = Tags(entries={SignatureTag.SHA1: lying}, store=store[: offset + 3], encoded=b"")

    with pytest.raises(InputError, match=reason):
        _kept(tags)


def test_signatures_that_cannot_be_read_are_told_not_believed(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert rpm.describe(path)["Signature"] == "(none)"
    signed(path, packet(EDDSA))
    data = path.read_bytes()
    at = data.index(packet(EDDSA))
    path.write_bytes(data[: at + 3] + b"\x01" + data[at + 4 :])

    shown = rpm.describe(path)["Signature"]
    assert shown.startswith("cannot be read; EdDSA/SHA256, 2023-11-14T22:13:20+00:00, Key ID")


@pytest.fixture(scope="module")
def keys() -> Iterator[Keyring]:
    """Keys of this module's own."""
    with keyring() as made:
        yield made


@pytest.mark.native("gpg", "gpgconf")
@pytest.mark.parametrize("rpm_format", [4, 6])
@pytest.mark.parametrize("algorithm", ["rsa3072", "ed25519"])
def test_rpm_rs_verifies_it_by_the_public_key(
    tmp_path: Path, keys: Keyring, algorithm: str, rpm_format: int
) -> None:
    signer = GpgSigner.of(_key(keys, f"rs-{algorithm}", algorithm), home=keys.home)
    public_key = keys.export(f"rs-{algorithm}@keys.example", tmp_path / "key.asc")
    stranger = keys.make(f"stranger-{algorithm}-{rpm_format}")
    path = written(tmp_path, facts(rpm_format=rpm_format))
    with pytest.raises(RuntimeError):
        _verify(path, public_key)
    sign_package(path, signer)
    once = path.read_bytes()

    _verify(path, public_key)
    with pytest.raises(RuntimeError):
        _verify(path, keys.export(stranger, tmp_path / "other.asc"))
    sign_package(path, GpgSigner.of(stranger, home=keys.home))
    with pytest.raises(RuntimeError):
        _verify(path, public_key)
    _verify(path, tmp_path / "other.asc")
    sign_package(path, signer)
    assert path.read_bytes() == once


def _key(keys: Keyring, name: str, algorithm: str) -> str:
    """Make a key once."""
    try:
        return keys.fingerprints(f"{name}@keys.example")[0]
    except AssertionError:
        return keys.make(name, algorithm=algorithm)


def _verify(path: Path, public_key: Path) -> None:
    verifier = rpm_rs.Verifier.from_file(str(public_key))
    package = rpm_rs.Package.open(str(path))
    package.verify_digests()
    package.verify_signature(verifier)


@pytest.mark.native("gpg", "gpgconf")
def test_several_keys_sign_one_package(tmp_path: Path, keys: Keyring) -> None:
    made = [_key(keys, name, name) for name in ("rsa3072", "ed25519")]
    signer: Signer = Several(signers=tuple(GpgSigner.of(each, home=keys.home) for each in made))
    path = written(tmp_path)
    rpm.sign(path, signer)
    signature, main, _ = headers(path.read_bytes())

    assert len(signature.texts(SignatureTag.OPENPGP)) == 2
    assert signature.data(SignatureTag.RSA)
    assert not signature.data(SignatureTag.DSA)
    assert rpm.describe(path)["Signature"].count("Key ID") == 2
    assert main.number(Tag.BUILD_TIME) == EPOCH
