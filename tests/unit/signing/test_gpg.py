"""Keys that gpg has: chosen as gpg would, used without a trace of what unlocks them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from repackage.errors import SigningError
from repackage.signing import GpgSigner, Several, read_signatures, sign_detached
from repackage.testing import EPOCH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.keys import Keyring

pytestmark = pytest.mark.native("gpg", "gpgconf")

DATA = b"\x8e\xad\xe8\x01 as if it were a header"


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [("rsa3072", "RSA"), ("ed25519", "EdDSA"), ("nistp256", "ECDSA")],
)
def test_a_signature_is_good_and_always_the_same(
    home: Keyring, algorithm: str, name: str
) -> None:
    fingerprint = home.make(f"same-{algorithm}", algorithm=algorithm)
    signer = GpgSigner.of(fingerprint)
    (first,) = sign_detached(DATA, signer, date=EPOCH)
    (second,) = sign_detached(DATA, GpgSigner.of(f"same-{algorithm}@keys.example"), date=EPOCH)

    assert first == second
    assert (first.algorithm, first.hash, first.created) == (name, "SHA256", EPOCH)
    assert first.fingerprint == fingerprint
    assert signer.gpg.verify(DATA, first.packet) == (fingerprint, fingerprint)


def test_a_signature_of_something_else_is_refused(home: Keyring) -> None:
    signer = GpgSigner.of(home.make("other"))
    packet = signer.sign(DATA, date=EPOCH)

    with pytest.raises(SigningError, match="is not good: it is of something else"):
        signer.verify(DATA + b"!", packet)
    with pytest.raises(SigningError, match=r"signature is of [0-9A-F]{40}"):
        GpgSigner.of(home.make("another")).verify(DATA, packet)


def test_the_newest_subkey_signs_unless_another_is_named(home: Keyring) -> None:
    primary = home.make("subkeys")
    older = home.add(primary, algorithm="rsa2048")
    newer = home.add(primary, born="20210101T000000")

    assert GpgSigner.of(primary).key.fingerprint == newer
    assert GpgSigner.of("subkeys@keys.example").key.fingerprint == newer
    assert GpgSigner.of(f"{older}!").key.fingerprint == older
    assert GpgSigner.of(f"0x{primary[-16:].lower()}!").key.fingerprint == primary
    with pytest.raises(SigningError, match="'!' is for fingerprints"):
        GpgSigner.of("subkeys@keys.example!")
    (found,) = sign_detached(DATA, GpgSigner.of(f"{older}!"), date=EPOCH)
    assert (found.fingerprint, found.algorithm) == (older, "RSA")


def test_no_signature_is_older_than_its_key(home: Keyring) -> None:
    signer = GpgSigner.of(home.make("young", born="20240601T000000"))
    (found,) = sign_detached(DATA, signer, date=EPOCH)

    assert found.created == 1_717_200_000 > EPOCH


def test_no_signature_is_older_than_what_vouches_for_its_key(home: Keyring) -> None:
    primary = home.make("renewed", expires="2040-01-01")
    home.gpg("--faked-system-time", "20250101T000000", "--quick-set-expire", primary, "0")

    assert GpgSigner.of(primary).since == 1_735_689_600


def test_a_key_that_is_not_there_is_refused(home: Keyring) -> None:
    home.make("somebody")
    with pytest.raises(SigningError, match="no such secret key") as caught:
        GpgSigner.of("nobody@keys.example")
    assert caught.value.problems[0].where == "nobody@keys.example"
    with pytest.raises(SigningError, match="no such secret key"):
        GpgSigner.of("--version")


def test_a_name_that_several_keys_have_is_refused(home: Keyring) -> None:
    fingerprints = {home.make("twins-1"), home.make("twins-2")}

    with pytest.raises(SigningError, match="several keys") as caught:
        GpgSigner.of("twins-")
    assert all(each in caught.value.problems[0].advice for each in fingerprints)


def test_a_key_that_has_expired_is_refused(home: Keyring) -> None:
    expired = home.make("expired", expires="2021-01-01")

    with pytest.raises(SigningError, match=f"{expired} has expired"):
        GpgSigner.of(expired)


def test_a_key_that_is_revoked_is_refused(home: Keyring) -> None:
    revoked = home.make("revoked")
    certificate = home.home / f"openpgp-revocs.d/{revoked}.rev"
    certificate.write_text(certificate.read_text().replace("\n:---", "\n---"))
    home.gpg("--import", str(certificate))

    with pytest.raises(SigningError, match=f"{revoked} is revoked"):
        GpgSigner.of(revoked)


def test_a_key_that_is_not_for_signing_is_refused(home: Keyring) -> None:
    with pytest.raises(SigningError, match="not for signing"):
        GpgSigner.of(home.make("certifies", usage="cert"))


def test_a_key_whose_secret_half_is_elsewhere_is_refused(home: Keyring) -> None:
    primary = home.make("offline")
    subkey = home.add(primary)
    listed = home.gpg("--with-colons", "--with-keygrip", "-K", subkey).decode().splitlines()
    grips = [line.split(":")[9] for line in listed if line.startswith("grp")]
    (home.home / f"private-keys-v1.d/{grips[0]}.key").unlink()

    assert GpgSigner.of(primary).key.fingerprint == subkey
    with pytest.raises(SigningError, match="is not on this machine"):
        GpgSigner.of(f"{primary}!")


@pytest.fixture
def locked(home: Keyring, locked_key: str) -> GpgSigner:
    """A key with a passphrase, which nobody has typed yet."""
    _forget(home)
    return GpgSigner.of(locked_key)


def _forget(keys: Keyring) -> None:
    """Have the agent forget what unlocks keys."""
    subprocess.run(
        ["gpgconf", "--homedir", str(keys.home), "--reload", "gpg-agent"], check=True
    )


def test_a_passphrase_comes_from_the_environment(
    locked: GpgSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPACKAGE_SIGN_PASSPHRASE", "correct horse")

    assert len(sign_detached(DATA, locked, date=EPOCH)) == 1


def test_a_passphrase_comes_from_a_file_or_a_descriptor(
    locked: GpgSigner, home: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("correct horse\nand nothing else\n")
    with secret.open() as file:
        for named in (str(secret), f"/dev/fd/{file.fileno()}"):
            _forget(home)
            monkeypatch.setenv("REPACKAGE_SIGN_PASSPHRASE_FILE", named)
            assert len(sign_detached(DATA, locked, date=EPOCH)) == 1


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("REPACKAGE_SIGN_PASSPHRASE", "wrong", "gpg does not sign: the passphrase is wrong"),
        ("REPACKAGE_SIGN_PASSPHRASE", "two\nlines", "not one line"),
        ("REPACKAGE_SIGN_PASSPHRASE", "x" * 5000, "not one line of less than 4096 bytes"),
        ("REPACKAGE_SIGN_PASSPHRASE_FILE", "/", "cannot be read: is a directory"),
    ],
)
def test_a_passphrase_that_is_none_is_refused(
    locked: GpgSigner, variable: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SigningError, match=reason):
        locked.sign(DATA, date=EPOCH)


def test_an_agent_that_nobody_answers_is_told(locked: GpgSigner) -> None:
    with pytest.raises(SigningError, match="gpg does not sign: ") as caught:
        locked.sign(DATA, date=EPOCH)
    (problem,) = caught.value.problems
    assert problem.where == locked.key.fingerprint
    assert "REPACKAGE_SIGN_PASSPHRASE_FILE" in problem.advice


def test_an_agent_that_knows_the_passphrase_asks_for_none(
    locked: GpgSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPACKAGE_SIGN_PASSPHRASE", "correct horse")
    once = locked.sign(DATA, date=EPOCH)
    monkeypatch.delenv("REPACKAGE_SIGN_PASSPHRASE")

    assert locked.sign(DATA, date=EPOCH) == once


def test_nobody_sees_a_passphrase(
    locked: GpgSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = locked.gpg.program
    spy, log = tmp_path / "bin/gpg", tmp_path / "log"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\necho "$@" >> {log}\nenv >> {log}\nexec {real} "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("REPACKAGE_SIGN_PASSPHRASE", "correct horse")
    sign_detached(DATA, GpgSigner.of(locked.key.fingerprint), date=EPOCH)

    seen = log.read_text()
    assert "--detach-sign" in seen
    assert "--passphrase-fd" in seen
    assert "correct horse" not in seen


def test_without_gpg_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(SigningError, match="'gpg' is needed to sign, and not installed"):
        GpgSigner.of("somebody")


def test_a_gpg_that_cannot_be_run_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "gpg"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SigningError, match="cannot be run"):
        GpgSigner.of("somebody")


def test_several_keys_sign_the_same(home: Keyring) -> None:
    signers = tuple(GpgSigner.of(home.make(f"several-{each}")) for each in ("a", "b"))
    both = Several(signers=signers)
    found = sign_detached(DATA, both, date=EPOCH)

    assert [each.fingerprint for each in found] == [each.key.fingerprint for each in signers]
    with pytest.raises(SigningError, match="none of the keys that sign"):
        both.verify(DATA, GpgSigner.of(home.make("several-c")).sign(DATA, date=EPOCH))


def test_if_several_keys_are_gone_it_is_said_of_each(home: Keyring) -> None:
    names = [home.make(f"gone-{each}") for each in ("a", "b")]
    both = Several(signers=tuple(GpgSigner.of(name) for name in names))
    home.gpg("--delete-secret-keys", *names)

    with pytest.raises(SigningError, match="gpg does not sign") as caught:
        both.sign(DATA, date=EPOCH)
    assert [each.where for each in caught.value.problems] == names


def test_what_gpg_is_configured_to_write_is_not_written(home: Keyring) -> None:
    signer = GpgSigner.of(home.make("configured"))
    plain = signer.sign(DATA, date=EPOCH)
    configuration = home.home / "gpg.conf"
    configuration.write_text("armor\ndigest-algo SHA1\ntextmode\ndefault-key nobody\n")
    try:
        assert signer.sign(DATA, date=EPOCH) == plain
        assert len(read_signatures(plain)) == 1
    finally:
        configuration.unlink()
