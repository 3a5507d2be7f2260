"""What a server wants to be shown: ``WWW-Authenticate`` (RFC 9110, 11.6.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a word of the grammar, not a secret
_SEPARATOR = re.compile(r"[ \t,]*")
#: An unquoted value may be a URL, though only a token is allowed to be one.
_PARAMETER = re.compile(rf'({_TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"=][^\s,"]*))')
_SCHEME = re.compile(rf"({_TOKEN})(?=[ \t,]|$)[ \t]*")
_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))")
_REST = re.compile(r"[^,]*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """A way to be let in."""

    scheme: str
    """In lower case."""
    parameters: Mapping[str, str]
    """Names in lower case."""


def read_challenges(field: str) -> tuple[Challenge, ...]:
    """Read all challenges of a header field; what is none is passed over."""
    found: list[tuple[str, dict[str, str]]] = []
    position = 0
    while (position := _skip(_SEPARATOR, field, position)) < len(field):
        parameter = _PARAMETER.match(field, position) if found else None
        if parameter is not None:
            quoted, bare = parameter[2], parameter[3]
            value = bare if quoted is None else _ESCAPED.sub(r"\1", quoted)
            found[-1][1].setdefault(parameter[1].lower(), value)
            position = parameter.end()
        elif scheme := _SCHEME.match(field, position):
            found.append((scheme[1].lower(), {}))
            position = _skip(_TOKEN68, field, scheme.end())
        else:
            position = _skip(_REST, field, position)
    return tuple(Challenge(scheme=name, parameters=values) for name, values in found)


def _skip(pattern: re.Pattern[str], field: str, position: int) -> int:
    """Where a pattern ends, or the same place if it is not there."""
    found = pattern.match(field, position)
    return found.end() if found else position
