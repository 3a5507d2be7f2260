"""The keyring: asked when a server wants a login, never a person."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from repackage.errors import UsageError
from repackage.fetch import _keyring
from repackage.fetch._credentials import Credentials
from repackage.fetch._keyring import Keyring
from tests.unit.fetch.conftest import BODY, locked
from tests.unit.fetch.server import guarded, running, status

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.fetch.conftest import Fetching
    from tests.unit.fetch.server import Server

#: A backend for the real library: it reads answers from a file and writes down who asked.
BACKEND = """\
import json, os
from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential

class Fake(KeyringBackend):
    priority = 1

    def _find(self, service, username):
        with open(os.environ["ASKED"], "a") as file:
            print(f"{service} {username}", file=file)
        with open(os.environ["ANSWERS"]) as file:
            known = json.load(file)
        return known.get(service)

    def get_password(self, service, username):
        found = self._find(service, username)
        return found[1] if found and found[0] == username else None

    def get_credential(self, service, username):
        found = self._find(service, username)
        return SimpleCredential(*found) if found else None

    def set_password(self, service, username, password):
        raise NotImplementedError

    def delete_password(self, service, username):
        raise NotImplementedError
"""


@dataclass(frozen=True)
class Fake:
    """A keyring of the test's own."""

    directory: Path

    def answers(self, known: dict[str, list[str]]) -> None:
        (self.directory / "answers").write_text(json.dumps(known))

    def asked(self) -> list[str]:
        """Service and user name of every question."""
        log = self.directory / "asked"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """The library, with a backend that knows what a test tells it."""
    directory = tmp_path / "keyring"
    directory.mkdir()
    (directory / "fake_backend.py").write_text(BACKEND)
    monkeypatch.delenv("UV_KEYRING_PROVIDER")
    monkeypatch.delenv("PIP_KEYRING_PROVIDER", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(directory))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "fake_backend.Fake")
    monkeypatch.setenv("ASKED", str(directory / "asked"))
    monkeypatch.setenv("ANSWERS", str(directory / "answers"))
    fake = Fake(directory)
    fake.answers({})
    return fake


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program ``keyring`` that writes down how it was called, and what it may say."""
    directory = tmp_path / "bin"
    directory.mkdir()
    path = directory / "keyring"
    path.write_text(f'#!/bin/sh\necho "$@" >> {directory}/asked\ncat {directory}/says\n')
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(directory), prepend=os.pathsep)
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    return directory


def host(server: Server) -> str:
    return server.url.removeprefix("http://")


def test_it_is_asked_for_the_index_after_a_401(
    fetching: Fetching, server: Server, keyring: Fake
) -> None:
    index = f"{server.url}/simple"
    keyring.answers({index: ["me", "secret"]})
    url = server.on("/lib", guarded(BODY, "me", "secret"))

    assert fetching(locked(url, index=index))["lib"].read_bytes() == BODY
    assert keyring.asked() == [f"{index} None"]
    assert [("Authorization" in headers) for headers in server.seen("/lib")] == [False, True]


def test_it_is_not_asked_where_no_login_is_wanted(
    fetching: Fetching, server: Server, keyring: Fake
) -> None:
    fetching(locked(server.serve("/lib", BODY)))

    assert keyring.asked() == []


def test_the_host_is_asked_for_where_the_index_is_not_known(
    fetching: Fetching, server: Server, keyring: Fake
) -> None:
    keyring.answers({host(server): ["me", "secret"]})
    url = server.on("/lib", guarded(BODY, "me", "secret"))

    assert fetching(locked(url))["lib"].read_bytes() == BODY
    assert keyring.asked() == [f"{server.url}/ None", f"{host(server)} None"]


def test_an_index_of_the_project_is_what_it_is_asked_for(
    fetching: Fetching, server: Server, keyring: Fake, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f'[[tool.uv.index]]\nname = "corp"\nurl = "{server.url}/corp/simple"\n'
    )
    keyring.answers({f"{server.url}/corp/simple": ["me", "secret"]})
    url = server.on("/lib", guarded(BODY, "me", "secret"))

    assert fetching(locked(url))["lib"].read_bytes() == BODY


def test_one_answer_serves_all_files_of_a_host(
    fetching: Fetching, server: Server, keyring: Fake
) -> None:
    keyring.answers({host(server): ["me", "secret"]})
    pins = [
        locked(server.on(f"/{n}", guarded(BODY, "me", "secret")), name=f"lib{n}")
        for n in range(6)
    ]

    fetching(*pins, jobs=1)

    assert len(keyring.asked()) == 2
    assert len(server.requests) == 7


def test_a_user_without_a_password_is_asked_for_at_once(
    fetching: Fetching, server: Server, keyring: Fake
) -> None:
    keyring.answers({host(server): ["me", "secret"]})
    url = server.on("/lib", guarded(BODY, "me", "secret")).replace("http://", "http://me@")

    assert fetching(locked(url))["lib"].read_bytes() == BODY
    assert keyring.asked() == [f"{server.url}/ me", f"{host(server)} me"]
    assert len(server.requests) == 1


@pytest.mark.usefixtures("keyring")
def test_a_user_name_that_is_a_token_needs_no_password(
    fetching: Fetching, server: Server
) -> None:
    url = server.on("/lib", guarded(BODY, "token", "")).replace("http://", "http://token@")

    assert fetching(locked(url))["lib"].read_bytes() == BODY


@pytest.mark.usefixtures("keyring")
def test_without_an_answer_the_advice_says_that_it_was_asked(
    fetching: Fetching, server: Server
) -> None:
    message = fetching.fails(locked(server.on("/lib", status(401))))

    assert message.endswith("netrc; the keyring)")


def test_an_answer_that_is_not_accepted_is_named_and_not_shown(
    fetching: Fetching, server: Server, keyring: Fake
) -> None:
    keyring.answers({host(server): ["me", "hunter2"]})

    message = fetching.fails(locked(server.on("/lib", status(401))))

    assert "the credentials of the keyring were not accepted" in message
    assert "hunter2" not in message
    assert len(server.requests) == 2


def test_a_redirect_to_another_host_asks_for_that_host(
    fetching: Fetching, server: Server, keyring: Fake
) -> None:
    with running() as other:
        keyring.answers({host(server): ["me", "one"], host(other): ["me", "two"]})
        target = other.on("/lib", guarded(BODY, "me", "two"))
        url = server.on("/lib", status(401), status(302, Location=target))

        assert fetching(locked(url))["lib"].read_bytes() == BODY
        assert "Authorization" not in other.seen("/lib")[0]


def test_a_login_that_is_written_down_comes_first(
    fetching: Fetching, server: Server, keyring: Fake
) -> None:
    keyring.answers({host(server): ["me", "secret"]})
    url = server.on("/lib", status(401)).replace("http://", "http://me:other@")

    assert "the credentials of the URL were not accepted" in fetching.fails(locked(url))
    assert keyring.asked() == []


@pytest.mark.parametrize("variable", ["UV_KEYRING_PROVIDER", "PIP_KEYRING_PROVIDER"])
def test_it_can_be_switched_off(
    fetching: Fetching,
    server: Server,
    keyring: Fake,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    keyring.answers({host(server): ["me", "secret"]})
    monkeypatch.setenv(variable, "disabled")

    message = fetching.fails(locked(server.on("/lib", guarded(BODY, "me", "secret"))))

    assert f"no keyring ({variable} is 'disabled')" in message
    assert keyring.asked() == []


def test_a_provider_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subproces")

    with pytest.raises(UsageError, match="'subproces' is no provider of keyrings"):
        Credentials.read(None)


def test_without_the_library_the_advice_is_the_extra(
    fetching: Fetching, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_KEYRING_PROVIDER")
    monkeypatch.setattr(_keyring, "find_spec", lambda _: None)

    message = fetching.fails(locked(server.on("/lib", status(401))))

    assert "no keyring (repackage[keyring] is not installed)" in message


def test_the_program_is_asked_as_uv_does(
    fetching: Fetching, server: Server, program: Path
) -> None:
    (program / "says").write_text("me\nsecret\n")
    url = server.on("/lib", guarded(BODY, "me", "secret"))

    assert fetching(locked(url))["lib"].read_bytes() == BODY
    assert (program / "asked").read_text() == f"--mode creds get {server.url}/\n"


def test_the_program_is_asked_for_the_password_of_a_user(
    fetching: Fetching, server: Server, program: Path
) -> None:
    (program / "says").write_text("secret\n")
    url = server.on("/lib", guarded(BODY, "me", "secret")).replace("http://", "http://me@")

    assert fetching(locked(url))["lib"].read_bytes() == BODY
    assert (program / "asked").read_text() == f"get {server.url}/ me\n"


@pytest.mark.parametrize("said", ["", "one line\n", "one\ntwo\nthree\n"])
def test_a_program_that_says_something_else_knows_nothing(
    fetching: Fetching, server: Server, program: Path, said: str
) -> None:
    (program / "says").write_text(said)

    message = fetching.fails(locked(server.on("/lib", status(401))))

    assert message.endswith("netrc; the program 'keyring')")


def test_a_program_that_is_not_there_is_named(
    fetching: Fetching, server: Server, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program / "keyring").unlink()
    monkeypatch.setenv("PATH", str(program))

    message = fetching.fails(locked(server.on("/lib", status(401))))

    assert "the program 'keyring', which cannot be asked" in message


def test_a_keyring_that_hangs_is_given_up_for_good(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_keyring, "_PATIENCE", 0.1)
    (program / "keyring").write_text("#!/bin/sh\nexec sleep 5\n")
    keyring = Keyring.of_environment()

    assert keyring.ask(["a.example"]) is None
    assert keyring.ask(["b.example"]) is None
    assert keyring.name == "the program 'keyring', which cannot be asked"


def test_nobody_is_prompted(program: Path) -> None:
    (program / "keyring").write_text(
        "#!/bin/sh\n(read -r line </dev/tty) 2>/dev/null && exit 1\nread -r line && exit 1\n"
        "printf 'me\\nsecret\\n'\n"
    )

    assert Keyring.of_environment().ask(["a.example"]) == ("me", "secret")


@pytest.mark.usefixtures("keyring")
def test_a_module_in_the_working_directory_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keyring.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)

    assert Keyring.of_environment().ask(["a.example"]) is None
    assert not (tmp_path / "ran").exists()


def test_the_library_is_never_imported_here() -> None:
    program = (
        "import sys; from repackage.fetch._credentials import Credentials; "
        "Credentials.read(None); assert 'keyring' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
