"""Where logins are found, and that nobody sees them."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from repackage.container import Reference
from repackage.container._logins import IdentityToken, Logins
from repackage.errors import UsageError
from repackage.network import Login
from tests.unit.container.images import simple

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.container._logins import Identity
    from tests.unit.container.conftest import Images

HOST = "registry.example:5000"
APP = Reference.parse(f"{HOST}/team/app:1")
SECRET = "hunter2:with:colons"


def pair(username: str, password: str = SECRET) -> str:
    return b64encode(f"{username}:{password}".encode()).decode()


def keep(path: Path, **tables: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(tables))
    return path


def found(reference: Reference = APP) -> Identity | None:
    return Logins.of_environment().find(reference)


def username() -> str:
    login = found()
    assert isinstance(login, Login)
    return login.username


@pytest.fixture
def docker(no_environment: Path) -> Path:
    """Docker's ``config.json``."""
    return no_environment


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place on the PATH for ``docker-credential-mine``."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")
    return directory / "docker-credential-mine"


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_without_files_there_is_no_login() -> None:
    assert found() is None


@pytest.mark.parametrize(
    "entry",
    [
        {"auth": pair("me")},
        {"username": "me", "password": SECRET},
    ],
)
@pytest.mark.parametrize("key", [HOST, f"https://{HOST}/v1/", f"http://{HOST}", HOST.upper()])
def test_a_login_is_read_as_docker_writes_it(
    docker: Path, key: str, entry: dict[str, str]
) -> None:
    keep(docker, auths={key: entry})

    assert found() == Login(username="me", password=SECRET, source=str(docker))
    assert SECRET not in repr(found())


def test_an_identity_token_is_no_password(docker: Path) -> None:
    entry = {"auth": pair("<token>", ""), "identitytoken": SECRET}
    keep(docker, auths={HOST: entry})

    assert found() == IdentityToken(token=SECRET, source=str(docker))
    assert SECRET not in repr(found())


def test_the_longest_part_of_the_path_counts(docker: Path) -> None:
    entries = {HOST: "host", f"{HOST}/team": "team", f"{HOST}/team/ap": "other"}
    keep(docker, auths={key: {"auth": pair(name)} for key, name in entries.items()})

    assert username() == "team"


def test_other_hosts_and_ports_are_others(docker: Path) -> None:
    others = ["registry.example", "registry.example:5001", "example:5000", f"x.{HOST}"]
    keep(docker, auths={key: {"auth": pair("me")} for key in others})

    assert found() is None


def test_the_places_are_looked_at_in_order(
    docker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [
        docker,
        tmp_path / "home" / ".config" / "containers" / "auth.json",
        tmp_path / "run" / "containers" / "auth.json",
    ]
    for path in places:
        keep(path, auths={HOST: {"auth": pair(path.parts[-2])}})
        assert username() == path.parts[-2]

    chosen = keep(tmp_path / "chosen.json", auths={HOST: {"auth": pair("chosen")}})
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(chosen))
    assert username() == "chosen"
    chosen.unlink()
    assert found() is None  # whoever chooses a file means no other
    assert Logins.of_environment().looked_for() == str(chosen)


def test_without_a_runtime_directory_the_usual_one_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")

    assert f"/run/containers/{os.getuid()}/auth.json" in Logins.of_environment().looked_for()


@pytest.mark.parametrize("text", ["{", "\x00", "[" * 100_000])
def test_a_file_that_cannot_be_read_is_named(docker: Path, text: str) -> None:
    docker.write_text(text)

    with pytest.raises(UsageError, match=r"config\.json: cannot be read: it is not JSON"):
        found()


@pytest.mark.parametrize(
    "table",
    [
        [],
        {"auths": []},
        {"auths": {HOST: []}},
        {"auths": {HOST: {}}},
        {"credHelpers": {HOST: 1}},
    ],
)
def test_what_is_no_login_is_none(docker: Path, table: object) -> None:
    docker.write_text(json.dumps(table))

    assert found() is None


@pytest.mark.parametrize("auth", ["hunter2", "aHVudGVyMg==", "/w=="])
def test_a_damaged_login_is_not_shown(docker: Path, auth: str) -> None:
    keep(docker, auths={HOST: {"auth": auth}})

    with pytest.raises(UsageError) as caught:
        found()
    assert "not a user name and a password" in str(caught.value)
    assert auth not in str(caught.value)


def test_a_helper_is_asked_for_its_registry(docker: Path, helper: Path) -> None:
    script(
        helper,
        f'test "$1" = get && read host; test "$host" = {HOST} || exit 1\n'
        f'echo \'{{"ServerURL": "x", "Username": "me", "Secret": "{SECRET}"}}\'',
    )
    keep(docker, credHelpers={HOST: "mine"}, credsStore="missing")

    assert found() == Login(username="me", password=SECRET, source="docker-credential-mine")


def test_a_store_is_asked_for_all_registries(docker: Path, helper: Path) -> None:
    script(helper, f'echo \'{{"Username": "<token>", "Secret": "{SECRET}"}}\'')
    keep(docker, credsStore="mine")

    assert found() == IdentityToken(token=SECRET, source="docker-credential-mine")


def test_what_a_helper_does_not_know_may_be_written_down(docker: Path, helper: Path) -> None:
    script(helper, "echo credentials not found in native keychain; exit 1")
    keep(docker, credsStore="mine", auths={HOST: {"auth": pair("me")}})

    assert username() == "me"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("echo the vault is locked >&2; exit 3", "failed: status 3: the vault is locked"),
        ("echo nothing", "its answer is no login"),
        ("echo '{}'", "its answer is no login"),
        (f'echo \'{{"Secret": "{SECRET}"}}\'; exit 1', "an answer all the same"),
    ],
)
def test_a_helper_that_fails_is_named(docker: Path, helper: Path, text: str, said: str) -> None:
    script(helper, text)
    keep(docker, credsStore="mine")

    with pytest.raises(UsageError) as caught:
        found()
    assert "docker-credential-mine failed" in str(caught.value)
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_helper_that_cannot_be_run_is_named(docker: Path, helper: Path) -> None:
    helper.write_text("no program")
    helper.chmod(0o755)
    keep(docker, credsStore="mine")

    with pytest.raises(UsageError, match="docker-credential-mine failed"):
        found()


@pytest.mark.parametrize("name", ["missing", "../mine", "a/b", "-x"])
def test_a_helper_that_is_not_there_is_named(docker: Path, name: str) -> None:
    keep(docker, credHelpers={HOST: name})

    with pytest.raises(UsageError, match=r"the program .* is not there"):
        found()


def test_a_helper_is_not_asked_where_nobody_wants_a_login(
    images: Images, docker: Path, tmp_path: Path
) -> None:
    keep(docker, credsStore="missing")

    images.push(simple(b"app").directory(tmp_path / "layout"))


def test_a_helper_that_fails_stops_a_push(images: Images, docker: Path, tmp_path: Path) -> None:
    images.registry.basic = ("me", SECRET)
    keep(docker, credsStore="missing")
    layout = simple(b"app").directory(tmp_path / "layout")

    message = images.refuses(layout, error=UsageError)

    assert "'docker-credential-missing' is not there" in message
