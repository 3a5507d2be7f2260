"""Requests of artifacts: redirects are followed, and credentials stay where they belong."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from repackage.network import connections, origin
from repackage.network.connections import MOST_REDIRECTS, Connections, too_many_redirects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from repackage.fetch._credentials import Credentials
    from repackage.fetch._model import FetchSettings
    from repackage.network import Login

_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Reply(connections.Reply):
    """An answer whose body has not been read."""

    login: Login | None


class Transport:
    """Connections, and who may use them."""

    def __init__(self, settings: FetchSettings, credentials: Credentials) -> None:
        self._credentials = credentials
        self._connections = Connections(timeout=settings.timeout, jobs=settings.jobs)

    @contextmanager
    def get(self, url: str, headers: Mapping[str, str], *, index: str) -> Iterator[Reply]:
        """Request a URL and follow redirects; credentials stay with their origin."""
        first = url
        for _ in range(MOST_REDIRECTS + 1):
            login = self._login(url, first, index)
            reply = self._request(url, headers, login)
            if reply.status == _UNAUTHORIZED and login is None:
                login = self._credentials.ask(url, index=index)
                if login is not None:
                    reply.put_aside()
                    reply = self._request(url, headers, login)
            target = reply.redirected
            if target is None:
                try:
                    yield reply
                finally:
                    reply.close()
                return
            reply.put_aside()
            url = target
        raise too_many_redirects(first)

    def close(self) -> None:
        """Close what is idle."""
        self._connections.close()

    def _login(self, url: str, first: str, index: str) -> Login | None:
        """Those of the first URL hold for its whole origin, and end where it ends."""
        if "@" not in urlsplit(url).netloc and origin(url) == origin(first):
            return self._credentials.find(first, index=index)
        return self._credentials.find(url, index=index)

    def _request(self, url: str, headers: Mapping[str, str], login: Login | None) -> Reply:
        sent = {**headers} if login is None else {**headers, "Authorization": login.header}
        return Reply(self._connections.request(url, sent), url, login)
