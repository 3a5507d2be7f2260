"""Credentials: found where uv's users keep them, sent to their origin only, never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.errors import ConfigError, FetchError
from repackage.fetch._credentials import Credentials
from repackage.network import Login
from tests.unit.fetch.conftest import BODY, locked
from tests.unit.fetch.server import broken, guarded, running, status

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.fetch.conftest import Fetching
    from tests.unit.fetch.server import Server


def write_index(directory: Path, name: str, url: str) -> None:
    (directory / "pyproject.toml").write_text(
        f'[[tool.uv.index]]\nname = "{name}"\nurl = "{url}"\n'
    )


def test_the_url_itself_may_hold_them(fetching: Fetching, server: Server) -> None:
    url = server.on("/lib", guarded(BODY, "me", "p@ss"))

    found = fetching(locked(url.replace("http://", "http://me:p%40ss@")))

    assert found["lib"].read_bytes() == BODY


def test_an_index_named_in_pyproject_has_its_variables(
    fetching: Fetching, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_index(tmp_path, "my-corp", f"{server.url}/simple")
    monkeypatch.setenv("UV_INDEX_MY_CORP_USERNAME", "robot")
    monkeypatch.setenv("UV_INDEX_MY_CORP_PASSWORD", "secret")

    found = fetching(locked(server.on("/files/lib", guarded(BODY, "robot", "secret"))))

    assert found["lib"].read_bytes() == BODY


def test_a_password_alone_completes_the_user_of_the_index(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_index(tmp_path, "corp", "https://token@index.example/simple")
    monkeypatch.setenv("UV_INDEX_CORP_PASSWORD", "secret")

    login = Credentials.read(tmp_path).find("https://index.example/files/lib.whl")

    assert login is not None
    assert (login.username, login.password) == ("token", "secret")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("UV_INDEX_URL", "{}"),
        ("UV_DEFAULT_INDEX", "corp={}"),
        ("UV_EXTRA_INDEX_URL", "https://other.example/simple {}"),
        ("UV_INDEX", "./wheels corp={}"),
    ],
)
def test_index_urls_of_the_environment_may_hold_them(
    fetching: Fetching,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    index = f"{server.url}/simple".replace("http://", "http://me:secret@")
    monkeypatch.setenv(variable, value.format(index))

    found = fetching(locked(server.on("/lib", guarded(BODY, "me", "secret"))))

    assert found["lib"].read_bytes() == BODY


def test_netrc_is_read(fetching: Fetching, server: Server, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)

    found = fetching(locked(server.on("/lib", guarded(BODY, "me", "secret"))))

    assert found["lib"].read_bytes() == BODY


def test_of_two_indexes_at_one_host_the_one_of_the_lock_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "UV_INDEX", "a=https://a:1@index.example/a/ b=https://b:2@index.example/b/"
    )
    credentials = Credentials.read(None)
    url = "https://index.example/files/lib.whl"

    assert _username(credentials.find(url, index="https://index.example/b")) == "b"
    assert _username(credentials.find(url, index="https://index.example/a")) == "a"
    assert _username(credentials.find("https://index.example/b/lib.whl")) == "b"


@pytest.mark.parametrize(
    "url",
    [
        "http://index.example/lib.whl",
        "https://index.example:8443/lib.whl",
        "https://index.example.evil.example/lib.whl",
        "https://example/lib.whl",
    ],
)
def test_another_origin_gets_nothing(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("UV_INDEX_URL", "https://me:secret@index.example/simple")

    assert Credentials.read(None).find(url) is None


def test_a_redirect_to_another_port_loses_them(fetching: Fetching, server: Server) -> None:
    with running() as other:
        target = other.serve("/lib", BODY)
        url = server.on("/lib", status(302, Location=target))

        fetching(locked(url.replace("http://", "http://me:secret@")))

        assert "Authorization" in server.seen("/lib")[0]
        assert "Authorization" not in other.seen("/lib")[0]


def test_a_redirect_within_the_origin_keeps_them(fetching: Fetching, server: Server) -> None:
    server.on("/moved", guarded(BODY, "me", "secret"))
    url = server.on("/lib", status(302, Location="/moved"))

    found = fetching(locked(url.replace("http://", "http://me:secret@")))

    assert found["lib"].read_bytes() == BODY


def test_a_redirect_that_comes_back_has_them_again(fetching: Fetching, server: Server) -> None:
    with running() as other:
        server.on("/files/lib", guarded(BODY, "me", "secret"))
        away = other.on("/away", status(307, Location=f"{server.url}/files/lib"))
        url = server.on("/lib", status(302, Location=away))

        found = fetching(locked(url.replace("http://", "http://me:secret@")))

        assert found["lib"].read_bytes() == BODY
        assert "Authorization" not in other.seen("/away")[0]


def test_they_are_sent_when_a_download_goes_on(fetching: Fetching, server: Server) -> None:
    url = server.on(
        "/lib", broken(BODY[:1000], total=len(BODY), ETag='"a"'), guarded(BODY, "me", "secret")
    )

    found = fetching(locked(url.replace("http://", "http://me:secret@")))

    assert found["lib"].read_bytes() == BODY


def test_a_refusal_without_any_says_what_could_be_done(
    fetching: Fetching, server: Server
) -> None:
    message = fetching.fails(locked(server.on("/lib", status(403))))

    assert "the server says 403 Forbidden (no credentials were found; looked for:" in message
    assert message.endswith("no keyring (UV_KEYRING_PROVIDER is 'disabled'))")


@pytest.mark.parametrize("code", [401, 403])
def test_a_refusal_names_the_credentials_but_never_shows_them(
    fetching: Fetching, server: Server, code: int
) -> None:
    url = server.on("/lib", status(code)).replace("http://", "http://me:hunter2@")

    message = fetching.fails(locked(url))

    assert f"the server says {code}" in message
    assert "the credentials of the URL were not accepted" in message
    assert "hunter2" not in message
    assert "me:" not in message


def test_a_refusal_says_where_credentials_were_looked_for(
    fetching: Fetching, server: Server, tmp_path: Path
) -> None:
    write_index(tmp_path, "corp", f"{server.url}/simple")

    message = fetching.fails(locked(server.on("/lib", status(401))))

    assert "UV_INDEX_CORP_USERNAME and UV_INDEX_CORP_PASSWORD" in message
    assert str(tmp_path / "netrc") in message


def test_a_refusal_by_a_host_without_index_says_so(fetching: Fetching, server: Server) -> None:
    assert "there is none" in fetching.fails(locked(server.on("/lib", status(401))))


def test_a_password_is_not_in_the_representation() -> None:
    assert "hunter2" not in repr(Login(username="me", password="hunter2", source="x"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[tool]\nuv = 3\n",
        "tool = 1\n",
        "[tool.uv]\nindex = 'corp'\n",
        "[tool.uv]\nindex = [1, {url = 2}, {name = 3, url = 'https://i.example'}]\n",
        "[[tool.uv.index]]\nurl = './wheels'\n",
    ],
)
def test_a_pyproject_of_another_shape_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)

    assert Credentials.read(tmp_path).find("https://i.example/lib.whl") is None


def test_a_pyproject_that_is_not_toml_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool\n")

    with pytest.raises(ConfigError, match=r"pyproject\.toml"):
        Credentials.read(tmp_path)


def test_a_netrc_that_cannot_be_parsed_is_an_error_without_its_secrets(
    tmp_path: Path,
) -> None:
    (tmp_path / "netrc").write_text("machine index.example hunter2\n")

    with pytest.raises(FetchError, match="netrc") as error:
        Credentials.read(None)

    assert "login" not in str(error.value).replace("netrc holds credentials", "")


def _username(login: Login | None) -> str | None:
    return None if login is None else login.username
