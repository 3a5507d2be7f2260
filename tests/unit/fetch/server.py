"""A server on the loopback interface that answers as a test wrote it."""

from __future__ import annotations

import threading
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Behaviour = Callable[["Exchange"], None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, and the means to answer it well or badly."""

    handler: BaseHTTPRequestHandler

    @property
    def headers(self) -> Mapping[str, str]:
        return dict(self.handler.headers.items())

    def reply(
        self,
        status: int = 200,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        """Answer; with a ``length`` above the body's, the connection breaks off."""
        handler = self.handler
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        if length != -1:
            handler.send_header("Content-Length", str(len(body) if length is None else length))
        if length is not None:
            handler.send_header("Connection", "close")  # and it does: close_connection is set
        handler.end_headers()
        handler.wfile.write(body)


@dataclass(slots=True)
class Server:
    """Answers paths from a script; the last behaviour of a path holds for all further ones."""

    url: str
    script: dict[str, list[Behaviour]] = field(default_factory=dict)
    requests: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def on(self, path: str, *behaviours: Behaviour) -> str:
        """Script a path; return its URL."""
        self.script[path] = list(behaviours)
        return self.url + path

    def serve(self, path: str, body: bytes, **headers: str) -> str:
        """Script a file that supports ranges; return its URL."""
        return self.on(path, file(body, **headers))

    def seen(self, path: str) -> list[Mapping[str, str]]:
        """Headers of the requests for a path, in order."""
        return [headers for requested, headers in self.requests if requested == path]

    def next(self, path: str, exchange: Exchange) -> Behaviour:
        with self.lock:
            self.requests.append((path, exchange.headers))
            behaviours = self.script.get(path, [status(404)])
            return behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]


def status(code: int, **headers: str) -> Behaviour:
    """Answer with a status and no body; ``_`` in header names is ``-``."""
    return lambda exchange: exchange.reply(code, headers=_dashed(headers))


def file(body: bytes, **headers: str) -> Behaviour:
    """Serve a file, or the range of it that is asked for if ``If-Range`` allows."""

    def behave(exchange: Exchange) -> None:
        sent = _dashed(headers)
        asked = exchange.headers.get("Range", "")
        if not asked or exchange.headers.get("If-Range", sent.get("ETag")) != sent.get("ETag"):
            exchange.reply(200, body, headers=sent)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            exchange.reply(416)
            return
        sent["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        exchange.reply(206, body[start:], headers=sent)

    return behave


def guarded(body: bytes, username: str, password: str) -> Behaviour:
    """Serve a file, but only to one user."""

    def behave(exchange: Exchange) -> None:
        sent = exchange.headers.get("Authorization", "").removeprefix("Basic ")
        if b64decode(sent).decode() == f"{username}:{password}":
            file(body)(exchange)
        else:
            exchange.reply(401, headers={"WWW-Authenticate": "Basic"})

    return behave


def broken(body: bytes, *, total: int, **headers: str) -> Behaviour:
    """Promise ``total`` bytes, send ``body``, and drop the connection."""
    return lambda exchange: exchange.reply(200, body, length=total, headers=_dashed(headers))


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@contextmanager
def running() -> Iterator[Server]:
    """Run a server until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            exchange = Exchange(self)
            server.next(self.path, exchange)(exchange)

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 64

        def handle_error(self, *_: Any) -> None:
            """A client that went away is what some tests are about."""

    with Quiet(("127.0.0.1", 0), Handler) as http:
        server = Server(f"http://127.0.0.1:{http.server_address[1]}")
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
