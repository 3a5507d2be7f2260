"""Proxies of the environment."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from tests.unit.fetch.conftest import BODY, locked
from tests.unit.fetch.server import file, running

if TYPE_CHECKING:
    import pytest

    from tests.unit.fetch.conftest import Fetching
    from tests.unit.fetch.server import Server

URL = "http://files.example/lib.whl"


def test_a_proxy_is_used(
    fetching: Fetching, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url.replace("//", "//me:p%40ss@"))
    server.on(URL, file(BODY))

    assert fetching(locked(URL))["lib"].read_bytes() == BODY
    header = server.seen(URL)[0]["proxy-authorization"]
    assert b64decode(header.removeprefix("Basic ")) == b"me:p@ss"


def test_a_proxy_may_be_named_without_a_scheme(
    fetching: Fetching, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", server.url.removeprefix("http://"))
    server.on(URL, file(BODY))

    assert fetching(locked(URL))["lib"].read_bytes() == BODY


def test_no_proxy_is_obeyed(
    fetching: Fetching, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "files.example,127.0.0.1")

    assert fetching(locked(server.serve("/lib", BODY)))["lib"].read_bytes() == BODY


def test_a_proxy_that_does_not_answer_is_named(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as gone:
        proxy = gone.url
    monkeypatch.setenv("http_proxy", proxy.replace("//", "//me:hunter2@"))

    message = fetching.fails(locked(URL), retries=0)

    assert "proxy" in message
    assert "hunter2" not in message


def test_a_proxy_of_another_kind_is_refused(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "socks5://me:hunter2@127.0.0.1:1")

    message = fetching.fails(locked(URL))

    assert "the proxy cannot be used" in message
    assert "hunter2" not in message
