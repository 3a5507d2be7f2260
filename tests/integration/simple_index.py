"""A package index on the loopback interface, serving files made by a test."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packaging.utils import NormalizedName

_ARCHIVES = (".whl", ".tar.gz", ".zip")


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    """Of its root."""
    asked: list[str] = field(default_factory=list)
    """The path of every request, in order."""

    def files_asked_for(self) -> frozenset[str]:
        """The names of the archives that were asked for."""
        names = (unquote(urlsplit(path).path.rpartition("/")[2]) for path in self.asked)
        return frozenset(name for name in names if name.endswith(_ARCHIVES))


class _Noting(SimpleHTTPRequestHandler):
    """Serves a directory and notes what is asked for."""

    def __init__(self, *args: object, asked: list[str], **keywords: object) -> None:
        self._asked = asked
        super().__init__(*args, **keywords)  # type: ignore[arg-type]  # as the server calls it

    def do_GET(self) -> None:
        """Answer, and note the request."""
        self._asked.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """Say nothing."""


def write_index(files: Path, root: Path, *, name: str = "simple") -> None:
    """Write the pages of a simple index (PEP 503) of the archives of a directory."""
    links: dict[NormalizedName, list[str]] = defaultdict(list)
    (root / "files").mkdir(parents=True, exist_ok=True)
    for file in sorted(files.iterdir()):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        if not (root / "files" / file.name).exists():
            os.link(file, root / "files" / file.name)
        href = escape(f"../../files/{quote(file.name)}#sha256={digest}")
        links[_project_of(file)].append(f'<a href="{href}">{file.name}</a>')
    for project, anchors in links.items():
        page = root / name / project / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<!DOCTYPE html><html><body>{''.join(anchors)}</body></html>")


def _project_of(file: Path) -> NormalizedName:
    if file.suffix == ".whl":
        return canonicalize_name(file.name.partition("-")[0])
    return canonicalize_name(file.name.rpartition("-")[0])


@contextmanager
def serving(root: Path) -> Iterator[Served]:
    """Serve a directory until the end of the ``with``."""
    asked: list[str] = []
    handler = partial(_Noting, directory=str(root), asked=asked)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{server.server_address[1]}", asked)
        finally:
            server.shutdown()
            thread.join()
