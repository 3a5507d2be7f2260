"""A registry: requests that are let in, sent on and tried again."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from repackage.container._authorization import Authorizer
from repackage.container._challenge import read_challenges
from repackage.container._document import LONGEST
from repackage.container._refusal import refusal
from repackage.errors import Problem
from repackage.network import Failed, is_loopback, origin, shown
from repackage.network.connections import MOST_REDIRECTS, Reply, too_many_redirects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from repackage.container._logins import Logins
    from repackage.container._model import RegistrySettings
    from repackage.container._reference import Reference
    from repackage.network import Persistence
    from repackage.network.connections import Connections

T = TypeVar("T")

_KEEP_METHOD = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What is sent; opened anew each time."""

    open: Callable[[], AbstractContextManager[IO[bytes]]]
    size: int

    @classmethod
    def of(cls, data: bytes) -> Body:
        """Send bytes that are at hand."""
        return cls(open=lambda: io.BytesIO(data), size=len(data))


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request, however often it has to be sent."""

    url: str
    scopes: tuple[str, ...]
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    good: frozenset[int] = frozenset({HTTPStatus.OK})
    """What counts as an answer; everything else is a refusal."""


class Registry:
    """One registry; several threads may use it."""

    def __init__(
        self,
        reference: Reference,
        *,
        connections: Connections,
        logins: Logins,
        settings: RegistrySettings,
        persistence: Persistence,
    ) -> None:
        self.host = reference.host
        self.persistence = persistence
        self._connections = connections
        self._insecure = settings.insecure
        self._hostname = urlsplit(f"//{reference.host}").hostname or ""
        plain = settings.insecure or is_loopback(self._hostname)
        self._url = f"{'http' if plain else 'https'}://{reference.host}"
        self._authorizer = Authorizer(
            lambda: logins.find(reference),
            connections=connections,
            insecure=settings.insecure,
            looked_for=logins.looked_for(),
        )

    def url(self, repository: str, path: str) -> str:
        """The address of something in a repository."""
        return f"{self._url}/v2/{repository}/{path}"

    def scopes(self, repository: str, actions: str) -> tuple[str, ...]:
        """What is to be done, in the words of a server of tokens."""
        return (f"repository:{repository}:{actions}",)

    def persist(self, attempt: Callable[[], T]) -> T:
        """Try until it is done, or there is no point in it."""
        return self.persistence(attempt, host=self._hostname)

    @contextmanager
    def reply(self, call: Call) -> Iterator[Reply]:
        """Send once, and give the answer if it is a good one.

        Raises:
            Failed: It is not, or none came.
        """
        reply = self._followed(call)
        try:
            if reply.status not in call.good:
                login, secrets = self._authorizer.story, self._authorizer.secrets
                raise refusal(reply, login=login, secrets=secrets)
            yield reply
        finally:
            reply.close()

    def ask(self, call: Call) -> tuple[int, Mapping[str, str]]:
        """Send until it is answered; give status and header fields."""

        def once() -> tuple[int, Mapping[str, str]]:
            with self.reply(call) as reply:
                status, headers = reply.status, reply.headers
                reply.put_aside()
                return status, headers

        return self.persist(once)

    def read(self, call: Call) -> tuple[bytes, Mapping[str, str]]:
        """Send until it is answered; give a document and header fields."""

        def once() -> tuple[bytes, Mapping[str, str]]:
            with self.reply(call) as reply:
                body = bytearray()
                for chunk in reply.chunks(LONGEST):
                    body += chunk
                    if len(body) > LONGEST:
                        problem = Problem(
                            what="is longer than a manifest can be", where=shown(call.url)
                        )
                        raise Failed(problem, passing=False)
                return bytes(body), reply.headers

        return self.persist(once)

    def _followed(self, call: Call) -> Reply:
        """Follow redirects; the login stays with the registry."""
        url = call.url
        for _ in range(MOST_REDIRECTS + 1):
            self._check_secure(url)
            reply = self._admitted(call, url)
            target = reply.redirected
            if target is None or (
                call.method not in {"GET", "HEAD"} and reply.status not in _KEEP_METHOD
            ):
                return reply
            reply.put_aside()
            url = target
        raise too_many_redirects(call.url)

    def _admitted(self, call: Call, url: str) -> Reply:
        """Send with what is known to let us in, and again with what the registry wants."""
        own = origin(url) == origin(self._url)
        header = self._authorizer.header(call.scopes) if own else None
        reply = self._send(call, url, header)
        if reply.status != HTTPStatus.UNAUTHORIZED or not own:
            return reply
        challenges = read_challenges(reply.headers.get("WWW-Authenticate", ""))
        try:
            answer = self._authorizer.answer(challenges, call.scopes, shown_header=header)
        except BaseException:
            reply.close()
            raise
        if answer is None:
            return reply
        reply.put_aside()
        return self._send(call, url, answer)

    def _send(self, call: Call, url: str, authorization: str | None) -> Reply:
        headers = dict(call.headers)
        if authorization is not None:
            headers["Authorization"] = authorization
        direct = is_loopback(urlsplit(url).hostname or "")
        send = self._connections.request
        if call.body is None:
            return Reply(send(url, headers, method=call.method, direct=direct), url)
        headers["Content-Length"] = str(call.body.size)
        with call.body.open() as body:
            return Reply(send(url, headers, method=call.method, body=body, direct=direct), url)

    def _check_secure(self, url: str) -> None:
        """Go nowhere without encryption, but where it was allowed."""
        parts = urlsplit(url)
        if parts.scheme == "https" or is_loopback(parts.hostname or "") or self._insecure:
            return
        problem = Problem(
            what=f"the registry {self.host} sends on to where there is no encryption",
            where=shown(url),
            advice="its proxy may not tell it that it is asked by https",
        )
        raise Failed(problem, passing=False)
