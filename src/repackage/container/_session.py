"""An upload that a registry has begun, and what can be done with it.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

from repackage.container._registry import Body, Call
from repackage.errors import Problem
from repackage.network import Failed, is_requestable, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.container._registry import Registry
    from repackage.network.connections import Reply

#: Bytes of a part, unless the registry wants larger ones.
CHUNK = 16 << 20
_LARGEST_CHUNK = 1 << 30
_RANGE = re.compile(r"(?:bytes=)?0-([0-9]{1,18})")
_BINARY = "application/octet-stream"

#: Too large to be sent whole, or a session that is forgotten or further than was thought.
_ANOTHER_WAY = frozenset(
    {
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    }
)
#: A registry that says so takes no parts, whatever the specification says.
_NO_PARTS = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}
)


class PartsRefused(Failed):
    """The registry takes blobs whole only."""


@dataclass(slots=True)
class Session:
    """Where the bytes of one blob go."""

    registry: Registry
    scopes: tuple[str, ...]
    location: str
    chunk: int = field(default=CHUNK)
    offset: int = 0
    """How much of the blob the registry has."""

    @classmethod
    def begin(cls, registry: Registry, url: str, scopes: tuple[str, ...]) -> Session:
        """Have the registry begin an upload."""
        good = frozenset({HTTPStatus.ACCEPTED})
        call = Call(url=url, scopes=scopes, method="POST", good=good)
        with registry.reply(call) as reply:
            reply.put_aside()
            return cls.begun(registry, url, scopes, reply.headers)

    @classmethod
    def begun(
        cls, registry: Registry, url: str, scopes: tuple[str, ...], headers: Mapping[str, str]
    ) -> Session:
        """Read where the upload goes that the registry has begun."""
        location = _location(url, headers)
        if not location:
            what = "begins an upload, and does not say where"
            raise Failed(Problem(what=what, where=shown(url)), passing=False)
        least = headers.get("OCI-Chunk-Min-Length", "")
        wanted = int(least) if re.fullmatch("[0-9]{1,10}", least) else 0
        chunk = min(max(CHUNK, wanted), _LARGEST_CHUNK)
        return cls(registry, scopes, location, chunk)

    def take_up(self) -> bool:
        """Ask how much has arrived; False: nobody remembers."""
        good = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND})
        call = Call(url=self.location, scopes=self.scopes, good=good)
        with self.registry.reply(call) as reply:
            reply.put_aside()
            if reply.status == HTTPStatus.NOT_FOUND:
                return False
            self._go_on(reply, reached=0)
            return True

    def send_part(self, body: Body) -> None:
        """Send what comes next."""
        headers = {
            "Content-Type": _BINARY,
            "Content-Range": f"{self.offset}-{self.offset + body.size - 1}",
        }
        call = Call(
            url=self.location,
            scopes=self.scopes,
            method="PATCH",
            headers=headers,
            body=body,
            good=frozenset({HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT})
            | _ANOTHER_WAY
            | _NO_PARTS,
        )
        with self.registry.reply(call) as reply:
            _check(reply)
            reply.put_aside()
            self._go_on(reply, reached=self.offset + body.size)

    def finish(self, digest: str, body: Body | None = None) -> None:
        """Send all that is left, and have the registry compare the digest."""
        mark = "&" if "?" in self.location else "?"
        call = Call(
            url=f"{self.location}{mark}{urlencode({'digest': digest})}",
            scopes=self.scopes,
            method="PUT",
            headers={"Content-Type": _BINARY},
            body=body,
            good=frozenset({HTTPStatus.CREATED, HTTPStatus.NO_CONTENT}) | _ANOTHER_WAY,
        )
        with self.registry.reply(call) as reply:
            _check(reply)
            reply.put_aside()
            check_digest(reply.headers, digest, where=call.url)

    def _go_on(self, reply: Reply, *, reached: int) -> None:
        """Go on where the registry says; an empty upload has no range to tell, or 0-0."""
        self.location = _location(self.location, reply.headers) or self.location
        found = _RANGE.fullmatch(reply.headers.get("Range", ""))
        self.offset = int(found[1]) + 1 if found and int(found[1]) else reached


def check_digest(headers: Mapping[str, str], digest: str, *, where: str) -> None:
    """Hold a registry to the digest of what it was given.

    Raises:
        Failed: It says that it has something else.
    """
    said = headers.get("Docker-Content-Digest", "")
    if said and said.partition(":")[0] == digest.partition(":")[0] and said != digest:
        problem = Problem(
            what=f"the registry stored other bytes: it was given {digest}, and has {said[:80]}",
            where=shown(where),
            advice="something between here and the registry alters what passes",
        )
        raise Failed(problem, passing=False)


def _check(reply: Reply) -> None:
    """Say that another way has to be found."""
    what = f"does not take it like that: {reply.status} {reply.reason}".rstrip()
    problem = Problem(what=what, where=shown(reply.url), advice="try again later")
    if reply.status in _NO_PARTS:
        raise PartsRefused(problem, passing=True)
    if reply.status in _ANOTHER_WAY:
        raise Failed(problem, passing=True)


def _location(url: str, headers: Mapping[str, str]) -> str:
    """Where to go on: ``Location`` may be relative, and has a query of its own."""
    try:
        found = urljoin(url, headers.get("Location", ""))
    except ValueError:
        return ""
    return found if headers.get("Location") and is_requestable(found) else ""
