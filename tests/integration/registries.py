"""Debian's docker-registry on the loopback interface, and what stands between it and us."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from base64 import b64encode, urlsafe_b64encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER, PASSWORD = "me", "hunter2"
#: Of that password, by bcrypt.
_HTPASSWD = f"{USER}:$2b$05$abcdefghijklmnopqrstuuoXuKqgZXLiJqzfmMXDDhSFPIvxV7t8.\n"
_SERVICE = "registry of tests"


@dataclass(frozen=True, kw_only=True, slots=True)
class Daemon:
    """A registry that is running."""

    host: str
    log: Path

    def requests(self, method: str, part: str) -> list[str]:
        """The lines of its access log that have a method and a part of a path."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if f'"{method} ' in line and part in line]


@contextmanager
def docker_registry(directory: Path, *, auth: str = "none") -> Iterator[Daemon]:
    """Run a registry that asks for no login, for a password (basic) or for a token (bearer)."""
    directory.mkdir(parents=True)
    with _authenticator(directory, auth) as settings:
        port = free_port()
        configuration = {
            "version": 0.1,
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(directory / "storage")}},
            "http": {"addr": f"127.0.0.1:{port}"},
            **settings,
        }
        (directory / "registry.yml").write_text(json.dumps(configuration))  # which is YAML
        log = directory / "log"
        with log.open("wb") as file:
            daemon = subprocess.Popen(
                ["docker-registry", "serve", directory / "registry.yml"],
                stdout=file,
                stderr=subprocess.STDOUT,
                # it takes every REGISTRY_… for a setting of its own
                env={k: each for k, each in os.environ.items() if not k.startswith("REGISTRY")},
            )
        try:
            _await_answer(f"http://127.0.0.1:{port}/v2/", daemon)
            yield Daemon(host=f"127.0.0.1:{port}", log=log)
        finally:
            daemon.terminate()
            daemon.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _await_answer(url: str, daemon: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert daemon.poll() is None, "it ended"
        try:
            urlopen(url).close()
        except HTTPError as error:
            error.close()
        except OSError:
            time.sleep(0.05)
            continue
        return
    raise AssertionError("no answer in ten seconds")


@contextmanager
def _authenticator(directory: Path, auth: str) -> Iterator[dict[str, Any]]:
    if auth == "basic":
        (directory / "htpasswd").write_text(_HTPASSWD)
        path = str(directory / "htpasswd")
        yield {"auth": {"htpasswd": {"realm": "tests", "path": path}}}
    elif auth == "bearer":
        key, certificate = directory / "key.pem", directory / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=tests", "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        with _tokens(key, certificate) as realm:
            token = {
                "realm": realm,
                "service": _SERVICE,
                "issuer": "tests",
                "rootcertbundle": str(certificate),
            }
            yield {"auth": {"token": token}}
    else:
        yield {}


@contextmanager
def _tokens(key: Path, certificate: Path) -> Iterator[str]:
    """Give tokens: anybody may pull, and whoever knows the password may push, too."""
    body = "".join(certificate.read_text().splitlines()[1:-1])

    class Tokens(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            assert query["service"] == [_SERVICE]
            pair = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            known = self.headers.get("Authorization") == f"Basic {pair}"
            if "Authorization" in self.headers and not known:
                self.send_error(401)
                return
            may = {"pull", "push"} if known else {"pull"}
            access = [
                {"type": kind, "name": name, "actions": sorted(may & {*actions.split(",")})}
                for scope in query.get("scope", [])
                for kind, name, actions in [scope.split(":")]
            ]
            token = _signed(key, {"typ": "JWT", "alg": "RS256", "x5c": [body]}, access)
            answer = json.dumps({"token": token}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Tokens) as http:
        threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{http.server_address[1]}/token"
        finally:
            http.shutdown()


def _signed(key: Path, header: dict[str, Any], access: list[dict[str, Any]]) -> str:
    """Make a JSON Web Token."""
    now = int(time.time())
    claims = {
        "iss": "tests",
        "sub": USER,
        "aud": _SERVICE,
        "exp": now + 300,
        "nbf": now - 10,
        "iat": now - 10,
        "jti": "1",
        "access": access,
    }
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    signature = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", key],
        input=signed.encode(),
        capture_output=True,
        check=True,
    ).stdout
    return f"{signed}.{_encoded(signature)}"


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(slots=True)
class Wire:
    """A wire to a registry that counts, and that can be cut."""

    host: str
    sent: int = 0
    received: int = 0
    stalls_after: int = 1 << 60
    """Of so many bytes of the registry's, no further one arrives."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, *, sent: int = 0, received: int = 0) -> bool:
        """Count; tell whether there is more to come."""
        with self.lock:
            self.sent += sent
            self.received += received
            return self.received < self.stalls_after


@contextmanager
def wire(registry: str) -> Iterator[Wire]:
    """Lay a wire to a registry."""
    host, _, port = registry.rpartition(":")
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        laid = Wire(f"127.0.0.1:{listener.getsockname()[1]}")

        def pump(source: socket.socket, sink: socket.socket, direction: str) -> None:
            with suppress(OSError):
                while data := source.recv(1 << 16):
                    if not laid.count(**{direction: len(data)}):
                        done.wait()
                    sink.sendall(data)
            for end in (source, sink):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        def connect(near: socket.socket) -> None:
            with near, socket.create_connection((host, int(port))) as far:
                there = threading.Thread(target=pump, args=(near, far, "sent"), daemon=True)
                there.start()
                pump(far, near, "received")
                there.join()

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near, _ = listener.accept()
                    threading.Thread(target=connect, args=(near,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield laid
        finally:
            done.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def layout_of(directory: Path, content: bytes) -> Path:
    """Have umoci make an image with one layer."""
    (directory / "content").mkdir(parents=True)
    (directory / "content" / "file").write_bytes(content)
    layout = directory / "layout"
    for arguments in (
        ("init", "--layout", layout),
        ("new", "--image", f"{layout}:1"),
        ("insert", "--image", f"{layout}:1", directory / "content", "/"),
        ("gc", "--layout", layout),
    ):
        subprocess.run(["umoci", *arguments], check=True, capture_output=True)
    shutil.rmtree(directory / "content")
    return layout


def blobs(layout: Path) -> dict[str, bytes]:
    """The blobs of a layout, by name."""
    return {path.name: path.read_bytes() for path in (layout / "blobs" / "sha256").iterdir()}
