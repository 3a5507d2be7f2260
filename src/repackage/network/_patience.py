"""How long a server is waited for, and how often: uv's own variables say it."""

from __future__ import annotations

import os

from repackage.errors import UsageError

#: The most of each that makes sense: a day, and what nobody sees the end of.
_LONGEST, _MOST = 86_400, 1_000


def patience() -> float:
    """Seconds that a server may be silent: ``UV_HTTP_TIMEOUT``."""
    return _number("UV_HTTP_TIMEOUT", default=30, least=1, most=_LONGEST)


def retries() -> int:
    """Further tries after one that failed: ``UV_HTTP_RETRIES``."""
    return _number("UV_HTTP_RETRIES", default=4, least=0, most=_MOST)


def _number(variable: str, *, default: int, least: int, most: int) -> int:
    text = os.environ.get(variable, "")
    if not text:
        return default
    # the length is looked at first: int() takes long for long texts, or refuses them
    number = (
        int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else -1
    )
    if not least <= number <= most:
        raise UsageError.of(
            f"{text!r} is not a number that can be used",
            where=variable,
            advice=f"{least} to {most}",
        )
    return number
