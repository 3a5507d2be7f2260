"""URLs: what belongs together, and what may be shown."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}


def is_requestable(url: str) -> bool:
    """Tell whether a URL is one that can be asked for over HTTP."""
    try:
        parts = urlsplit(url)
        return parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, whatever the network (RFC 6761, 6.3)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what credentials belong to (RFC 6454)."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def without_credentials(url: str) -> str:
    """Drop user name and password, which must not travel in a request line."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def shown(url: str) -> str:
    """A URL as messages show it: without credentials, and without a query (signatures)."""
    try:
        parts = urlsplit(without_credentials(url))
    except ValueError:  # nothing in it can be told apart, so nothing is safe to show
        return f"{url.partition(':')[0]}:…"
    return urlunsplit(parts._replace(query="", fragment=""))
