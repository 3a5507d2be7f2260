"""The formats that are installed: ours and strangers', by the same door, loaded when used.

The door is the entry-point group ``repackage.formats``:
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
    from repackage.format import Format

GROUP = "repackage.formats"
#: So that ``build_<name>`` is an identifier and ``-C <name>.key`` has one reading.
NAME = re.compile(r"[a-z][a-z0-9_]*")
#: What a format offers besides ``Options``.
FUNCTIONS = ("layout", "filename", "emit", "read")


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """A format that is installed, not loaded yet."""

    name: str
    module: str
    distribution: str
    """``name version`` of the distribution that brings it."""


def formats() -> tuple[str, ...]:
    """Name the formats that are installed, sorted."""
    return tuple(_entry_points())


def installed() -> tuple[Installed, ...]:
    """List the formats that are installed, with who brings them; nothing is imported."""
    return tuple(
        Installed(name=name, module=point.value, distribution=_owner(point))
        for name, point in _entry_points().items()
    )


def load(name: str) -> Format[Any]:
    """Import a format by its name, and check that it is one."""
    known = _entry_points()
    if name not in known:
        raise UsageError.of(
            f"no format is called {name!r}",
            advice=did_you_mean(name, known),
        )
    return _verified(known[name])


def _entry_points() -> dict[str, EntryPoint]:
    """Find the entry points by name, sorted; a name that occurs twice is an error."""
    found: dict[str, list[EntryPoint]] = defaultdict(list)
    for point in entry_points(group=GROUP):
        found[point.name].append(point)
    problems = Problems()
    for name, points in sorted(found.items()):
        owners = sorted({_owner(point) for point in points})
        if not NAME.fullmatch(name):
            problems.add(
                f"{name!r} cannot be the name of a format",
                where=owners[0],
                advice="a lower-case letter, then letters, digits and underscores",
            )
        elif len(points) > 1:
            problems.add(
                f"the format {name!r} is offered by {' and by '.join(owners)}",
                advice="uninstall all but one of them",
            )
    problems.raise_if_any(FormatError)
    return {name: points[0] for name, points in sorted(found.items())}


def _owner(point: EntryPoint) -> str:
    """Name the distribution of an entry point."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _verified(point: EntryPoint) -> Format[Any]:
    """Import a module and check that it offers the five names of a format."""
    try:
        module = point.load()
    except Exception as error:  # a stranger's module may raise anything
        raise FormatError.of(
            f"the format {point.name!r} cannot be imported: {type(error).__name__}: {error}",
            where=_owner(point),
            advice=f"python -c 'import {point.module}' shows more",
        ) from error
    missing = [name for name in FUNCTIONS if not callable(getattr(module, name, None))]
    options = getattr(module, "Options", None)
    if not (isinstance(options, type) and is_dataclass(options)):
        missing.insert(0, "Options (a dataclass)")
    if missing:
        raise FormatError.of(
            f"the format {point.name!r} lacks {', '.join(missing)}",
            where=f"{_owner(point)}: {point.value}",
            advice="a format offers Options, layout, filename, emit and read",
        )
    return cast("Format[Any]", module)
