"""The application and what it depends on, apart: a function and a layer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

from repackage.errors import FormatError, Problems, UsageError, did_you_mean
from repackage.lock import SourceTree
from repackage.tree import File, parents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from repackage.format import Plan
    from repackage.tree import Entry
    from repackage_formats.zip._options import Options

#: The names of the two, which are the same for every version.
FUNCTION_NAME: Final = "function.zip"
LAYER_NAME: Final = "layer.zip"
#: Where a layer has modules (it is unpacked to ``/opt``).
LAYER_PREFIX: Final = "python/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Halves:
    """What goes into which."""

    function: tuple[Entry, ...]
    layer: tuple[Entry, ...]


def split(plan: Plan[Options], entries: Iterable[Entry]) -> Halves:
    """Divide entries by whose they are; what belongs to no distribution is the function's.

    Raises:
        FormatError: A package would lie in both, and Python would see one half of it.
    """
    with_function = _with_function(plan)
    function: list[Entry] = []
    layer: list[Entry] = []
    for entry in entries:
        (function if entry.origin in with_function else layer).append(entry)
    _refuse_torn(function, layer)
    return Halves(function=tuple(function), layer=tuple(layer))


def _with_function(plan: Plan[Options]) -> frozenset[str]:
    """Name the distributions of the function: members of the workspace change with it."""
    pins = {str(pin.name): pin for pin in plan.closure.pins}
    problems = Problems()
    asked = {str(canonicalize_name(name)) for name in plan.options.function}
    for name in sorted(asked - set(pins) - {str(plan.package.name)}):
        problems.add(
            f"no distribution that is installed is called {name!r}",
            where="zip.function",
            advice=did_you_mean(name, pins),
        )
    problems.raise_if_any(UsageError)
    members = {name for name, pin in pins.items() if isinstance(pin.source, SourceTree)}
    return frozenset({"", str(plan.package.name), *asked, *members})


def _refuse_torn(function: Iterable[Entry], layer: Iterable[Entry]) -> None:
    """Refuse packages with an ``__init__`` of which either half would hide the other."""
    ours, theirs = _directories(function), _directories(layer)
    torn = {
        path
        for path in ours.keys() & theirs.keys()
        if f"{path}/__init__.py" in ours[path] | theirs[path]
    }
    problems = Problems()
    for directory in sorted(torn):
        if torn.isdisjoint(parents(directory)):
            files = ours[directory] | theirs[directory]
            owners = ", ".join(sorted({file.origin for file in files.values()}))
            problems.add(
                f"the package {directory!r} of {owners} would lie in both the function and the"
                " layer, and Python would see one half of it",
                advice="name the distribution in zip.function, or leave zip.split out",
            )
    problems.raise_if_any(FormatError)


def _directories(entries: Iterable[Entry]) -> dict[str, dict[str, File]]:
    """Every directory with the files anywhere below it."""
    found: dict[str, dict[str, File]] = defaultdict(dict)
    for entry in entries:
        if isinstance(entry, File):
            for above in parents(entry.path):
                found[above][entry.path] = entry
    return found


def is_split(artifact: Path) -> bool:
    """Whether a directory holds the two."""
    return all((artifact / name).is_file() for name in (FUNCTION_NAME, LAYER_NAME))
