"""A package index on the loopback interface, serving wheels made by a test."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packaging.utils import NormalizedName


class _Quiet(SimpleHTTPRequestHandler):
    """Serves a directory and keeps its talk to itself."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """Say nothing."""


def write_index(wheels: Path, root: Path) -> None:
    """Write the pages of a simple index (PEP 503) of the wheels of a directory."""
    links: dict[NormalizedName, list[str]] = defaultdict(list)
    for wheel in sorted(wheels.glob("*.whl")):
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        name = canonicalize_name(wheel.name.partition("-")[0])
        (root / "files").mkdir(parents=True, exist_ok=True)
        (root / "files" / wheel.name).write_bytes(wheel.read_bytes())
        href = f"/files/{wheel.name}#sha256={digest}"
        links[name].append(f'<a href="{href}">{wheel.name}</a>')
    for project, anchors in links.items():
        page = root / "simple" / project / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<!DOCTYPE html><html><body>{''.join(anchors)}</body></html>")


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Serve a directory; yields the URL of its simple index."""
    handler = partial(_Quiet, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/simple"
        finally:
            server.shutdown()
            thread.join()
