"""What it means that a registry does not do as asked."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from repackage.errors import Problem
from repackage.network import Failed, retry_after, shown
from repackage.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.network.connections import Reply

#: Of what a registry says, so much is read, and so much of each error is shown.
_MOST, _LISTED, _LONGEST = 1 << 16, 3, 300

_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


def refusal(reply: Reply, *, login: str, secrets: tuple[str, ...]) -> Failed:
    """Say what a registry answered, why, and whether to ask again.

    ``login`` says which login was shown, or where none was found.
    """
    status = reply.status
    said = "; ".join(_errors(_body(reply)))
    for secret in secrets:
        said = said.replace(secret, "…")
    what = f"the registry says {status} {reply.reason}".rstrip()
    return Failed(
        Problem(
            what=f"{what}: {said}" if said else what,
            where=shown(reply.url),
            advice=_advice(status, login),
        ),
        passing=status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR,
        wait=retry_after(reply.headers),
    )


def _advice(status: int, login: str) -> str:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return login
        case HTTPStatus.FORBIDDEN:
            return f"that is not allowed; {login}"
        case HTTPStatus.NOT_FOUND:
            return f"there is none of that name, or it is not shown to everybody; {login}"
        case HTTPStatus.TOO_MANY_REQUESTS:
            return "it was asked too often: try again later"
        case _ if status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return "the registry is in trouble: try again later"
        case _:
            return "is it a registry of OCI images, and the repository writable?"


def _body(reply: Reply) -> bytes:
    """Read the beginning of what it says; that is all there is, as a rule."""
    body = bytearray()
    try:
        for chunk in reply.chunks(_MOST):
            body += chunk
            if len(body) >= _MOST:
                break
    except Failed:
        return b""
    return bytes(body)


def _errors(body: bytes) -> Iterator[str]:
    """List the errors of a registry: ``{"errors": [{"code": …, "message": …}]}``."""
    try:
        table = json.loads(body)
    except (ValueError, RecursionError):
        return
    listed = table.get("errors") if isinstance(table, dict) else None
    for each in listed[:_LISTED] if isinstance(listed, list) else ():
        if isinstance(each, dict):
            words = (each.get(key) for key in ("code", "message", "detail"))
            said = ": ".join(one_line(word) for word in words if isinstance(word, str) and word)
            yield said[:_LONGEST]
