"""From a table and settings to an instance, built once, with every problem reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from repackage.config._kinds import (
    Array,
    Boolean,
    Choice,
    Integer,
    Kind,
    OneOrMore,
    Record,
    Table,
    Text,
    described,
)
from repackage.config._options import options_of
from repackage.config._settings import setting_values
from repackage.errors import ConfigError, Problems, RepackageError, did_you_mean

if TYPE_CHECKING:
    from repackage.config._options import Option
    from repackage.config._settings import Settings

T = TypeVar("T")


def construct(
    cls: type[T],
    table: Mapping[str, object],
    *,
    where: str,
    settings: Settings | None = None,
    settings_where: str = "-C ",
) -> T:
    """Make an instance of a frozen dataclass: its defaults, below the table, below settings.

    ``where`` is the key path of the table, for messages: ``tool.repackage.deb``. A
    :class:`ValueError` of the class's ``__post_init__`` is reported as a problem there.
    """
    problems = Problems()
    options = {option.key: option for option in options_of(cls)}
    values = _table_values(options, table, where=where, problems=problems)
    overriding = setting_values(
        options, settings or {}, where=settings_where, problems=problems
    )
    values = {
        **values,
        **{field: _over(values.get(field), value) for field, value in overriding.items()},
    }
    for option in options.values():
        if option.required and option.field not in values:
            problems.add(f"{option.key!r} is missing", where=where, advice=option.type)
    problems.raise_if_any(ConfigError)
    located = {
        option.key: f"{settings_where if option.field in overriding else f'{where}.'}{option.key}"
        for option in options.values()
    }
    return _instance(cls, values, where=where, located=located)


def _instance(
    cls: type[T], values: Mapping[str, Any], *, where: str, located: Mapping[str, str]
) -> T:
    """Call the class; what it refuses is a problem of the table, or of a key of it."""
    try:
        return cls(**values)
    except RepackageError as error:
        raise ConfigError(
            *(
                replace(problem, where=_within(where, problem.where, located=located))
                for problem in error.problems
            )
        ) from error
    except ValueError as error:
        raise ConfigError.of(str(error), where=where) from error


def _within(where: str, place: str, *, located: Mapping[str, str]) -> str:
    """Locate a problem that the class itself found: at a key, or somewhere in the table."""
    key = place.replace("_", "-")
    if key in located:
        return located[key]
    return f"{where}.{place}" if place else where


def _over(below: object, value: object) -> object:
    """Lay a value over another one: tables are merged, everything else is replaced."""
    if isinstance(below, dict) and isinstance(value, dict):
        return {**below, **value}
    return value


def _table_values(
    options: Mapping[str, Option],
    table: Mapping[str, object],
    *,
    where: str,
    problems: Problems,
) -> dict[str, object]:
    """Check the values of a table, by field name; what is wrong is noted and left out."""
    values = {}
    for key, value in table.items():
        option = options.get(key)
        if option is None:
            problems.add(
                f"no option is called {key!r}", where=where, advice=did_you_mean(key, options)
            )
        else:
            located = f"{where}.{key}"
            values[option.field] = _checked(
                option.kind, value, where=located, problems=problems
            )
    return values


def _checked(  # noqa: PLR0911 - one for each kind
    kind: Kind, value: object, *, where: str, problems: Problems
) -> object:
    """Return a value of a table as an option holds it, or note what is wrong with it."""
    match kind, value:
        case Text(), str() if "\0" in value:
            problems.add(f"{value!r} has a NUL, which no path or field can hold", where=where)
        case (Boolean(), bool()) | (Text(), str()):
            return value
        case Integer(), int() if not isinstance(value, bool):
            return value
        case Choice(values=values), str() | int() if value in values:
            return value
        case Record(cls=cls), Mapping():
            return _constructed(cls, value, where=where, problems=problems)
        case Choice(values=values), str():
            problems.add(
                f"{value!r} is not a choice",
                where=where,
                advice=did_you_mean(value, map(str, values)),
            )
        case OneOrMore(), str() | list() | tuple():
            several = (value,) if isinstance(value, str) else value
            return _checked(Array(item=Text()), several, where=where, problems=problems)
        case Array(item=item), list() | tuple():
            return tuple(
                _checked(item, each, where=f"{where}[{index}]", problems=problems)
                for index, each in enumerate(value)
            )
        case Table(item=item), Mapping():
            return {
                key: _checked(item, each, where=f"{where}.{key}", problems=problems)
                for key, each in value.items()
            }
        case _:
            problems.add(f"expected {described(kind)}, found {_found(value)}", where=where)
    return None


def _constructed(
    cls: type[T], table: Mapping[str, object], *, where: str, problems: Problems
) -> T | None:
    """Make the instance of a table inside a table, or note what is wrong with it."""
    try:
        return construct(cls, table, where=where)
    except ConfigError as error:
        problems.extend(error.problems)
        return None


def _found(value: object) -> str:
    """Name what a table holds instead, in TOML's words."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return repr(value)
        case list() | tuple():
            return "an array"
        case Mapping():
            return "a table"
        case dt.date() | dt.time():
            return f"the date or time {value}"
        case _:
            return type(value).__name__
