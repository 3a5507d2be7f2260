"""Typed reading of TOML tables; a complaint learns its key path as it unwinds.

The manner is that of ``packaging.pylock``: a leaf says what is wrong with the value, each
level above prefixes its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar, cast

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
Table = Mapping[str, object]

_KINDS = {
    bool: "a boolean",
    int: "an integer",
    str: "a string",
    list: "an array",
    dict: "a table",
}


#: What to do about a lock that uv would not have written.
ANEW = "run 'uv lock' to write the lock anew"


class Malformed(Exception):  # noqa: N818 - never leaves this package
    """A value that is not what the schema says, and the key path to it."""

    def __init__(self, what: str, *, key: str = "", advice: str = "") -> None:
        super().__init__(what, key, advice)
        self.what = what
        self.key = key
        self.advice = advice

    def under(self, key: str) -> Malformed:
        """The same complaint, seen from one level further up."""
        dot = "." if self.key and not self.key.startswith("[") else ""
        return Malformed(self.what, key=f"{key}{dot}{self.key}", advice=self.advice)


@contextmanager
def within(key: str) -> Iterator[None]:
    """Prefix the key to what is complained about inside."""
    try:
        yield
    except Malformed as error:
        raise error.under(key) from error


def kind_of(value: object) -> str:
    """What TOML calls a value."""
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def table_of(value: object) -> Table:
    """The value, if it is a table."""
    if type(value) is dict:
        return value
    raise Malformed(f"expected a table, not {kind_of(value)}")


def optional(table: Table, key: str, kind: type[T]) -> T | None:
    """The value at a key, if there is one; of exactly this type (a boolean is no integer)."""
    value = table.get(key)
    if value is None or type(value) is kind:
        return value
    raise Malformed(f"expected {_KINDS[kind]}, not {kind_of(value)}", key=key)


def required(table: Table, key: str, kind: type[T]) -> T:
    """The value at a key that must be there."""
    value = optional(table, key, kind)
    if value is None:
        raise Malformed("missing", key=key)
    return value


def converted(table: Table, key: str, convert: Callable[[str], T]) -> T | None:
    """The string at a key, if there is one, converted; a ValueError becomes a complaint."""
    text = optional(table, key, str)
    if text is None:
        return None
    try:
        return convert(text)
    except ValueError as error:
        raise Malformed(str(error), key=key) from error


def strings(table: Table, key: str, convert: Callable[[str], T]) -> tuple[T, ...]:
    """The array of strings at a key, each converted; nothing if there is none."""
    values = optional(table, key, list)
    if not values:
        return ()
    return tuple(
        cast("T", converted({at: _of(str, value, at)}, at, convert))
        for at, value in _numbered(key, values)
    )


def tables(table: Table, key: str, parse: Callable[[Table], T]) -> tuple[T, ...]:
    """The array of tables at a key, each parsed; nothing if there is none."""
    values = optional(table, key, list)
    if not values:
        return ()
    return tuple(
        _parsed(value, parse, at=f"{key}[{number}]") for number, value in enumerate(values)
    )


def named(table: Table, key: str, parse: Callable[[Table, str], T]) -> dict[NormalizedName, T]:
    """The table at a key, whose own keys are names; ``parse`` is told each as written."""
    values: Table = optional(table, key, dict) or {}
    found = {}
    try:
        for written in values:
            found[name(written)] = parse(values, written)
    except Malformed as error:
        raise error.under(key) from error
    except ValueError as error:
        raise Malformed(str(error), key=key) from error
    return found


def only(table: Table, allowed: frozenset[str]) -> None:
    """Refuse keys beyond the allowed, where the schema is closed."""
    for key in table:
        if key not in allowed:
            raise Malformed(
                "unknown key", key=key, advice=f"known: {', '.join(sorted(allowed))}"
            )


@lru_cache(maxsize=1 << 16)
def name(text: str) -> NormalizedName:
    """Normalise the name of a package, extra or group."""
    try:
        return canonicalize_name(text, validate=True)
    except ValueError:
        raise ValueError(f"{text!r} is not a name") from None


@lru_cache(maxsize=1 << 16)
def version(text: str) -> Version:
    """Parse a version; the same text gives the same object."""
    try:
        return Version(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a version") from None


@lru_cache(maxsize=1 << 16)
def specifiers(text: str) -> SpecifierSet:
    """Parse a set of version specifiers; the empty string is any version."""
    try:
        return SpecifierSet(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a version specifier") from None


@lru_cache(maxsize=1 << 16)
def marker(text: str) -> str:
    """Check that a marker can be read; it is kept as written."""
    try:
        Marker(text)
    except ValueError as error:
        first = str(error).partition("\n")[0]
        raise ValueError(f"{text!r} is not an environment marker: {first}") from None
    except RecursionError:
        raise ValueError("not an environment marker: nested too deeply") from None
    return text


def _of(kind: type[T], value: object, at: str) -> T:
    return required({at: value}, at, kind)


def _numbered(key: str, values: list[object]) -> Iterator[tuple[str, object]]:
    return ((f"{key}[{number}]", value) for number, value in enumerate(values))


def _parsed(value: object, parse: Callable[[Table], T], *, at: str) -> T:
    try:
        return parse(table_of(value))
    except Malformed as error:
        raise error.under(at) from error
