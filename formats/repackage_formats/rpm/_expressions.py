"""Boolean expressions of relations: ``(a if (b or c))`` (rpm-dependencies(7), rpm's rpmds.c)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD: Final = re.compile(r" *(?:(?P<bracket>[()])|(?P<word>(?:[^\s()]|\([^\s()]*\))+))")
_JOINERS: Final = frozenset({"and", "or", "if", "unless", "with", "without", "else"})
_CHAINS: Final = ({"and"}, {"or"}, {"with"})
#: What cannot be chained without brackets.
_ONCE: Final = {("if",), ("if", "else"), ("unless",), ("unless", "else"), ("without",)}
_CHOICES: Final = frozenset({"if", "unless"})
_OPERATORS: Final = frozenset({"<", "<=", "=", "==", ">=", ">"})
_DEEPEST: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class _Node:
    joiner: str
    """Empty for a single relation in brackets."""
    expressions: tuple[tuple[int, _Node], ...]
    """Those among its operands, numbered; the others are plain relations."""


class _Malformed(Exception):  # noqa: N818 - never leaves this module
    pass


def is_expression(text: str, *, is_relation: Callable[[str], bool], negative: bool) -> bool:
    """Whether rpm reads a text as one expression.

    ``if`` is for what is required together, ``unless`` for alternatives; a ``negative``
    expression, of what conflicts or is supplemented, is one of alternatives.
    """
    try:
        words = _words(text)
        node, rest = _node(words, is_relation=is_relation, depth=0)
    except _Malformed:
        return False
    return not rest and _is_legal(node, alternatives=negative, one_package=False)


def conjunction(text: str) -> tuple[str, ...] | None:
    """The relations that an expression asks for, if all of them must hold and no more is said.

    ``(a with b)`` asks for one package that is both; apart they may be two.
    """
    words = _words(text) if text.strip().startswith("(") else []
    inner = words[1:-1]
    joiners = _JOINERS & set(inner)
    if not words or joiners not in ({"and"}, {"with"}, set()) or {"(", ")"} & set(inner):
        return None
    parts: list[list[str]] = [[]]
    for word in inner:
        if word in joiners:
            parts.append([])
        else:
            parts[-1].append(word)
    return tuple(" ".join(part) for part in parts)


def _words(text: str) -> list[str]:
    words: list[str] = []
    at = 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise _Malformed
        words.append(match["bracket"] or match["word"])
        at = match.end()
    return words


def _node(
    words: list[str], *, is_relation: Callable[[str], bool], depth: int
) -> tuple[_Node, list[str]]:
    """Read ``( operand joiner operand … )``; return it and what is behind it."""
    if depth > _DEEPEST or words[:1] != ["("]:
        raise _Malformed
    joiners: list[str] = []
    found: list[tuple[int, _Node]] = []
    rest = words[1:]
    while True:
        if rest[:1] == ["("]:
            node, rest = _node(rest, is_relation=is_relation, depth=depth + 1)
            found.append((len(joiners), node))
        else:
            size = 3 if rest[1:2] and rest[1] in _OPERATORS else 1
            if len(rest) < size or not is_relation(" ".join(rest[:size])):
                raise _Malformed
            rest = rest[size:]
        if not rest or rest[0] not in _JOINERS:
            break
        joiners.append(rest[0])
        rest = rest[1:]
    if rest[:1] != [")"] or not _may_stand(joiners):
        raise _Malformed
    return _Node(joiner=next(iter(joiners), ""), expressions=tuple(found)), rest[1:]


def _may_stand(joiners: list[str]) -> bool:
    return not joiners or set(joiners) in _CHAINS or tuple(joiners) in _ONCE


def _is_legal(
    node: _Node, *, alternatives: bool, one_package: bool, condition: bool = False
) -> bool:
    """Whether joiners stand where they may; both kinds of choice may be a condition themselves."""
    match node.joiner:
        case "if":
            legal = (condition or not alternatives) and not one_package
            alternatives = alternatives and not condition
        case "unless":
            legal = (condition or alternatives) and not one_package
            alternatives = alternatives or condition
        case "and":
            legal, alternatives = not one_package, False
        case "or":
            legal, alternatives = True, True
        case "with" | "without":
            legal, one_package = True, True
        case _:
            legal = True
    return legal and all(
        _is_legal(
            each,
            alternatives=alternatives,
            one_package=one_package,
            condition=number == 1 and node.joiner in _CHOICES,
        )
        for number, each in node.expressions
    )
