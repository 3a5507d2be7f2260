"""One artifact from the network: resumed, retried, hashed while it arrives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from repackage.errors import FetchError, Problem, StoreError
from repackage.fetch._digest import CHUNK, mismatch
from repackage.fetch._unfinished import Unfinished
from repackage.network import Failed, Stopped, retry_after, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from threading import Event

    from repackage.fetch._credentials import Credentials
    from repackage.fetch._model import Artifacts, Download, Progress
    from repackage.fetch._transport import Reply, Transport
    from repackage.network import Persistence

_OK, _PARTIAL, _RANGE = 200, 206, 416
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _GONE = 401, 403, 404, 410
_TIMEOUT, _TOO_MANY, _SERVER_ERROR = 408, 429, 500
_CONTENT_RANGE = re.compile(r"bytes (\d+)-", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Downloader:
    """Everything that a download needs, shared by all of them."""

    transport: Transport
    credentials: Credentials
    store: Artifacts
    persistence: Persistence
    progress: Progress

    @property
    def stop(self) -> Event:
        """Set when the whole run is given up."""
        return self.persistence.stop

    def __call__(self, download: Download) -> Path:
        """Download into the store; return where the artifact is."""
        if self.stop.is_set():
            raise Stopped
        try:
            return self._run(download)
        except StoreError:
            self.stop.set()  # nothing else will fit, either
            raise

    def _run(self, download: Download) -> Path:
        key = (
            download.hash.digest if download.hash else sha256(download.url.encode()).hexdigest()
        )
        with self.store.partial(key) as path:
            if download.hash and (stored := self.store.find(download.hash, download.filename)):
                return stored  # another process was faster, while this one waited
            unfinished = Unfinished.at(path, download)
            self.progress.start(download.filename, download.size)
            self.progress.advance(download.filename, unfinished.size)
            self._fetch_verified(unfinished)
            stored = self.store.put(path, download.filename, hash=download.hash)
        self.progress.finish(download.filename)
        return stored

    def _fetch_verified(self, unfinished: Unfinished) -> None:
        download = unfinished.download
        while True:
            if not unfinished.complete:
                self._persist(unfinished)
            difference = mismatch(unfinished.running, download.hash) if download.hash else ""
            if not difference:
                return
            again = unfinished.resumed
            self._start_over(unfinished)
            if not again:
                raise FetchError.of(
                    difference,
                    where=shown(download.url),
                    advice="the file on the server was replaced, or the lock is for another one",
                )

    def _persist(self, unfinished: Unfinished) -> None:
        """Try until all bytes are here, or no further try is left."""
        host = urlsplit(unfinished.download.url).hostname or ""
        try:
            self.persistence(lambda: self._attempt(unfinished), host=host)
        except Failed as failed:
            raise FetchError(failed.problem) from failed

    def _attempt(self, unfinished: Unfinished) -> None:
        download = unfinished.download
        if unfinished.doubtful:
            self._start_over(unfinished)
        headers = unfinished.headers()
        with self.transport.get(download.url, headers, index=download.index) as reply:
            self._check_status(reply, unfinished)
            self._check_length(reply, unfinished)
            self._receive(reply, unfinished)

    def _check_status(self, reply: Reply, unfinished: Unfinished) -> None:
        """Take 200 and 206; begin again where the server cannot go on."""
        if reply.status == _OK:
            self._start_over(unfinished)
            unfinished.validator = _validator(reply.headers)
        elif reply.status == _PARTIAL:
            found = _CONTENT_RANGE.match(reply.headers.get("Content-Range", ""))
            if found is None or int(found[1]) != unfinished.size:
                self._start_over(unfinished)
                problem = Problem(
                    what="sent another range than asked for", where=shown(reply.url)
                )
                raise Failed(problem, passing=True)
            unfinished.resumed |= not unfinished.validator
        elif reply.status == _RANGE:
            self._start_over(unfinished)
            problem = Problem(what="does not know the range asked for", where=shown(reply.url))
            raise Failed(problem, passing=True)
        else:
            raise self._refused(reply, unfinished.download)

    def _check_length(self, reply: Reply, unfinished: Unfinished) -> None:
        """Refuse a body of the wrong length before it is downloaded."""
        length = reply.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return
        total = unfinished.size + int(length)
        if total > unfinished.download.limit or unfinished.download.size not in {None, total}:
            raise _wrong_size(unfinished.download, f"is {total} bytes large")

    def _receive(self, reply: Reply, unfinished: Unfinished) -> None:
        download = unfinished.download
        with unfinished.open() as file:
            for chunk in reply.chunks(CHUNK):
                if self.stop.is_set():
                    raise Stopped
                if unfinished.size + len(chunk) > download.limit:
                    raise _wrong_size(download, f"is larger than {download.limit} bytes")
                file.write(chunk)
                self.progress.advance(download.filename, len(chunk))
        if download.size is not None and not unfinished.complete:
            problem = Problem(what="the connection broke off", where=shown(download.url))
            raise Failed(problem, passing=True)

    def _start_over(self, unfinished: Unfinished) -> None:
        if unfinished.size:
            self.progress.advance(unfinished.download.filename, -unfinished.size)
        unfinished.reset()

    def _refused(self, reply: Reply, download: Download) -> Failed:
        """Say what a status means, and whether to ask again."""
        what = f"the server says {reply.status} {reply.reason}".rstrip()
        if reply.status in {_UNAUTHORIZED, _FORBIDDEN}:
            advice = self._login_advice(reply, download)
        else:
            first = "lock again" if reply.status in {_NOT_FOUND, _GONE} else "try again later"
            advice = f"{first}, or put the file into a directory for --find-links"
        passing = reply.status in {_TIMEOUT, _TOO_MANY} or reply.status >= _SERVER_ERROR
        return Failed(
            Problem(what=what, where=shown(reply.url), advice=advice),
            passing=passing,
            wait=retry_after(reply.headers),
        )

    def _login_advice(self, reply: Reply, download: Download) -> str:
        if reply.login is not None:
            return f"the credentials of {reply.login.source} were not accepted"
        places = self.credentials.looked_for(reply.url, index=download.index)
        return f"no credentials were found; looked for: {places}"


def _wrong_size(download: Download, found: str) -> FetchError:
    said = (
        "the lock does not say its size, and more is never downloaded"
        if download.size is None
        else f"the lock says {download.size}"
    )
    return FetchError.of(
        f"{found}, {said}",
        where=shown(download.url),
        advice="the file on the server was replaced, or the lock is for another one",
    )


def _validator(headers: Mapping[str, str]) -> str:
    """A strong validator for ``If-Range`` (RFC 9110, 13.1.5)."""
    etag = headers.get("ETag", "")
    return headers.get("Last-Modified", "") if not etag or etag.startswith("W/") else etag
