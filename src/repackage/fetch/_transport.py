"""One HTTP request, as our nouns; beside ``_failures`` the only module that knows urllib3."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import truststore
import urllib3
from urllib3.exceptions import HTTPError

from repackage.errors import Problem
from repackage.fetch._failures import Failed, translated
from repackage.fetch._url import is_requestable, origin, shown, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from repackage.fetch._credentials import Credentials
    from repackage.fetch._indexes import Login
    from repackage.fetch._model import FetchSettings

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 10
_UNAUTHORIZED = 401
_WORTH_READING = 1 << 16


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body has not been read."""

    response: urllib3.BaseHTTPResponse
    url: str
    login: Login | None

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields; names in any case."""
        return self.response.headers

    def chunks(self, size: int) -> Iterator[bytes]:
        """The body as it arrives, encoded as it was sent, at most ``size`` bytes a piece."""
        try:
            while chunk := self.response.read1(size, decode_content=False):
                yield chunk
        except (HTTPError, OSError) as error:
            raise translated(error, self.url) from error


class Transport:
    """Connections that are kept open, to wherever the proxies of the environment allow."""

    def __init__(self, settings: FetchSettings, credentials: Credentials) -> None:
        self._settings = settings
        self._credentials = credentials
        self._proxies = getproxies()
        self._pools: dict[str, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    @contextmanager
    def get(self, url: str, headers: Mapping[str, str], *, index: str) -> Iterator[Reply]:
        """Request a URL and follow redirects; credentials stay with their origin."""
        first = url
        for _ in range(_MOST_REDIRECTS + 1):
            login = self._login(url, first, index)
            response = self._request(url, headers, login)
            if response.status == _UNAUTHORIZED and login is None:
                login = self._credentials.ask(url, index=index)
                if login is not None:
                    _put_aside(response)
                    response = self._request(url, headers, login)
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or location is None:
                try:
                    yield Reply(response, url, login)
                finally:
                    response.close()
                return
            _put_aside(response)
            url = self._redirected(url, location)
        problem = Problem(
            what=f"redirects more than {_MOST_REDIRECTS} times", where=shown(first)
        )
        raise Failed(problem, passing=False)

    def close(self) -> None:
        """Close what is idle."""
        for pool in self._pools.values():
            pool.clear()

    def _redirected(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
        except ValueError:
            target = ""
        if not is_requestable(target):
            problem = Problem(what="redirects to what cannot be requested", where=shown(url))
            raise Failed(problem, passing=False)
        return target

    def _login(self, url: str, first: str, index: str) -> Login | None:
        """Those of the first URL hold for its whole origin, and end where it ends."""
        if "@" not in urlsplit(url).netloc and origin(url) == origin(first):
            return self._credentials.find(first, index=index)
        return self._credentials.find(url, index=index)

    def _request(
        self, url: str, headers: Mapping[str, str], login: Login | None
    ) -> urllib3.BaseHTTPResponse:
        sent = {
            # a length and a digest are of the bytes as stored, not as compressed for transport
            "Accept-Encoding": "identity",
            "User-Agent": "repackage",
            **headers,
        }
        if login is not None:
            sent["Authorization"] = login.header
        try:
            return self._pool(url).request(
                "GET",
                without_credentials(url).partition("#")[0],
                headers=sent,
                preload_content=False,
                redirect=False,
                retries=False,
            )
        except (HTTPError, OSError, ValueError) as error:
            raise translated(error, url) from error

    def _pool(self, url: str) -> urllib3.PoolManager:
        proxy = self._proxy(url)
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = self._new_pool(proxy)
            return self._pools[proxy]

    def _proxy(self, url: str) -> str:
        parts = urlsplit(url)
        if proxy_bypass(parts.netloc.rpartition("@")[2]):
            return ""
        proxy = self._proxies.get(parts.scheme) or self._proxies.get("all") or ""
        return proxy if "://" in proxy or not proxy else f"http://{proxy}"

    def _new_pool(self, proxy: str) -> urllib3.PoolManager:
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        timeout = urllib3.Timeout(self._settings.timeout)
        jobs = self._settings.jobs
        if not proxy:
            return urllib3.PoolManager(maxsize=jobs, timeout=timeout, ssl_context=context)
        parts = urlsplit(proxy)
        login = parts.username and f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return urllib3.ProxyManager(
            without_credentials(proxy),
            proxy_headers=urllib3.make_headers(proxy_basic_auth=login) if login else None,
            maxsize=jobs,
            timeout=timeout,
            ssl_context=context,
        )


def _put_aside(response: urllib3.BaseHTTPResponse) -> None:
    """Keep the connection of a redirect, unless its body is not worth reading."""
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length) <= _WORTH_READING:
        response.drain_conn()
    else:
        response.close()
