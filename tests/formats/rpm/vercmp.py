"""rpmvercmp in Python, transcribed from its description in rpm-version(7)."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[0-9]+|[A-Za-z]+|~|\^")


def vercmp(one: str, other: str) -> int:
    """Compare versions without epoch and release: -1, 0 or 1."""
    left, right = _TOKEN.findall(one), _TOKEN.findall(other)
    for index in range(max(len(left), len(right))):
        a = left[index] if index < len(left) else ""
        b = right[index] if index < len(right) else ""
        if _rank(a) != _rank(b):
            return 1 if _rank(a) > _rank(b) else -1
        if a[:1].isdigit():
            if int(a) != int(b):
                return 1 if int(a) > int(b) else -1
        elif a != b:
            return 1 if a > b else -1
    return 0


def evrcmp(one: str, other: str) -> int:
    """Compare ``[epoch:]version`` as relations do."""
    (epoch, _, version), (other_epoch, _, other_version) = (
        (text if ":" in text else f"0:{text}").partition(":") for text in (one, other)
    )
    by_epoch = (int(epoch) > int(other_epoch)) - (int(epoch) < int(other_epoch))
    return by_epoch or vercmp(version, other_version)


def _rank(token: str) -> int:
    """A tilde, the end, a caret, a word, a number."""
    if token in {"~", "", "^"}:
        return ["~", "", "^"].index(token)
    return 4 if token[0].isdigit() else 3
