from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from repackage.errors import SigningError, UsageError
from repackage_formats import rpm
from tests.formats.rpm.made import facts, written
from tests.keys import Keyring, keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done

    Run = Callable[..., Done]

pytestmark = pytest.mark.native("gpg", "gpgconf")


@pytest.fixture(scope="module")
def keys() -> Iterator[Keyring]:
    """One key."""
    with keyring() as made:
        made.make("release")
        yield made


@pytest.fixture
def fingerprint(keys: Keyring, monkeypatch: pytest.MonkeyPatch) -> str:
    """The key, where gpg looks for the user's."""
    monkeypatch.setenv("GNUPGHOME", str(keys.home))
    return keys.fingerprints("release@keys.example")[0]


def test_packages_are_signed_with_a_key_of_gpg(
    run: Run, tmp_path: Path, fingerprint: str
) -> None:
    paths = [written(tmp_path, facts(name=name)) for name in ("one", "two")]
    done = run("sign", *paths, "--sign-key", fingerprint)

    assert done.status == 0, done.err
    assert done.out.splitlines() == [str(path) for path in paths]
    assert all(fingerprint[-16:].lower() in rpm.describe(path)["Signature"] for path in paths)
    shown = run("inspect", paths[0])
    assert f"Key ID {fingerprint[-16:].lower()}" in shown.out


def test_what_was_signed_is_json_for_machines(
    run: Run, tmp_path: Path, fingerprint: str
) -> None:
    path = written(tmp_path)
    done = run("sign", path, "--sign-key", fingerprint, "--json")
    (artifact,) = json.loads(done.out)["artifacts"]

    assert (artifact["path"], artifact["format"]) == (str(path), "rpm")
    assert artifact["size"] == path.stat().st_size


def test_a_command_signs_and_the_public_key_tells(
    run: Run, tmp_path: Path, keys: Keyring, fingerprint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNUPGHOME", "/somebody-elses")
    public_key = keys.export(fingerprint, tmp_path / "key.asc")
    command = f"gpg --homedir {keys.home} --batch --detach-sign -u {fingerprint}"
    path = written(tmp_path)
    done = run("sign", path, "--sign-command", command, "--sign-public-key", public_key)

    assert done.status == 0, done.err
    assert fingerprint[-16:].lower() in rpm.describe(path)["Signature"]


def test_without_a_signer_it_is_said_how_to_name_one(run: Run, tmp_path: Path) -> None:
    done = run("sign", written(tmp_path))

    assert done.status == UsageError.exit_code
    assert "nobody is to sign" in done.err
    assert "--sign-key" in done.err


def test_everything_that_is_no_artifact_is_told_at_once(
    run: Run, tmp_path: Path, fingerprint: str
) -> None:
    package = written(tmp_path)
    before = package.read_bytes()
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    done = run("sign", text, package, tmp_path / "absent.rpm", "--sign-key", fingerprint)

    assert done.status == SigningError.exit_code
    assert f"{text}: cannot tell the format" in done.err
    assert "absent.rpm: no such file" in done.err
    assert package.read_bytes() == before


def test_an_unknown_key_is_told(run: Run, tmp_path: Path, fingerprint: str) -> None:
    assert fingerprint
    done = run("sign", written(tmp_path), "--sign-key", "nobody@keys.example")

    assert done.status == SigningError.exit_code
    assert "error: nobody@keys.example: there is no such secret key" in done.err


def test_build_signs(run: Run, project: Project, fingerprint: str) -> None:
    options = [option for option in project.options if option not in ("--arch", "x86_64")]
    options[options.index("debian-12")] = "el10"
    done = run("build", "-f", "rpm", *options, "--sign-key", fingerprint)

    assert done.status == 0, done.err
    (path,) = project.out.iterdir()
    assert fingerprint[-16:].lower() in rpm.describe(path)["Signature"]
    assert run("build", "-f", "deb", *options, "--sign-key", fingerprint).status == 10
