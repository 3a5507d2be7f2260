"""Being let in: Basic (RFC 7617), or tokens of the server that a registry names.

https://distribution.github.io/distribution/spec/auth/token/ and, for identity tokens,
https://distribution.github.io/distribution/spec/auth/oauth/.
"""

from __future__ import annotations

import json
import re
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from repackage.container._logins import IdentityToken
from repackage.container._refusal import refusal
from repackage.errors import Problem
from repackage.network import Failed, Login, is_loopback, is_requestable, shown
from repackage.network.connections import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from repackage.container._challenge import Challenge
    from repackage.container._logins import Identity
    from repackage.network.connections import Connections

#: What a token lasts if its server does not say, in seconds; by its specification.
_LASTS = 60
#: Of its time, a token is used for so much.
_SHARE = 0.75
_LONGEST = 1 << 20
_TOKEN = re.compile(r"[\x21-\x7e]+")


class Authorizer:
    """Answers the challenges of one registry; asked by several threads."""

    def __init__(
        self,
        identity: Callable[[], Identity | None],
        *,
        connections: Connections,
        insecure: bool,
        looked_for: str,
    ) -> None:
        self._ask_identity = identity
        self._connections = connections
        self._insecure = insecure
        self._looked_for = looked_for
        self._identity: Identity | None = None
        self._asked = False
        self._basic = False
        self._tokens: dict[tuple[str, ...], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def header(self, scopes: tuple[str, ...]) -> str | None:
        """What to show before being asked: what was good before."""
        with self._lock:
            if self._basic and isinstance(self._identity, Login):
                return self._identity.header
            return self._known(scopes)

    def answer(
        self,
        challenges: Sequence[Challenge],
        scopes: tuple[str, ...],
        *,
        shown_header: str | None,
    ) -> str | None:
        """What to show now that it was asked for; None: there is nothing to show.

        Raises:
            Failed: There is no token to be had.
        """
        with self._lock:
            for challenge in challenges:
                if challenge.scheme == "bearer":
                    known = self._known(scopes)
                    if known is not None and known != shown_header:
                        return known  # another thread has just fetched it
                    return self._fetch(challenge.parameters, scopes)
            login = self._known_identity()
            schemes = {challenge.scheme for challenge in challenges}
            if "basic" in schemes and isinstance(login, Login) and login.header != shown_header:
                self._basic = True
                return login.header
            return None

    @property
    def story(self) -> str:
        """Which login was shown, or where none was found, for advice."""
        if self._identity is not None:
            return f"the login is that of {self._identity.source}"
        if not self._asked:
            return "the registry did not ask for a login"
        return (
            "there is no login for it: 'docker login', 'podman login' and 'skopeo login' "
            f"keep one in {self._looked_for}"
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may show."""
        tokens = tuple(token for token, _ in self._tokens.values())
        match self._identity:
            case Login(password=password, header=header) if password:
                return (password, header.removeprefix("Basic "), *tokens)
            case IdentityToken(token=token):
                return (token, *tokens)
            case _:
                return tokens

    def _known_identity(self) -> Identity | None:
        if not self._asked:
            self._identity = self._ask_identity()
            self._asked = True
        return self._identity

    def _known(self, scopes: tuple[str, ...]) -> str | None:
        token, until = self._tokens.get(scopes, ("", 0.0))
        return f"Bearer {token}" if time.monotonic() < until else None

    def _fetch(self, parameters: Mapping[str, str], scopes: tuple[str, ...]) -> str:
        """Fetch a token for what is asked for, and for what was to be done."""
        realm = parameters.get("realm", "")
        self._check_realm(realm)
        wanted = dict.fromkeys((*scopes, *parameters.get("scope", "").split()))
        about = [
            ("service", parameters.get("service", "")),
            *(("scope", each) for each in wanted),
        ]
        reply = self._request(realm, [(key, value) for key, value in about if value])
        try:
            if reply.status != HTTPStatus.OK:
                raise refusal(reply, login=self.story, secrets=self.secrets)
            token, lasts = _read_token(reply)
        finally:
            reply.close()
        self._tokens[scopes] = (token, time.monotonic() + _SHARE * lasts)
        return f"Bearer {token}"

    def _request(self, realm: str, about: list[tuple[str, str]]) -> Reply:
        """Ask the server of tokens, with the login if there is one, or as anybody."""
        headers: dict[str, str] = {}
        match self._known_identity():
            case IdentityToken(token=token):
                form = [("grant_type", "refresh_token"), ("client_id", "repackage")]
                joined = {key: " ".join(v for k, v in about if k == key) for key, _ in about}
                body = urlencode([*form, *joined.items(), ("refresh_token", token)]).encode()
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                return self._send(realm, headers, method="POST", body=body)
            case Login() as login:
                headers["Authorization"] = login.header
                about = [("account", login.username), *about]
            case None:
                pass
        mark = "&" if "?" in realm else "?"
        return self._send(f"{realm}{mark}{urlencode(about)}", headers)

    def _send(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        method: str = "GET",
        body: bytes | None = None,
    ) -> Reply:
        direct = is_loopback(urlsplit(url).hostname or "")
        response = self._connections.request(
            url, headers, method=method, body=body, direct=direct
        )
        return Reply(response, url)

    def _check_realm(self, realm: str) -> None:
        """Show a login to nobody in plain sight of others."""
        if not is_requestable(realm):
            what = f"sends to {realm[:200]!r} for a token, which is no address"
            raise Failed(Problem(what=what), passing=False)
        parts = urlsplit(realm)
        safe = parts.scheme == "https" or is_loopback(parts.hostname or "") or self._insecure
        if not safe:
            what = "sends for a token to where it would be given without encryption"
            advice = "if the network is yours alone: --insecure"
            raise Failed(Problem(what=what, where=shown(realm), advice=advice), passing=False)


def _read_token(reply: Reply) -> tuple[str, float]:
    """Read ``token`` or, as OAuth has it, ``access_token``, and for how long it is good."""
    body = bytearray()
    for chunk in reply.chunks(_LONGEST):
        body += chunk
        if len(body) > _LONGEST:
            break
    try:
        table = json.loads(bytes(body)) if len(body) <= _LONGEST else None
    except (ValueError, RecursionError):
        table = None
    lasts = _LASTS
    match table:
        case {"expires_in": int(seconds)} if seconds > 0:
            lasts = seconds
        case _:
            pass
    match table:
        case {"token": str(token)} | {"access_token": str(token)} if _TOKEN.fullmatch(token):
            return token, lasts
        case _:
            problem = Problem(what="its answer holds no token", where=shown(reply.url))
            raise Failed(problem, passing=False)
