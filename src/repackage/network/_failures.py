"""What errors of the network mean to a user; beside ``connections`` nothing knows urllib3."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ProxySchemeUnknown,
    ReadTimeoutError,
    SSLError,
)

from repackage.errors import Problem
from repackage.network._persistence import Failed
from repackage.network._url import shown


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cause:
    """What an error of the network means to a user."""

    errors: tuple[type[Exception], ...]
    what: str
    advice: str
    passing: bool = True
    host_lost: bool = True


#: The first that fits counts: the classes of urllib3 are derived from each other.
_CAUSES = (
    _Cause(
        errors=(NameResolutionError,),
        what="the name {host!r} is not known",
        advice="is the network up, or a proxy needed?",
    ),
    _Cause(
        errors=(ProxySchemeUnknown,),
        what="the proxy cannot be used: {error}",
        advice="see HTTPS_PROXY and NO_PROXY",
        passing=False,
    ),
    _Cause(
        errors=(ProxyError,),
        what="the proxy does not work",
        advice="see HTTPS_PROXY and NO_PROXY",
    ),
    _Cause(
        errors=(SSLError, ssl.SSLError),
        what="no secure connection to {host!r}: {error}",
        advice="certificates are checked against those that this system trusts",
        passing=False,
    ),
    _Cause(
        errors=(NewConnectionError,),
        what="no connection to {host!r}",
        advice="is the network up, or a proxy needed?",
    ),
    _Cause(
        errors=(ConnectTimeoutError,),
        what="{host!r} does not answer in time",
        advice="is the network up, or a proxy needed?",
    ),
    _Cause(
        errors=(ReadTimeoutError, TimeoutError),
        what="the server fell silent",
        advice="try again: it goes on where it stopped; UV_HTTP_TIMEOUT is how long to wait",
        host_lost=False,
    ),
    _Cause(
        errors=(ValueError,),
        what="cannot be requested: {error}",
        advice="is the address right?",
        passing=False,
        host_lost=False,
    ),
    _Cause(
        errors=(HTTPError, OSError),
        what="the connection broke off",
        advice="try again: it goes on where it stopped",
        host_lost=False,
    ),
)


def translated(error: Exception, url: str) -> Failed:
    """Say in our words what went wrong on the way."""
    if isinstance(error, MaxRetryError) and error.reason is not None:
        error = error.reason
    host = urlsplit(url).hostname or ""
    for cause in _CAUSES:
        if isinstance(error, cause.errors):
            what = cause.what.format(host=host, error=error)
            problem = Problem(what=what, where=shown(url), advice=cause.advice)
            return Failed(problem, passing=cause.passing, host=host if cause.host_lost else "")
    raise TypeError(f"not an error of the network: {error!r}") from error
