"""Downloads over HTTP that go well, badly, and on."""

from __future__ import annotations

import _thread
import errno
import hashlib
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest
from packaging.utils import canonicalize_name

from repackage.errors import StoreError
from repackage.fetch import FetchSettings, _model, _unfinished, fetch, unverified
from repackage.lock import Hash, LockedFile
from tests.unit.fetch.conftest import (
    BODY,
    TARGET,
    Recorder,
    closure_of,
    locked,
    sha256,
)
from tests.unit.fetch.server import broken, file, running, status

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from repackage.closure import Pin
    from tests.unit.fetch.conftest import DirectoryStore, Fetching
    from tests.unit.fetch.server import Exchange, Server

WHEEL = "lib-1.0-py3-none-any.whl"
LIB = canonicalize_name("lib")

Algorithm = Literal["md5", "sha256", "sha384", "sha512", "blake2b"]


def test_an_artifact_is_downloaded_into_the_store(
    fetching: Fetching, server: Server, store: DirectoryStore
) -> None:
    watched = Recorder()

    found = fetching(locked(server.serve("/lib.whl", BODY), size=len(BODY)), progress=watched)

    assert found["lib"].read_bytes() == BODY
    assert found["lib"].name == WHEEL
    assert store.stored[WHEEL] == sha256(BODY)
    assert watched.started == {WHEEL: len(BODY)}
    assert watched.counted == {WHEEL: len(BODY)}
    assert watched.finished == [WHEEL]


def test_what_the_store_has_is_not_downloaded_again(fetching: Fetching, server: Server) -> None:
    wanted = locked(server.serve("/lib.whl", BODY))
    fetching(wanted)

    fetching(wanted)

    assert len(server.seen("/lib.whl")) == 1


def test_many_artifacts_arrive_side_by_side(fetching: Fetching, server: Server) -> None:
    bodies = {f"lib{number}": bytes([number]) * 10_000 for number in range(40)}
    pins = [
        locked(server.serve(f"/{name}", body), body=body, name=name)
        for name, body in bodies.items()
    ]

    found = fetching(*pins, jobs=8)

    assert list(found) == list(bodies)
    assert {name: path.read_bytes() for name, path in found.items()} == bodies


@pytest.mark.parametrize("algorithm", ["md5", "sha384", "sha512", "blake2b"])
def test_every_hash_that_a_lock_can_have_is_checked(
    fetching: Fetching, server: Server, algorithm: Algorithm
) -> None:
    digest = (
        hashlib.blake2b(BODY, digest_size=32)
        if algorithm == "blake2b"
        else hashlib.new(algorithm, BODY)
    )
    good = _with_hash(locked(server.serve("/lib", BODY)), algorithm, digest.hexdigest())
    bad = _with_hash(
        locked(server.serve("/lib", BODY)), algorithm, "0" * len(digest.hexdigest())
    )

    assert f"expected {algorithm}:000" in fetching.fails(bad)
    assert fetching(good)["lib"].read_bytes() == BODY


def _with_hash(wanted: Pin, algorithm: Algorithm, digest: str) -> Pin:
    assert isinstance(wanted.artifact, LockedFile)
    artifact = replace(wanted.artifact, hash=Hash(algorithm=algorithm, digest=digest))
    return replace(wanted, artifact=artifact)


def test_an_artifact_without_a_hash_is_taken_and_named(
    fetching: Fetching, server: Server, tmp_path: Path
) -> None:
    wanted = locked(server.serve("/lib.whl", BODY), body=None)

    assert fetching(wanted)["lib"].read_bytes() == BODY
    assert unverified(closure_of(wanted, directory=tmp_path)) == ("lib",)


def test_other_bytes_than_the_locked_ones_are_refused(
    fetching: Fetching, server: Server, store: DirectoryStore
) -> None:
    message = fetching.fails(locked(server.serve("/lib.whl", BODY[::-1])))

    assert f"expected sha256:{sha256(BODY).digest}" in message
    assert f"got sha256:{sha256(BODY[::-1]).digest}" in message
    assert list(store.partials.iterdir()) == []
    assert len(server.seen("/lib.whl")) == 1


