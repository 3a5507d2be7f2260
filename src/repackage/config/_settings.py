"""Settings: strings by dotted keys, from ``-C`` or from the caller of a hook."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

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
)
from repackage.errors import ConfigError, Problems, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.config._options import Option

#: As PEP 517 hands them to a hook; an array is given by repeating.
Settings = Mapping[str, str | Sequence[str]]


def collect_settings(assignments: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read ``key=value`` strings; a key that is repeated collects its values."""
    collected: dict[str, tuple[str, ...]] = {}
    problems = Problems()
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if equals and key:
            collected[key] = (*collected.get(key, ()), value)
        else:
            problems.add(
                f"{assignment!r} is not a setting", where="-C", advice="write format.key=value"
            )
    problems.raise_if_any(ConfigError)
    return collected


def split_settings(
    settings: Settings, *, formats: Iterable[str], problems: Problems
) -> tuple[Settings, dict[str, Settings]]:
    """Part the core's settings (no dot) from those of each format, by format."""
    core: dict[str, str | Sequence[str]] = {}
    parted: dict[str, dict[str, str | Sequence[str]]] = {name: {} for name in formats}
    for key, value in settings.items():
        format_name, dot, rest = key.partition(".")
        if not dot:
            core[key] = value
        elif format_name in parted:
            parted[format_name][rest] = value
        else:
            problems.add(
                f"no format is called {format_name!r}",
                where=f"-C {key}",
                advice=did_you_mean(format_name, parted),
            )
    return core, dict(parted)


def setting_values(
    options: Mapping[str, Option], settings: Settings, *, where: str, problems: Problems
) -> dict[str, object]:
    """Turn strings into the values that the options want, by field name."""
    values: dict[str, object] = {}
    tables: dict[str, dict[str, object]] = {}
    for key, given in settings.items():
        texts = (given,) if isinstance(given, str) else tuple(given)
        name, dot, rest = key.partition(".")
        option = options.get(name)
        located = f"{where}{key}"
        if option is None:
            advice = did_you_mean(name, options)
            problems.add(f"no option is called {name!r}", where=located, advice=advice)
        elif isinstance(option.kind, Table) and rest:
            value = _value(option.kind.item, texts, where=located, problems=problems)
            tables.setdefault(option.field, {})[rest] = value
        elif isinstance(option.kind, Table):
            advice = f"write {where}{name}.name=value"
            problems.add(f"{name!r} is a table", where=located, advice=advice)
        elif dot:
            problems.add(f"{name!r} is not a table", where=located)
        else:
            values[option.field] = _value(option.kind, texts, where=located, problems=problems)
    return {**values, **tables}


def _value(kind: Kind, texts: Sequence[str], *, where: str, problems: Problems) -> object:
    """Turn the strings that were given for one key into a value."""
    if isinstance(kind, OneOrMore):
        kind = Array(item=Text())
    if isinstance(kind, Array):
        if tuple(texts) == ("",):  # the one way to say "none" on a command line
            return ()
        return tuple(
            _value(kind.item, (text,), where=where, problems=problems) for text in texts
        )
    if len(texts) != 1:
        problems.add(f"is given {len(texts)} times", where=where, advice="one value is wanted")
        return None
    return _scalar(kind, texts[0], where=where, problems=problems)


def _scalar(kind: Kind, text: str, *, where: str, problems: Problems) -> object:
    """Turn one string into a value."""
    match kind:
        case Text():
            return text
        case Integer() if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            return int(text)
        case Integer():
            problems.add(f"{text!r} is not an integer", where=where)
        case Boolean() if text in ("true", "false"):
            return text == "true"
        case Boolean():
            problems.add(f"{text!r} is neither true nor false", where=where)
        case Choice(values=values):
            known = {str(value): value for value in values}
            if text in known:
                return known[text]
            problems.add(
                f"{text!r} is not a choice", where=where, advice=did_you_mean(text, known)
            )
        case Array() | OneOrMore() | Table() | Record():
            problems.add(
                "cannot be given as a setting", where=where, advice="use pyproject.toml"
            )
    return None
