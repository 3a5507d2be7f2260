"""What a network does: one clear error each, and a next run that goes on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.unit.fetch.server import broken, file, status

if TYPE_CHECKING:
    from tests.integration.bad_input.user import Online
    from tests.unit.fetch.server import Behaviour, Exchange, Server

GREET = "greet-2.0-py3-none-any.whl"


def missing(_: bytes) -> Behaviour:
    return status(404)


def test_a_file_that_the_server_does_not_have(online: Online, server: Server) -> None:
    online.publish(server, greet=missing)

    said = online.refused(5)

    assert f"{server.url}/{GREET}: the server says 404 Not Found" in said
    assert "lock again, or put the file into a directory for --find-links" in said


def test_a_server_that_has_an_error(online: Online, server: Server) -> None:
    online.publish(server, greet=lambda _: status(503))

    said = online.refused(5)

    assert "the server says 503 Service Unavailable" in said
    assert "try again later" in said


def test_other_bytes_than_the_locked_ones(online: Online, server: Server) -> None:
    online.publish(server, greet=lambda body: file(body[:-1] + b"x"))

    said = online.refused(5)

    assert f"{server.url}/{GREET}: has other bytes than the lock says: expected sha256:" in said
    assert "the file on the server was replaced, or the lock is for another one" in said
    assert not list(online.project.cache.rglob("*.whl"))


def test_more_bytes_than_the_lock_says(online: Online, server: Server) -> None:
    online.publish(server, greet=lambda body: file(body * 2))

    assert "bytes large, the lock says" in online.refused(5)


def test_a_server_that_falls_silent(online: Online, server: Server) -> None:
    over = threading.Event()

    def silent(body: bytes) -> Behaviour:
        def behave(exchange: Exchange) -> None:
            exchange.reply(body=body[:100], length=len(body))
            over.wait(20)

        return behave

    online.publish(server, greet=silent)

    said = online.refused(5)
    over.set()

    assert f"{server.url}/{GREET}: the server fell silent" in said
    assert "UV_HTTP_TIMEOUT" in said


def test_a_connection_that_drops_half_way_goes_on_where_it_stopped(
    online: Online, server: Server
) -> None:
    whole = file((online.project.wheelhouse / GREET).read_bytes(), ETag='"1"')
    online.publish(server, greet=lambda body: broken(body[:500], total=len(body), ETag='"1"'))

    said = online.refused(5)
    server.on(f"/{GREET}", whole)
    artifacts = online.built()

    assert f"{server.url}/{GREET}: the connection broke off" in said
    assert "try again: it goes on where it stopped" in said
    assert server.seen(f"/{GREET}")[-1]["Range"] == "bytes=500-"
    assert len(artifacts) == 2


def test_nobody_at_home(online: Online, server: Server) -> None:
    online.publish(server)
    online.rewrite(server.url, "http://nowhere.invalid")

    said = online.refused(5)

    assert "the name 'nowhere.invalid' is not known" in said
    assert "is the network up, or a proxy needed?" in said


def test_all_that_cannot_be_had_is_named_at_once(online: Online, server: Server) -> None:
    online.publish(server, greet=missing, shout=lambda body: file(body[:-1] + b"x"))

    said = online.refused(5, "--extra", "loud", errors=2)

    assert "the server says 404" in said
    assert "has other bytes than the lock says" in said


def test_a_timeout_that_is_no_number(online: Online, server: Server) -> None:
    online.publish(server)
    online.environment["UV_HTTP_TIMEOUT"] = "soon"

    assert "UV_HTTP_TIMEOUT: 'soon' is not a number that can be used" in online.refused(2)
