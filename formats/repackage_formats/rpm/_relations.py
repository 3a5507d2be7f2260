"""Relations between packages: ``nginx >= 1.20``, ``(a if b)`` (rpm's lib/rpmds.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from repackage_formats.rpm._facts import Relation
from repackage_formats.rpm._version import EVR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Bits of rpmsenseFlags.
LESS: Final = 1 << 1
GREATER: Final = 1 << 2
EQUAL: Final = 1 << 3
INTERPRETER: Final = 1 << 8
FOUND: Final = 1 << 14
"""Found by looking at files, not written by people."""
CONFIG: Final = 1 << 28

#: When a scriptlet runs, as the bit of what it needs then.
SLOTS: Final[Mapping[str, int]] = {
    "posttrans": 1 << 5,
    "pretrans": 1 << 7,
    "pre": 1 << 9,
    "post": 1 << 10,
    "preun": 1 << 11,
    "postun": 1 << 12,
    "verify": 1 << 13,
    "preuntrans": 1 << 20,
    "postuntrans": 1 << 21,
}
#: When a trigger runs, as the bit of its conditions.
TRIGGERS: Final[Mapping[str, int]] = {
    "in": 1 << 16,
    "un": 1 << 17,
    "postun": 1 << 18,
    "prein": 1 << 25,
}
_OPERATORS: Final[Mapping[str, int]] = {
    "<": LESS,
    "<=": LESS | EQUAL,
    "=": EQUAL,
    "==": EQUAL,
    ">=": GREATER | EQUAL,
    ">": GREATER,
}
_COMPARISON: Final = re.compile(r"(?P<name>\S+)(?:\s+(?P<operator>[<>=]+)\s+(?P<version>\S+))?")
#: Names of packages and capabilities: ``libc.so.6(GLIBC_2.17)(64bit)``, ``perl(A::B)``.
_NAME: Final = re.compile(
    r"[A-Za-z0-9_/](?:[^\s\x00-\x20\x7f()<>=,;&|]|\([^\s\x00-\x20\x7f()]*\))*"
)
_WORD: Final = re.compile(r"\s*(?P<bracket>[()])|\s*(?P<word>(?:[^\s()]|\([^\s()]*\))+)")
_JOINED: Final = frozenset({"and", "or", "if", "unless", "with", "without", "else"})
#: What cannot be chained without brackets.
_ONCE: Final = {("if",), ("if", "else"), ("unless",), ("unless", "else"), ("without",)}
_DEEPEST: Final = 40


def parse(text: str, flags: int = 0) -> Relation | None:
    """Read one relation as spec files have it; ``None`` if it is none."""
    text = " ".join(text.split(" ")).strip(" ")
    if text.startswith("("):
        return Relation(name=text, flags=flags) if _is_rich(text) else None
    match = _COMPARISON.fullmatch(text)
    if match is None or not is_name(match["name"]):
        return None
    if match["operator"] is None:
        return Relation(name=match["name"], flags=flags)
    if match["operator"] not in _OPERATORS or not EVR.fullmatch(match["version"]):
        return None
    sense = _OPERATORS[match["operator"]]
    return Relation(name=match["name"], version=match["version"], flags=flags | sense)


def is_rich(relation: Relation) -> bool:
    """Whether it is an expression of several relations."""
    return relation.name.startswith("(")


def is_name(text: str) -> bool:
    """Whether a text can be the name of a relation; rpm's own features cannot be named."""
    return (
        _NAME.fullmatch(text) is not None
        and text.isprintable()
        and not text.startswith("rpmlib(")
    )


def tidy(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Sort relations, each once."""
    return tuple(sorted(set(relations), key=lambda each: (each.name, each.version, each.flags)))


def _is_rich(text: str) -> bool:
    """Whether it is one expression in brackets (https://rpm.org/docs/4.20.x/manual/boolean_dependencies.html)."""
    words: list[str] = []
    at = 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            return False
        words.append(match["bracket"] or match["word"])
        at = match.end()
    rest = _expression(words, depth=0)
    return rest == []


def _expression(words: list[str], *, depth: int) -> list[str] | None:
    """Read ``( operand joiner operand … )``; return what is behind it, or nothing."""
    if depth > _DEEPEST or words[:1] != ["("]:
        return None
    left = _operand(words[1:], depth=depth)
    joiners: list[str] = []
    while left is not None and left[:1] and left[0] in _JOINED:
        joiners.append(left[0])
        left = _operand(left[1:], depth=depth)
    chained = set(joiners) in ({"and"}, {"or"}, {"with"}) or not joiners
    if left is None or left[:1] != [")"] or not (chained or tuple(joiners) in _ONCE):
        return None
    return left[1:]


def _operand(words: list[str], *, depth: int) -> list[str] | None:
    """Read a relation, or an expression; return what is behind it, or nothing."""
    if words[:1] == ["("]:
        return _expression(words, depth=depth + 1)
    size = 3 if len(words) > 1 and words[1] in _OPERATORS else 1
    if len(words) < size or parse(" ".join(words[:size])) is None:
        return None
    return words[size:]