def test_a_connection_that_drops_is_resumed_where_it_stopped(
    fetching: Fetching, server: Server
) -> None:
    half = len(BODY) // 2
    watched = Recorder()
    url = server.on(
        "/lib.whl",
        broken(BODY[:half], total=len(BODY), ETag='"one"'),
        file(BODY, ETag='"one"'),
    )

    found = fetching(locked(url, size=len(BODY)), progress=watched)

    assert found["lib"].read_bytes() == BODY
    first, second = server.seen("/lib.whl")
    assert "Range" not in first
    assert second["Range"] == f"bytes={half}-"
    assert second["If-Range"] == '"one"'
    assert watched.counted == {WHEEL: len(BODY)}


def test_a_file_that_was_replaced_meanwhile_is_downloaded_whole(
    fetching: Fetching, server: Server
) -> None:
    url = server.on(
        "/lib.whl",
        broken(b"old" * 1000, total=len(BODY), ETag='"old"'),
        file(BODY, ETag='"new"'),
    )
    watched = Recorder()

    found = fetching(locked(url), progress=watched)

    assert found["lib"].read_bytes() == BODY
    assert watched.counted == {WHEEL: len(BODY)}


def test_a_server_without_ranges_starts_over(fetching: Fetching, server: Server) -> None:
    url = server.on(
        "/lib.whl",
        broken(BODY[:70_000], total=len(BODY)),
        lambda exchange: exchange.reply(200, BODY),
    )

    assert fetching(locked(url))["lib"].read_bytes() == BODY


def test_without_hash_and_validator_nothing_is_resumed(
    fetching: Fetching, server: Server
) -> None:
    url = server.on("/lib.whl", broken(b"other", total=len(BODY)), file(BODY))

    assert fetching(locked(url, body=None))["lib"].read_bytes() == BODY
    assert "Range" not in server.seen("/lib.whl")[1]


def test_a_connection_that_keeps_dropping_is_given_up_but_kept_for_the_next_run(
    fetching: Fetching, server: Server, store: DirectoryStore
) -> None:
    third = len(BODY) // 3
    url = server.on("/lib.whl", broken(BODY[:third], total=len(BODY)))

    message = fetching.fails(locked(url), retries=0)

    assert "the connection broke off" in message
    assert (store.partials / sha256(BODY).digest).read_bytes() == BODY[:third]

    server.serve("/lib.whl", BODY)
    assert fetching(locked(url))["lib"].read_bytes() == BODY
    assert server.seen("/lib.whl")[-1]["Range"] == f"bytes={third}-"


def test_a_partial_download_of_something_else_is_thrown_away(
    fetching: Fetching, server: Server, store: DirectoryStore
) -> None:
    store.partials.mkdir(parents=True)
    (store.partials / sha256(BODY).digest).write_bytes(b"rubbish")

    found = fetching(locked(server.serve("/lib.whl", BODY), size=len(BODY)))

    assert found["lib"].read_bytes() == BODY
    assert [headers.get("Range") for headers in server.seen("/lib.whl")] == ["bytes=7-", None]


@pytest.mark.parametrize("length", [len(BODY), len(BODY) + 5])
def test_a_partial_download_that_is_too_long_is_thrown_away(
    fetching: Fetching, server: Server, store: DirectoryStore, length: int
) -> None:
    store.partials.mkdir(parents=True)
    (store.partials / sha256(BODY).digest).write_bytes(b"x" * length)

    found = fetching(locked(server.serve("/lib.whl", BODY)))
    again = fetching(locked(server.serve("/lib.whl", BODY), size=len(BODY)))

    assert found["lib"].read_bytes() == again["lib"].read_bytes() == BODY


def test_a_finished_partial_download_needs_no_network(
    fetching: Fetching, server: Server, store: DirectoryStore
) -> None:
    store.partials.mkdir(parents=True)
    (store.partials / sha256(BODY).digest).write_bytes(BODY)

    found = fetching(locked(server.serve("/lib.whl", BODY), size=len(BODY)))

    assert found["lib"].read_bytes() == BODY
    assert server.seen("/lib.whl") == []


def test_a_range_that_was_not_asked_for_is_not_appended(
    fetching: Fetching, server: Server
) -> None:
    def wrong_range(exchange: Exchange) -> None:
        exchange.reply(206, BODY[5:], headers={"Content-Range": f"bytes 5-9/{len(BODY)}"})

    url = server.on("/lib.whl", broken(BODY[:1000], total=len(BODY)), wrong_range, file(BODY))

    assert fetching(locked(url))["lib"].read_bytes() == BODY


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(
    fetching: Fetching, server: Server, code: int
) -> None:
    url = server.on("/lib.whl", status(code), file(BODY))

    assert fetching(locked(url))["lib"].read_bytes() == BODY


