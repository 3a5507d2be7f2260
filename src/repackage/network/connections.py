"""One HTTP request, as our nouns; beside ``_failures`` the only module that knows urllib3."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import truststore
import urllib3
from urllib3.exceptions import HTTPError

from repackage.errors import Problem
from repackage.network._failures import translated
from repackage.network._persistence import Failed
from repackage.network._url import is_requestable, shown, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["MOST_REDIRECTS", "Connections", "Reply", "too_many_redirects"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 10
_WORTH_READING = 1 << 16
#: Bytes of a body that are sent at a time: of large ones, few.
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body has not been read."""

    response: urllib3.BaseHTTPResponse
    url: str

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status

    @property
    def reason(self) -> str:
        """What the server says beside the code."""
        return self.response.reason or ""

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields; names in any case."""
        return self.response.headers

    @property
    def redirected(self) -> str | None:
        """The URL that it refers to; None if it is no redirect.

        Raises:
            Failed: It refers to what cannot be requested.
        """
        location = self.headers.get("Location")
        if self.status not in _REDIRECTS or location is None:
            return None
        try:
            target = urljoin(self.url, location)
        except ValueError:
            target = ""
        if not is_requestable(target):
            self.close()
            what = "redirects to what cannot be requested"
            raise Failed(Problem(what=what, where=shown(self.url)), passing=False)
        return target

    def chunks(self, size: int) -> Iterator[bytes]:
        """The body as it arrives, encoded as it was sent, at most ``size`` bytes a piece."""
        try:
            while chunk := self.response.read1(size, decode_content=False):
                yield chunk
        except (HTTPError, OSError) as error:
            raise translated(error, self.url) from error

    def close(self) -> None:
        """Give it up, and its connection if the body was not read."""
        self.response.close()

    def put_aside(self) -> None:
        """Keep the connection, unless the body is not worth reading."""
        length = self.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length) <= _WORTH_READING:
            self.response.drain_conn()
        else:
            self.response.close()


def too_many_redirects(url: str) -> Failed:
    """Say that there was no end of them."""
    what = f"redirects more than {MOST_REDIRECTS} times"
    return Failed(Problem(what=what, where=shown(url)), passing=False)


class Connections:
    """Connections that are kept open, to wherever the proxies of the environment allow."""

    def __init__(self, *, timeout: float, jobs: int) -> None:
        self._timeout = timeout
        self._jobs = jobs
        self._proxies = getproxies()
        self._pools: dict[str, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def request(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        method: str = "GET",
        body: bytes | IO[bytes] | None = None,
        direct: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        """Send one request; nothing is followed, and the body is not read.

        Raises:
            Failed: No answer came.
        """
        sent = {
            # a length and a digest are of the bytes as stored, not as compressed for transport
            "Accept-Encoding": "identity",
            "User-Agent": "repackage",
            **headers,
        }
        try:
            return self._pool("" if direct else self._proxy(url)).request(
                method,
                without_credentials(url).partition("#")[0],
                body=body,
                headers=sent,
                preload_content=False,
                redirect=False,
                retries=False,
            )
        except (HTTPError, OSError, ValueError) as error:
            raise translated(error, url) from error

    def close(self) -> None:
        """Close what is idle."""
        for pool in self._pools.values():
            pool.clear()

    def _pool(self, proxy: str) -> urllib3.PoolManager:
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
        timeout = urllib3.Timeout(self._timeout)
        if not proxy:
            return urllib3.PoolManager(
                maxsize=self._jobs, timeout=timeout, ssl_context=context, blocksize=_BLOCK
            )
        parts = urlsplit(proxy)
        login = parts.username and f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return urllib3.ProxyManager(
            without_credentials(proxy),
            proxy_headers=urllib3.make_headers(proxy_basic_auth=login) if login else None,
            maxsize=self._jobs,
            timeout=timeout,
            ssl_context=context,
            blocksize=_BLOCK,
        )
