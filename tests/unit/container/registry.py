"""A registry on the loopback interface: it keeps what it is given, and fails as it is told."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import threading
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Act = Callable[["Handler"], None]


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(slots=True)
class Fault:
    """What goes wrong with requests of a kind, so many times."""

    method: str
    pattern: str
    act: Act
    times: int = 1


@dataclass(slots=True)
class Registry:
    """What a registry holds, whom it lets in, and what it was asked."""

    host: str
    blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    sessions: dict[str, bytearray] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    basic: tuple[str, str] | None = None
    bearer: bool = False
    """Tokens are given by the registry itself, below ``/token``, to the user of ``basic``."""
    identity: str = ""
    """A token that is as good as the user."""
    tokens: dict[str, set[str]] = field(default_factory=dict)
    mounts: bool = True
    relative: bool = False
    """Whether locations of uploads are relative."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fails(self, method: str, pattern: str, act: Act, *, times: int = 1) -> None:
        """Have requests of a kind fail."""
        self.faults.append(Fault(method, pattern, act, times))

    def count(self, method: str, pattern: str = "") -> int:
        """Count requests of a kind."""
        return len(self.seen(method, pattern))

    def seen(self, method: str, pattern: str = "") -> list[Asked]:
        return [
            each
            for each in self.asked
            if each.method == method and re.search(pattern, each.path)
        ]

    def fault(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.method == method and fault.times and re.search(fault.pattern, path):
                    fault.times -= 1
                    return fault
        return None

    def put(self, repository: str, data: bytes) -> str:
        """Let it have a blob."""
        digest = digest_of(data)
        self.blobs[repository, digest] = data
        return digest


def says(code: int, body: bytes = b"", **headers: str) -> Act:
    """Answer so, and close the connection; ``_`` in header names is ``-``."""

    def act(handler: Handler) -> None:
        handler.close_connection = True
        handler.say(code, body, **headers, Connection="close")

    return act


def refuses(code: int, error: str, message: str) -> Act:
    """Answer as registries do."""
    body = json.dumps({"errors": [{"code": error, "message": message, "detail": None}]})
    return says(code, body.encode(), Content_Type="application/json")


def drops(handler: Handler) -> None:
    """Drop the connection."""
    handler.close_connection = True
    handler.connection.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    registry: Registry
    query: dict[str, str]
    body: bytes

    def say(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        fault = self.registry.fault(self.command, self.path)
        if fault is not None:
            self.registry.asked.append(
                Asked(self.command, self.path, dict(self.headers.items()))
            )
            fault.act(self)
            return
        self.body = body = self.rfile.read(length)
        self.registry.asked.append(
            Asked(self.command, self.path, dict(self.headers.items()), body)
        )
        parts = urlsplit(self.path)
        self.query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/token":
            self.give_token(parse_qs(parts.query), parse_qs(body.decode()))
        elif self.is_admitted(parts.path):
            for pattern, method in ROUTES.items():
                found = re.fullmatch(pattern, f"{self.command} {parts.path}")
                if found is not None:
                    method(self, *found.groups())
                    return
            self.say(404)

    def is_admitted(self, path: str) -> bool:
        registry, shown = self.registry, self.headers.get("Authorization", "")
        if registry.basic is None:
            return True
        if not registry.bearer:
            pair = b64encode(":".join(registry.basic).encode()).decode()
            if shown == f"Basic {pair}":
                return True
            self.say(401, ERRORS, WWW_Authenticate='Basic realm="here, and \\"there\\""')
            return False
        repository = re.match(r"/v2/(.+?)/(blobs|manifests)/", path)
        action = "pull" if self.command in {"GET", "HEAD"} else "push"
        wanted = f"{repository[1] if repository else ''}:{action}"
        if wanted in registry.tokens.get(shown.removeprefix("Bearer "), set()):
            return True
        challenge = (
            f'Bearer realm="http://{registry.host}/token",service="registry of tests",'
            f'scope="repository:{wanted}"'
        )
        self.say(401, ERRORS, WWW_Authenticate=challenge)
        return False

    def give_token(self, query: dict[str, list[str]], form: dict[str, list[str]]) -> None:
        registry = self.registry
        assert registry.basic is not None
        pair = b64encode(":".join(registry.basic).encode()).decode()
        known = self.headers.get("Authorization") == f"Basic {pair}"
        known |= form.get("refresh_token") == [registry.identity]
        if not known and ("Authorization" in self.headers or form):
            self.say(401, b'{"details": "incorrect username or password"}')
            return
        scopes = " ".join(query.get("scope", []) + form.get("scope", [])).split()
        granted = set()
        for scope in scopes:
            _, repository, actions = scope.split(":")
            may = {"pull", "push"} if known else {"pull"}
            granted |= {f"{repository}:{each}" for each in actions.split(",") if each in may}
        token = secrets.token_urlsafe()
        registry.tokens[token] = granted
        key = "access_token" if form else "token"
        self.say(200, json.dumps({key: token, "expires_in": 300}).encode())

    def read_blob(self, repository: str, digest: str) -> None:
        data = self.registry.blobs.get((repository, digest))
        if data is None:
            self.say(404, ERRORS)
            return
        start = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if start is None:
            self.say(200, data, Docker_Content_Digest=digest)
            return
        first = int(start[1])
        self.say(206, data[first:], Content_Range=f"bytes {first}-{len(data) - 1}/{len(data)}")

    def begin(self, repository: str) -> None:
        data = self.registry.blobs.get(
            (self.query.get("from", ""), self.query.get("mount", ""))
        )
        if data is not None and self.registry.mounts:
            self.registry.put(repository, data)
            self.say(201)
            return
        name = secrets.token_hex(8)
        self.registry.sessions[name] = bytearray()
        self.say(202, Location=self.location(repository, name))

    def location(self, repository: str, name: str) -> str:
        path = f"/v2/{repository}/blobs/uploads/{name}?_state=a%2Fb%3D"
        return path if self.registry.relative else f"http://{self.registry.host}{path}"

    def tell(self, repository: str, name: str) -> None:
        kept = self.registry.sessions.get(name)
        if kept is None:
            self.say(404, ERRORS)
            return
        last = max(len(kept) - 1, 0)
        self.say(204, Location=self.location(repository, name), Range=f"0-{last}")

    def append(self, repository: str, name: str) -> None:
        kept = self.registry.sessions.get(name)
        if kept is None:
            self.say(404, ERRORS)
        elif self.headers["Content-Range"].partition("-")[0] != str(len(kept)):
            self.say(416)
        else:
            kept += self.body
            location = self.location(repository, name)
            self.say(202, Location=location, Range=f"0-{len(kept) - 1}")

    def complete(self, repository: str, name: str) -> None:
        assert self.query["_state"] == "a/b="
        kept = self.registry.sessions.pop(name, None)
        if kept is None:
            self.say(404, ERRORS)
            return
        data = bytes(kept) + self.body
        if digest_of(data) != self.query["digest"]:
            message = "provided digest did not match uploaded content"
            self.say(
                400,
                json.dumps(
                    {"errors": [{"code": "DIGEST_INVALID", "message": message}]}
                ).encode(),
            )
            return
        digest = self.registry.put(repository, data)
        self.say(201, Docker_Content_Digest=digest)

    def write_manifest(self, repository: str, name: str) -> None:
        table, registry = json.loads(self.body), self.registry
        parts = [table["config"], *table["layers"]] if "config" in table else []
        children = table.get("manifests", [])
        missing = [p for p in parts if (repository, p["digest"]) not in registry.blobs]
        missing += [c for c in children if (repository, c["digest"]) not in registry.manifests]
        if missing:
            self.say(400, ERRORS)
            return
        digest = digest_of(self.body)
        for called in (name, digest):
            registry.manifests[repository, called] = (self.headers["Content-Type"], self.body)
        self.say(201, Docker_Content_Digest=digest)

    def read_manifest(self, repository: str, name: str) -> None:
        found = self.registry.manifests.get((repository, name))
        if found is None:
            unknown = {"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}
            self.say(404, json.dumps(unknown).encode())
            return
        media_type, data = found
        self.say(200, data, Content_Type=media_type, Docker_Content_Digest=digest_of(data))

    def log_message(self, *_: Any) -> None:
        pass


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH")
ERRORS = b'{"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}'

ROUTES: dict[str, Callable[..., None]] = {
    r"(?:GET|HEAD) /v2/(.+)/blobs/(sha\d+:\w+)": Handler.read_blob,
    r"POST /v2/(.+)/blobs/uploads/": Handler.begin,
    r"GET /v2/(.+)/blobs/uploads/(\w+)": Handler.tell,
    r"PATCH /v2/(.+)/blobs/uploads/(\w+)": Handler.append,
    r"PUT /v2/(.+)/blobs/uploads/(\w+)": Handler.complete,
    r"PUT /v2/(.+)/manifests/(.+)": Handler.write_manifest,
    r"(?:GET|HEAD) /v2/(.+)/manifests/(.+)": Handler.read_manifest,
}


@contextmanager
def running(name: str = "127.0.0.1") -> Iterator[Registry]:
    """Run a registry until the block ends."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 64

        def handle_error(self, *_: Any) -> None:
            """A client that went away is what some tests are about."""

    own = type("Own", (Handler,), {f"do_{each}": Handler.answer for each in METHODS})
    with Quiet(("127.0.0.1", 0), own) as http:
        registry = Registry(f"{name}:{http.server_address[1]}")
        own.registry = registry  # type: ignore[attr-defined]  # made just now
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield registry
        finally:
            http.shutdown()
            thread.join()