def test_retry_after_is_obeyed(
    fetching: Fetching, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def wait(_: threading.Event, timeout: float = 0.0) -> bool:
        waits.append(timeout)
        return False

    monkeypatch.setattr("threading.Event.wait", wait)
    url = server.on(
        "/lib.whl",
        status(429, Retry_After="7"),
        status(503, Retry_After="9999"),
        file(BODY),
    )

    fetching(locked(url))

    assert [wait for wait in waits if wait in {7.0, 60.0}] == [7.0, 60.0]


def test_a_server_that_stays_broken_is_given_up(fetching: Fetching, server: Server) -> None:
    message = fetching.fails(locked(server.on("/lib.whl", status(503))), retries=3)

    assert "503 Service Unavailable" in message
    assert len(server.seen("/lib.whl")) == 4


def test_a_missing_file_is_reported_once_and_not_tried_again(
    fetching: Fetching, server: Server
) -> None:
    message = fetching.fails(locked(f"{server.url}/gone/lib.whl?sig=secret#frag"))

    assert f"{server.url}/gone/lib.whl: the server says 404 Not Found" in message
    assert "--find-links" in message
    assert "secret" not in message
    assert len(server.requests) == 1


def test_all_that_is_missing_is_reported_at_once(fetching: Fetching, server: Server) -> None:
    pins = [locked(f"{server.url}/{name}", name=name) for name in ("one", "two")]
    pins.append(locked(server.on("/three", status(403)), name="three"))

    message = fetching.fails(*pins)

    assert message.count("\n") == 1
    assert f"{server.url}/one, {server.url}/two: the server says 404" in message
    assert f"{server.url}/three: the server says 403" in message


def test_a_silent_server_is_a_timeout(fetching: Fetching, server: Server) -> None:
    def silent(_: Exchange) -> None:
        time.sleep(0.4)

    message = fetching.fails(locked(server.on("/lib", silent)), timeout=0.1, retries=0)

    assert "the server fell silent" in message


def test_a_server_that_stalls_half_way_is_a_timeout_and_resumed(
    fetching: Fetching, server: Server
) -> None:
    def stall(exchange: Exchange) -> None:
        exchange.reply(200, BODY[:1000], length=len(BODY), headers={"ETag": '"a"'})
        exchange.handler.wfile.flush()
        time.sleep(0.4)

    url = server.on("/lib", stall, file(BODY, ETag='"a"'))

    assert fetching(locked(url), timeout=0.1)["lib"].read_bytes() == BODY
    assert server.seen("/lib")[1]["Range"] == "bytes=1000-"


def test_a_server_that_is_slow_but_not_silent_is_waited_for(
    fetching: Fetching, server: Server
) -> None:
    def trickle(exchange: Exchange) -> None:
        exchange.reply(200, BODY[:-8], length=len(BODY))
        for at in range(8, 0, -1):
            time.sleep(0.05)
            exchange.handler.wfile.write(BODY[-at : len(BODY) - at + 1])
            exchange.handler.wfile.flush()

    found = fetching(locked(server.on("/lib", trickle)), timeout=0.2, retries=0)

    assert found["lib"].read_bytes() == BODY


def test_a_server_that_breaks_off_again_and_again_is_resumed_each_time(
    fetching: Fetching, server: Server
) -> None:
    def a_piece(exchange: Exchange) -> None:
        start = int(exchange.headers.get("Range", "bytes=0-").removeprefix("bytes=")[:-1])
        end = min(start + 400_000, len(BODY))
        headers = {"ETag": '"a"', "Content-Range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"}
        code = 206 if start else 200
        exchange.reply(code, BODY[start:end], length=len(BODY) - start, headers=headers)

    watched = Recorder()

    found = fetching(locked(server.on("/lib", a_piece)), retries=2, progress=watched)

    assert found["lib"].read_bytes() == BODY
    assert watched.counted == {WHEEL: len(BODY)}
    assert [headers.get("Range") for headers in server.seen("/lib")] == [
        None,
        "bytes=400000-",
        "bytes=800000-",
    ]


def test_a_refused_connection_is_explained_once_for_many_files(fetching: Fetching) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    pins = [locked(f"http://127.0.0.1:{port}/{n}", name=f"lib{n}") for n in range(6)]

    message = fetching.fails(*pins, retries=1)

    assert message.count("\n") == 0
    assert "and 3 more: no connection to '127.0.0.1'" in message


def test_an_unknown_host_is_explained(fetching: Fetching) -> None:
    message = fetching.fails(locked("http://nowhere.invalid/lib.whl"), retries=0)

    assert "the name 'nowhere.invalid' is not known" in message


def test_a_connection_that_is_not_secure_is_explained_and_not_tried_again(
    fetching: Fetching, server: Server
) -> None:
    url = server.serve("/lib", BODY).replace("http:", "https:")

    message = fetching.fails(locked(url))

    assert "no secure connection to '127.0.0.1'" in message
    assert "this system trusts" in message


@pytest.mark.parametrize("url", ["ftp://files.example/lib.whl", "http://[::1/lib", "http://"])
def test_a_url_that_cannot_be_requested_is_refused(fetching: Fetching, url: str) -> None:
    assert fetching.fails(locked(url))


def test_more_than_the_locked_size_is_never_downloaded(
    fetching: Fetching, server: Server, store: DirectoryStore
) -> None:
    announced = locked(server.serve("/announced", BODY), size=1000, name="announced")
    streamed = locked(
        server.on("/streamed", lambda exchange: exchange.reply(200, BODY, length=-1)),
        size=2000,
        name="streamed",
    )

    message = fetching.fails(announced, streamed)

    assert f"is {len(BODY)} bytes large, the lock says 1000" in message
    assert "is larger than 2000 bytes, the lock says 2000" in message
    assert all(path.stat().st_size <= 2000 for path in store.partials.iterdir())


def test_without_a_locked_size_there_is_a_limit(
    fetching: Fetching, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_model, "LARGEST", 1000)

    assert "more is never downloaded" in fetching.fails(locked(server.serve("/lib", BODY)))


def test_a_body_that_ends_early_without_a_length_is_a_broken_connection(
    fetching: Fetching, server: Server
) -> None:
    url = server.on("/lib", lambda exchange: exchange.reply(200, BODY[:99], length=-1))

    assert "broke off" in fetching.fails(locked(url, size=len(BODY)), retries=0)


def test_a_file_smaller_than_locked_is_refused(fetching: Fetching, server: Server) -> None:
    message = fetching.fails(locked(server.serve("/lib", BODY[:-1]), size=len(BODY)))

    assert f"the lock says {len(BODY)}" in message


def test_a_full_disk_is_the_stores_error_and_stops_the_rest(
    fetching: Fetching, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(_unfinished.Sink, "write", full)
    pins = [locked(server.serve(f"/{n}", BODY), name=f"lib{n}") for n in range(20)]

    with pytest.raises(StoreError, match="No space left on device"):
        fetching(*pins, jobs=1)

    assert len(server.requests) == 1


def test_an_interrupt_ends_at_once_and_leaves_only_partial_files(
    fetching: Fetching, server: Server, store: DirectoryStore
) -> None:
    def interrupting(exchange: Exchange) -> None:
        exchange.reply(200, BODY[:1000], length=len(BODY))
        exchange.handler.wfile.flush()
        _thread.interrupt_main()
        time.sleep(3)

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        fetching(locked(server.on("/lib", interrupting)), timeout=30)

    assert time.monotonic() - begun < 2
    assert store.left_over() == []


def test_redirects_are_followed(fetching: Fetching, server: Server) -> None:
    with running() as other:
        target = other.serve("/files/lib.whl", BODY)
        url = server.on("/lib", status(302, Location="/moved"))
        server.on("/moved", status(308, Location=target))

        assert fetching(locked(url))["lib"].read_bytes() == BODY


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("http://[::1", "to what cannot be requested"),
        ("/lib", "redirects more than 10 times"),
        ("file:///etc/passwd", "to what cannot be requested"),
    ],
)
def test_redirects_that_lead_nowhere_are_refused(
    fetching: Fetching, server: Server, location: str, message: str
) -> None:
    url = server.on("/lib", status(301, Location=location))

    assert message in fetching.fails(locked(url))


def test_urllib3_is_not_imported_when_there_is_nothing_to_download(tmp_path: Path) -> None:
    program = (
        "import sys, repackage.fetch; "
        "assert not {'urllib3', 'truststore', 'ssl'} & set(sys.modules), 'too eager'"
    )

    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)


def test_settings_have_working_defaults(
    server: Server, store: DirectoryStore, tmp_path: Path
) -> None:
    closure = closure_of(locked(server.serve("/lib", BODY)), directory=tmp_path)

    assert fetch(closure, target=TARGET, store=store)[LIB].read_bytes() == BODY
    assert FetchSettings().jobs >= 8
