"""An image that is elsewhere: its documents, and its blobs as they arrive."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from repackage.container._document import MEDIA_TYPES, digest_of
from repackage.container._registry import Call
from repackage.errors import FetchError, Problem
from repackage.network import Failed, Stopped, shown
from repackage.store import storing

if TYPE_CHECKING:
    from hashlib import _Hash
    from pathlib import Path

    from repackage.container._client import Client
    from repackage.container._document import Descriptor
    from repackage.container._model import Progress
    from repackage.container._reference import Reference
    from repackage.container._registry import Registry
    from repackage.container._shelf import KeptLayout
    from repackage.network.connections import Reply

_CHUNK = 1 << 18
_CONTENT_RANGE = re.compile(r"bytes (\d+)-", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Remote:
    """The repository of a reference."""

    client: Client
    reference: Reference
    progress: Progress

    def document(self, called: str) -> tuple[bytes, str]:
        """Fetch a manifest or an index by tag or digest; tell its digest.

        Raises:
            FetchError: It cannot be had, or has another digest.
        """
        url = self._url(f"manifests/{called}")
        headers = {"Accept": ", ".join(MEDIA_TYPES)}
        try:
            data, said = self._registry.read(
                Call(url=url, scopes=self._scopes, headers=headers)
            )
        except Failed as failed:
            raise FetchError(failed.problem) from failed
        expected = called if ":" in called else said.get("Docker-Content-Digest", "")
        algorithm = expected.partition(":")[0]
        digest = digest_of(data, algorithm=algorithm if algorithm == "sha512" else "sha256")
        if expected and digest != expected:
            raise FetchError(_other_bytes(url, expected[:200], digest))
        return data, digest

    def fetch(self, blobs: list[Descriptor], layout: KeptLayout) -> None:
        """Fetch blobs into a layout.

        Raises:
            FetchError: Some cannot be had, or have other bytes.
        """

        def one(blob: Descriptor) -> None:
            with layout.shelf.partial(blob) as path:
                if layout.has(blob):
                    return  # another process was faster, while this one waited
                self._fetch(blob, path)
                layout.put(path, blob)

        self.client.all(one, blobs, error=FetchError)

    def _fetch(self, blob: Descriptor, path: Path) -> None:
        name = blob.digest.partition(":")[2][:12]
        self.progress.start(name, blob.size)
        arriving = _Arriving.at(path, blob)
        self.progress.advance(name, arriving.size)
        self._registry.persist(lambda: self._try(arriving, name))
        self.progress.finish(name)

    def _try(self, arriving: _Arriving, name: str) -> None:
        """Fetch what is missing, and hold all of it to the digest."""
        url = self._url(f"blobs/{arriving.blob.digest}")
        resumed = arriving.size > 0
        if arriving.size < arriving.blob.size or not resumed:
            headers = {"Range": f"bytes={arriving.size}-"} if resumed else {}
            call = Call(
                url=url,
                scopes=self._scopes,
                headers=headers,
                good=frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}),
            )
            with self._registry.reply(call) as reply:
                if not _goes_on(reply, arriving.size):
                    self.progress.advance(name, -arriving.size)
                    arriving.reset()
                    resumed = False
                self._receive(reply, arriving, name)
        found = f"{arriving.blob.digest.partition(':')[0]}:{arriving.running.hexdigest()}"
        if found != arriving.blob.digest:
            self.progress.advance(name, -arriving.size)
            arriving.reset()
            # what an earlier run left may be the reason
            raise Failed(_other_bytes(url, arriving.blob.digest, found), passing=resumed)

    def _receive(self, reply: Reply, arriving: _Arriving, name: str) -> None:
        with storing(arriving.path), arriving.path.open("ab") as file:
            for chunk in reply.chunks(_CHUNK):
                if self.client.persistence.stop.is_set():
                    raise Stopped
                if arriving.size + len(chunk) > arriving.blob.size:
                    what = f"is larger than the {arriving.blob.size} bytes that the image says"
                    problem = Problem(what=what, where=shown(reply.url))
                    raise Failed(problem, passing=False)
                file.write(chunk)
                arriving.running.update(chunk)
                arriving.size += len(chunk)
                self.progress.advance(name, len(chunk))
        if arriving.size < arriving.blob.size:
            problem = Problem(what="the connection broke off", where=shown(reply.url))
            raise Failed(problem, passing=True)

    @property
    def _registry(self) -> Registry:
        return self.client.registry(self.reference)

    @property
    def _scopes(self) -> tuple[str, ...]:
        return self._registry.scopes(self.reference.repository, "pull")

    def _url(self, path: str) -> str:
        return self._registry.url(self.reference.repository, path)


@dataclass(slots=True)
class _Arriving:
    """What has arrived of a blob so far."""

    path: Path
    blob: Descriptor
    running: _Hash
    size: int = 0

    @classmethod
    def at(cls, path: Path, blob: Descriptor) -> _Arriving:
        """Take up what an earlier run left; the digest tells whether it was good."""
        self = cls(path, blob, _new(blob))
        with storing(path):
            if not path.exists():
                return self
            with path.open("rb") as file:
                while self.size <= blob.size and (chunk := file.read(_CHUNK)):
                    self.running.update(chunk)
                    self.size += len(chunk)
        if self.size > blob.size:
            self.reset()
        return self

    def reset(self) -> None:
        """Begin again with nothing."""
        with storing(self.path):
            self.path.unlink(missing_ok=True)
        self.running, self.size = _new(self.blob), 0


def _goes_on(reply: Reply, size: int) -> bool:
    """Whether the answer is the rest that was asked for; else it is the whole."""
    if reply.status != HTTPStatus.PARTIAL_CONTENT:
        return False
    found = _CONTENT_RANGE.match(reply.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != size:
        problem = Problem(what="sent another range than asked for", where=shown(reply.url))
        raise Failed(problem, passing=False)
    return True


def _new(blob: Descriptor) -> _Hash:
    return hashlib.new(blob.digest.partition(":")[0])


def _other_bytes(url: str, expected: str, found: str) -> Problem:
    return Problem(
        what=f"has other bytes than its digest says: expected {expected}, got {found}",
        where=shown(url),
        advice="the registry, or something on the way, is damaged or lies",
    )
