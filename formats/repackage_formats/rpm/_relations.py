"""Relations between packages: ``nginx >= 1.20``, ``(a if b)`` (rpm's lib/rpmds.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from repackage_formats.rpm._expressions import is_expression
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
#: Kinds of relations that are about what must not be, or is already.
NEGATIVE: Final = frozenset({"conflicts", "supplements", "enhances"})
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


def parse(text: str, flags: int = 0, *, negative: bool = False) -> Relation | None:
    """Read one relation as spec files have it; ``None`` if it is none.

    ``negative`` is what conflicts, or is supplemented or enhanced: the expressions that
    may stand there are others.
    """
    text = re.sub(" +", " ", text).strip(" ")
    if text.startswith("("):
        legal = is_expression(text, is_relation=_is_plain, negative=negative)
        return Relation(name=text, flags=flags) if legal else None
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


def _is_plain(text: str) -> bool:
    return not text.startswith("(") and parse(text) is not None
