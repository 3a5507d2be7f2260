"""The formats and readers that are installed: ours and strangers', by the same doors.

The doors are the entry-point groups ``repackage.formats`` and, for what can be read and not
made, ``repackage.readers``; a module is imported when it is used:
https://packaging.python.org/en/latest/specifications/entry-points/.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, is_dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, cast

from repackage.errors import FormatError, Problems, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.format import Format, Reader

GROUP = "repackage.formats"
READERS = "repackage.readers"
#: So that ``build_<name>`` is an identifier and ``-C <name>.key`` has one reading.
NAME = re.compile(r"[a-z][a-z0-9_]*")
#: What a format offers besides ``Options``.
FUNCTIONS = ("layout", "filename", "emit", "read")


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """A format or a reader that is installed, not loaded yet."""

    name: str
    module: str
    distribution: str
    """``name version`` of the distribution that brings it."""
    made: bool
    """Whether artifacts of it can be made, and not only read."""


def formats() -> tuple[str, ...]:
    """Name the formats that are installed, sorted."""
    return tuple(_entry_points(GROUP))


def readers() -> tuple[str, ...]:
    """Name what can be read, sorted: the formats, and what has only a reader."""
    return tuple(_entry_points(GROUP, READERS))


def installed() -> tuple[Installed, ...]:
    """List what can be made or read, with who brings it; nothing is imported."""
    return tuple(
        Installed(
            name=name,
            module=point.value,
            distribution=_owner(point),
            made=point.group == GROUP,
        )
        for name, point in _entry_points(GROUP, READERS).items()
    )


def load(name: str) -> Format[Any]:
    """Import a format by its name, and check that it is one."""
    point = _named(name, _entry_points(GROUP))
    return cast("Format[Any]", _verified(point, FUNCTIONS, with_options=True))


def load_reader(name: str) -> Reader:
    """Import a reader by its name, which may be that of a format, and check that it is one."""
    point = _named(name, _entry_points(GROUP, READERS))
    return cast("Reader", _verified(point, FUNCTIONS[-1:], with_options=False))


def _named(name: str, known: Mapping[str, EntryPoint]) -> EntryPoint:
    if name in known:
        return known[name]
    advice = did_you_mean(name, known)
    if name in _entry_points(GROUP, READERS):
        advice = f"{name!r} can be read, not made; {advice}"
    raise UsageError.of(f"no format is called {name!r}", advice=advice)


def _entry_points(*groups: str) -> dict[str, EntryPoint]:
    """Find the entry points by name, sorted; a name that occurs twice is an error."""
    found: dict[str, list[EntryPoint]] = defaultdict(list)
    for group in groups:
        for point in entry_points(group=group):
            found[point.name].append(point)
    problems = Problems()
    for name, points in sorted(found.items()):
        if not NAME.fullmatch(name):
            problems.add(
                f"{name!r} cannot be the name of a format",
                where=min(map(_owner, points)),
                advice="a lower-case letter, then letters, digits and underscores",
            )
        elif len(points) > 1:
            owners = sorted({_owner(point) for point in points})
            problems.add(
                f"the format {name!r} is offered by {' and by '.join(owners)}",
                advice="uninstall all but one of them",
            )
    problems.raise_if_any(FormatError)
    return {name: points[0] for name, points in sorted(found.items())}


def _owner(point: EntryPoint) -> str:
    """Name the distribution of an entry point."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _verified(point: EntryPoint, functions: tuple[str, ...], *, with_options: bool) -> object:
    """Import a module and check that it offers the names of a format, or of a reader."""
    try:
        module: object = point.load()
    except Exception as error:  # a stranger's module may raise anything
        raise FormatError.of(
            f"the format {point.name!r} cannot be imported: {type(error).__name__}: {error}",
            where=_owner(point),
            advice=f"python -c 'import {point.module}' shows more",
        ) from error
    missing = [name for name in functions if not callable(getattr(module, name, None))]
    options = getattr(module, "Options", None)
    if with_options and not (isinstance(options, type) and is_dataclass(options)):
        missing.insert(0, "Options (a dataclass)")
    if missing:
        raise FormatError.of(
            f"the format {point.name!r} lacks {', '.join(missing)}",
            where=f"{_owner(point)}: {point.value}",
            advice="a format offers Options, layout, filename, emit and read"
            if with_options
            else "a reader offers read",
        )
    return module
