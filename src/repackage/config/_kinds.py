"""The kinds of value that an option may have, read from an annotation."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A string."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Integer:
    """An integer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Boolean:
    """True or false."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of a few values."""

    values: tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Array:
    """Values of one kind, in order."""

    item: Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class OneOrMore:
    """A string, or strings in order: a tuple either way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Values of one kind by names that the user chooses."""

    item: Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """The table of another dataclass."""

    cls: type[Any]


Kind = Text | Integer | Boolean | Choice | Array | OneOrMore | Table | Record


def kind_of(annotation: object) -> tuple[Kind, bool]:
    """Read an annotation: its kind, and whether ``None`` is among its values."""
    if get_origin(annotation) in (Union, types.UnionType):
        members = [member for member in get_args(annotation) if member is not type(None)]
        if members == [str, tuple[str, ...]]:
            return OneOrMore(), False
        if len(members) == 1:
            return _plain(members[0]), True
    return _plain(annotation), False


def _plain(annotation: object) -> Kind:
    """Read an annotation that is not optional."""
    simple: dict[object, Kind] = {str: Text(), int: Integer(), bool: Boolean()}
    if annotation in simple:
        return simple[annotation]
    if isinstance(annotation, type) and is_dataclass(annotation):
        return Record(cls=annotation)
    arguments = get_args(annotation)
    match get_origin(annotation), arguments:
        case (origin, _) if origin is Literal:
            return Choice(values=arguments)
        case (origin, (item, end)) if origin is tuple and end is ...:
            return Array(item=_plain(item))
        case (origin, (key, item)) if origin in (Mapping, dict) and key is str:
            return Table(item=_plain(item))
    raise TypeError(f"an option cannot have the type {annotation!r}")


def described(kind: Kind) -> str:  # noqa: PLR0911 - one for each kind
    """Name a kind the way a message does: ``an array of strings``."""
    match kind:
        case Text():
            return "a string"
        case Integer():
            return "an integer"
        case Boolean():
            return "true or false"
        case Choice(values=values):
            return f"one of {', '.join(map(repr, values))}"
        case Array(item=item):
            return f"an array of {_several(item)}"
        case OneOrMore():
            return "a string or an array of strings"
        case Table(item=item):
            return f"a table of {_several(item)}"
        case Record():
            return "a table"


def _several(kind: Kind) -> str:  # noqa: PLR0911 - one for each kind
    """Name a kind in the plural."""
    match kind:
        case Text():
            return "strings"
        case Integer():
            return "integers"
        case Boolean():
            return "booleans"
        case Choice(values=values):
            return f"any of {', '.join(map(repr, values))}"
        case Array(item=item):
            return f"arrays of {_several(item)}"
        case OneOrMore():
            return "strings or arrays of strings"
        case Table(item=item):
            return f"tables of {_several(item)}"
        case Record():
            return "tables"
