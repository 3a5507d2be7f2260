"""One blob on its way into a repository.

It is sent whole. If that fails, the further tries send it in parts, after each of which the
registry says how much it has; so little of a large blob is ever sent twice.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import urlencode

from repackage.container._model import Moved
from repackage.container._registry import Body, Call
from repackage.container._session import PartsRefused, Session
from repackage.network import Failed, Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.container._document import Descriptor
    from repackage.container._local import LocalImage
    from repackage.container._model import Progress
    from repackage.container._registry import Registry

_SKIP = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Uploader:
    """Brings blobs into one repository."""

    registry: Registry
    repository: str
    mounts: tuple[str, ...]
    """Repositories of the same registry that may have them."""
    image: LocalImage
    progress: Progress
    closed: set[str] = field(default_factory=set)
    """Repositories that nothing may be taken from, as has turned out."""

    def __call__(self, blob: Descriptor) -> Moved:
        """Have a blob in the repository.

        Raises:
            Failed: It cannot be brought there.
        """
        moved = Moved(
            digest=blob.digest, size=blob.size, media_type=blob.media_type, how="present"
        )
        if self.registry.persist(lambda: self.has(blob)):
            return moved
        session: Session | None = None
        for source in (each for each in self.mounts if each not in self.closed):
            mounted = self._mount(blob, source)
            if mounted is True:
                return replace(moved, how="mounted")
            session = mounted or session
        sending = _Sending(uploader=self, blob=blob, session=session)
        self.progress.start(sending.name, blob.size)
        self.registry.persist(sending)
        self.progress.finish(sending.name)
        return replace(moved, how="uploaded")

    @property
    def scopes(self) -> tuple[str, ...]:
        """What is done in the repository."""
        return self.registry.scopes(self.repository, "pull,push")

    def has(self, blob: Descriptor) -> bool:
        """Ask once whether a blob is in the repository."""
        call = Call(
            url=self.registry.url(self.repository, f"blobs/{blob.digest}"),
            scopes=self.scopes,
            method="HEAD",
            good=frozenset({HTTPStatus.OK, HTTPStatus.NOT_FOUND}),
        )
        with self.registry.reply(call) as reply:
            reply.put_aside()
            return reply.status == HTTPStatus.OK

    def begin(self) -> Session:
        """Begin an upload."""
        url = self.registry.url(self.repository, "blobs/uploads/")
        return Session.begin(self.registry, url, self.scopes)

    def _mount(self, blob: Descriptor, source: str) -> bool | Session:
        """Take it from another repository; if that is not to be, it is sent as usual."""
        query = urlencode({"mount": blob.digest, "from": source})
        call = Call(
            url=self.registry.url(self.repository, f"blobs/uploads/?{query}"),
            scopes=(*self.scopes, *self.registry.scopes(source, "pull")),
            method="POST",
            good=frozenset({HTTPStatus.CREATED, HTTPStatus.ACCEPTED}),
        )
        try:
            status, headers = self.registry.ask(call)
        except Failed:
            self.closed.add(source)
            return False
        if status == HTTPStatus.CREATED:
            return True
        return Session.begun(self.registry, call.url, self.scopes, headers)


@dataclass(kw_only=True, slots=True)
class _Sending:
    """A blob that is being sent: each call is one try, and knows of those before."""

    uploader: Uploader
    blob: Descriptor
    session: Session | None
    tried: bool = False
    in_parts: bool = False
    parts_refused: bool = False
    told: int = 0
    """Bytes that were counted as progress."""

    @property
    def name(self) -> str:
        """What progress calls it."""
        return self.blob.digest.partition(":")[2][:12]

    def __call__(self) -> None:
        """Try once."""
        if self.tried and self.uploader.has(self.blob):
            return  # it arrived, and only the answer did not
        self.tried = True
        if self.in_parts:
            self._send_parts()
        else:
            self._send_whole()

    def _send_whole(self) -> None:
        session, self.session = self.session or self.uploader.begin(), None
        self.in_parts = not self.parts_refused  # unless this succeeds
        session.finish(self.blob.digest, self._body(0, self.blob.size))

    def _send_parts(self) -> None:
        if self.session is None or not self.session.take_up():
            self.session = self.uploader.begin()
        session = self.session
        try:
            while session.offset < self.blob.size:
                size = min(session.chunk, self.blob.size - session.offset)
                session.send_part(self._body(session.offset, size))
        except PartsRefused:
            self.session, self.in_parts, self.parts_refused = None, False, True
            raise
        session.finish(self.blob.digest)

    def _body(self, start: int, size: int) -> Body:
        return Body(open=lambda: self._opened(start, size), size=size)

    @contextmanager
    def _opened(self, start: int, size: int) -> Iterator[IO[bytes]]:
        with self.uploader.image.open(self.blob) as stream:
            left = start
            while left and (data := stream.read(min(left, _SKIP))):
                left -= len(data)
            self._tell(start - self.told)
            yield cast("IO[bytes]", _Counted(self, stream, size))

    def _tell(self, count: int) -> None:
        if self.uploader.registry.persistence.stop.is_set():
            raise Stopped
        self.told += count
        self.uploader.progress.advance(self.name, count)


@dataclass(slots=True)
class _Counted:
    """So many bytes of a stream, counted as they go."""

    sending: _Sending
    stream: IO[bytes]
    left: int

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self.stream.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        self.sending._tell(len(data))  # noqa: SLF001 - two halves of one thing
        return data
