"""Somebody else's program signs; what it returns is verified by the public key."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from repackage.errors import RepackageError, SigningError, UsageError
from repackage.signing import (
    Checked,
    CommandSigner,
    GpgSigner,
    Several,
    SigningOptions,
    sign_detached,
    split_signing,
)
from repackage.testing import EPOCH
from tests.packets import FakeSigner, Packet

if TYPE_CHECKING:
    from tests.keys import Keyring

DATA = b"as if it were a header"


def program(text: str) -> CommandSigner:
    return CommandSigner(command=(sys.executable, "-c", text))


def test_data_come_in_and_a_signature_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPACKAGE_SIGN_PASSPHRASE", "secret")
    signer = program(
        "import os, sys; data = sys.stdin.buffer.read();"
        "assert 'REPACKAGE_SIGN_PASSPHRASE' not in os.environ;"
        "sys.stdout.buffer.write(data[::-1] + os.environ['SOURCE_DATE_EPOCH'].encode())"
    )

    assert signer.sign(b"abc", date=17) == b"cba17"


def test_a_program_need_not_read_what_it_is_given() -> None:
    assert program("print('x')").sign(bytes(1 << 20), date=0) == b"x\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import sys; sys.exit('no such key: alias/rpm')", "failed with status 1"),
        ("pass", "wrote no signature"),
        ("while True: print('y' * 1000)", "writes more than 65536 bytes"),
        ("print('this is fine')", "does not begin as one"),
        ("import os; os.kill(os.getpid(), 9)", "failed with status -9"),
    ],
)
def test_a_program_that_fails_or_writes_nonsense_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SigningError, match=reason) as caught:
        sign_detached(DATA, program(text), date=0)
    if "alias" in text:
        assert caught.value.problems[0].advice == "no such key: alias/rpm"


def test_a_program_does_not_outlive_an_interrupt(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    told = tmp_path / "pid"
    text = (
        f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid()));"
        f"os.kill({os.getpid()}, {signal.SIGUSR1.value}); time.sleep(600)"
    )
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            program(text).sign(DATA, date=0)
    finally:
        signal.signal(signal.SIGUSR1, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


@pytest.mark.parametrize("command", [("/nonexistent/sign",), ("/",), ("a\0b",)])
def test_a_program_that_is_not_there_is_told(command: tuple[str, ...]) -> None:
    with pytest.raises(SigningError, match="cannot be run"):
        CommandSigner(command=command).sign(DATA, date=0)


def test_no_shell_reads_a_command(tmp_path: Path) -> None:
    made = tmp_path / "made"
    options = SigningOptions(
        command=f"/bin/echo $HOME; touch {made} `id`", public_key=tmp_path / "key"
    )
    signer = options.signer()

    assert signer is not None
    assert signer.sign(DATA, date=0) == f"$HOME; touch {made} `id`\n".encode()
    assert not made.exists()


@pytest.mark.native("gpg", "gpgconf")
def test_the_public_key_alone_tells_whether_a_signature_is_good(
    keys: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNUPGHOME", str(tmp_path / "of-somebody-else"))
    fingerprint, other = keys.make("service"), keys.make("stranger")
    command = shlex.join(
        ["gpg", "--homedir", str(keys.home), "--batch", "--armor", "--detach-sign", "-u"]
    )
    public_key = keys.export("service@keys.example", tmp_path / "key.asc")
    signer = SigningOptions(command=f"{command} {fingerprint}", public_key=public_key).signer()
    assert signer is not None
    (found,) = sign_detached(DATA, signer, date=EPOCH)
    assert found.fingerprint == fingerprint
    assert isinstance(signer, Checked)
    with pytest.raises(SigningError, match="of something else"):
        signer.verify(DATA + b"!", found.packet)

    wrong = SigningOptions(command=f"{command} {other}", public_key=public_key).signer()
    assert wrong is not None
    with pytest.raises(SigningError, match="key that is not here") as caught:
        sign_detached(DATA, wrong, date=EPOCH)
    assert caught.value.problems[0].where == str(public_key)


@pytest.mark.native("gpg", "gpgconf")
def test_a_signature_of_a_key_that_has_expired_is_not_good(
    keys: Keyring, tmp_path: Path
) -> None:
    fingerprint = keys.make("over", expires="2021-01-01")
    public_key = keys.export(fingerprint, tmp_path / "key.asc")
    command = ("gpg", "--homedir", str(keys.home), "--batch", "--faked-system-time",
               "20200601T000000", "--detach-sign", "-u", fingerprint)  # fmt: skip
    signer = Checked(signer=CommandSigner(command=command), public_key=public_key)

    with pytest.raises(SigningError, match="has expired or is revoked"):
        sign_detached(DATA, signer, date=EPOCH)


@pytest.mark.native("gpg")
@pytest.mark.parametrize("content", [None, "", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAA=="])
def test_a_file_that_has_no_public_key_is_told(tmp_path: Path, content: str | None) -> None:
    public_key = tmp_path / "key.asc"
    if content is not None:
        public_key.write_text(content)
    signer = Checked(signer=FakeSigner(), public_key=public_key)

    with pytest.raises(SigningError, match=r"no public key in it|cannot be read: no such file"):
        sign_detached(DATA, signer, date=0)


@pytest.mark.native("gpg")
def test_a_signature_that_gpg_cannot_read_is_not_good(keys: Keyring, tmp_path: Path) -> None:
    keys.make("reader")
    public_key = keys.export("reader@keys.example", tmp_path / "key.asc")
    signer = Checked(signer=FakeSigner(Packet(version=6).encode()), public_key=public_key)

    with pytest.raises(SigningError, match=r"cannot be verified|not here"):
        sign_detached(DATA, signer, date=0)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (SigningOptions(keys=("A",), command="x"), "both given"),
        (SigningOptions(command="x"), "sign-command needs sign-public-key"),
        (SigningOptions(public_key=Path("x")), "sign-public-key is for sign-command"),
        (SigningOptions(keys=("",)), "sign-key is empty"),
        (SigningOptions(command="'", public_key=Path("x")), "cannot be read"),
        (SigningOptions(command="  ", public_key=Path("x")), "is empty"),
    ],
)
def test_what_contradicts_itself_is_refused(options: SigningOptions, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        options.signer()


def test_who_is_not_asked_does_not_sign() -> None:
    assert SigningOptions().signer() is None


@pytest.mark.native("gpg", "gpgconf")
def test_keys_are_looked_for_at_once(home: Keyring) -> None:
    first, second = home.make("first"), home.make("second")

    one = SigningOptions(keys=(first, first)).signer()
    assert isinstance(one, GpgSigner)
    both = SigningOptions(keys=(first, second)).signer()
    assert isinstance(both, Several)
    with pytest.raises(SigningError, match="no such secret key") as caught:
        SigningOptions(keys=("nobody-1", first, "nobody-2")).signer()
    assert [each.where for each in caught.value.problems] == ["nobody-1", "nobody-2"]


def test_settings_are_split() -> None:
    options, rest = split_signing(
        {"sign-key": ["A", "B"], "sign-public-key": "k.asc", "deb.x": "1"}
    )

    assert options == SigningOptions(keys=("A", "B"), public_key=Path("k.asc"))
    assert rest == {"deb.x": "1"}
    with pytest.raises(RepackageError, match="sign-command is given 2 times"):
        split_signing({"sign-command": ["a", "b"]})
