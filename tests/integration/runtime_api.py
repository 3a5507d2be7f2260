"""The runtime API of AWS Lambda on the loopback, for one event; and what it is answered.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NEXT = "/2018-06-01/runtime/invocation/next"
#: Makes directories read-only, as Lambda does; modes alone would not stop root.
_READ_ONLY = """
for each in $PLACES; do
    mount --bind "$each" "$each" && mount -o remount,bind,ro "$each" || exit 99
done
exec "$@"
"""


class Api(ThreadingHTTPServer):
    """Hands out one event, and keeps the answer."""

    daemon_threads = True

    def __init__(self, event: object) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.event = json.dumps(event).encode()
        self.given = False
        self.answered = threading.Event()
        self.answer: tuple[str, Any] = ("nothing", None)


class _Handler(BaseHTTPRequestHandler):
    server: Api
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path != _NEXT or self.server.given:  # no second event: wait for the end
            self.server.answered.wait(60)
            return
        self.server.given = True
        self.send_response(200)  # the client takes every header for granted
        self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 60_000))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:x:1:function:f")
        self.send_header("Lambda-Runtime-Trace-Id", "Root=1-0-0;Parent=0;Sampled=0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.server.event)))
        self.end_headers()
        self.wfile.write(self.server.event)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answer = (self.path.rpartition("/")[2], json.loads(body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.answered.set()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def invoked(handler: str, event: object, *places: Path) -> tuple[str, Any]:
    """Run a handler with AWS's own client of the API; ``places`` are read-only, task first."""
    with Api(event) as api:
        thread = threading.Thread(target=api.serve_forever, daemon=True)
        thread.start()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, places)),
            "LAMBDA_TASK_ROOT": str(places[0]),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_address[1]}",
            "AWS_REGION": "x",
            "PLACES": " ".join(map(str, places)),
        }
        client = subprocess.Popen(
            [*_confined(places), sys.executable, "-m", "awslambdaric", handler],
            cwd=places[0],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            while not api.answered.wait(0.2):
                if client.poll() is not None:
                    break
        finally:
            client.kill()
            said = client.communicate()[1]
            api.shutdown()
        if not api.answered.is_set():
            raise AssertionError(f"the runtime ended by itself: {said}")
        return api.answer


def _confined(places: Sequence[Path]) -> list[str]:
    if os.geteuid() == 0:
        return ["unshare", "--mount", "sh", "-c", _READ_ONLY, "sh"]
    for place in places:
        subprocess.run(["chmod", "-R", "a-w", place], check=True)
    return []
