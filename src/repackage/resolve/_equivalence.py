"""Whether conditions are equivalent: decided by evaluating both wherever they can change.

A marker changes its value only at the literals that it names. All of them, their
neighbours and one foreign value each make a finite set of points.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from packaging.specifiers import SpecifierSet

Conjunction = tuple[tuple[str, str], ...]
"""(marker, extra) pairs that must all hold."""
Condition = tuple[Conjunction, ...]
"""Conjunctions of which one must hold."""
Point = tuple[tuple[str, str], ...]

_OPERATOR = r"(?:===|==|!=|<=|>=|~=|<|>|not\s+in|in)"
_COMPARISON = re.compile(
    rf"""\b(?P<var>[a-z_]+)\s*{_OPERATOR}\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)')"""
    rf"""|(?:"(?P<c>[^"]*)"|'(?P<d>[^']*)')\s*{_OPERATOR}\s*(?P<var2>[a-z_]+)\b"""
)
_SYSTEMS = (
    ("posix", "linux", "Linux"),
    ("posix", "darwin", "Darwin"),
    ("nt", "win32", "Windows"),
    ("posix", "cygwin", "CYGWIN_NT-10.0"),
    ("posix", "aix", "AIX"),
    ("posix", "android", "Android"),
    ("posix", "emscripten", "Emscripten"),
    ("posix", "freebsd14", "FreeBSD"),
    ("java", "java17", "Java"),
)
_IMPLEMENTATIONS = (
    ("cpython", "CPython"),
    ("pypy", "PyPy"),
    ("graalpy", "GraalVM"),
    ("foreign", "Foreign"),
)
_PYTHON = frozenset({"python_version", "python_full_version", "implementation_version"})
_FREE = ("platform_machine", "platform_release", "platform_version")


def equivalent(left: Condition, right: Condition, *, python: SpecifierSet) -> bool:
    """Whether two conditions agree wherever ``python`` admits the interpreter."""
    return all(
        _holds(left, point) == _holds(right, point)
        for point in _points((*left, *right), python=python)
    )


def satisfiable(condition: Condition, *, python: SpecifierSet) -> bool:
    """Whether a condition can be true at all."""
    return any(_holds(condition, point) for point in _points(condition, python=python))


def versions_around(literals: Iterable[str]) -> list[Version]:
    """The versions at which comparisons with these literals change, and their neighbours."""
    found = {Version(f"3.{minor}.0") for minor in range(6, 17)}
    for literal in literals:
        try:
            release = Version(literal.removesuffix(".*")).release
        except InvalidVersion:
            continue
        major, minor, patch = (*release, 0, 0, 0)[:3]
        found.update(
            Version(f"{major}.{max(near[0], 0)}.{max(near[1], 0)}")
            for near in (
                (minor, patch),
                (minor, patch + 1),
                (minor, patch - 1),
                (minor + 1, 0),
                (minor - 1, 0),
            )
        )
    return sorted(found)


def _holds(condition: Condition, point: Point) -> bool:
    return any(
        all(_evaluate(marker, extra, point) for marker, extra in conjunction)
        for conjunction in condition
    )


@lru_cache(maxsize=1 << 16)
def _evaluate(marker: str, extra: str, point: Point) -> bool:
    return not marker or Marker(marker).evaluate({**dict(point), "extra": extra})


def _points(condition: Condition, *, python: SpecifierSet) -> Iterator[Point]:
    literals = _literals(marker for conjunction in condition for marker, _ in conjunction)
    bounds = [specifier.version for specifier in python]
    axes = (
        _python_axis(
            [*itertools.chain(*(literals.get(v, ()) for v in _PYTHON)), *bounds], python
        ),
        _system_axis(literals),
        _implementation_axis(literals),
        *(_free_axis(variable, literals.get(variable, set())) for variable in _FREE),
    )
    for combination in itertools.product(*axes):
        yield tuple(itertools.chain.from_iterable(combination))


def _literals(markers: Iterable[str]) -> dict[str, set[str]]:
    """The literals that each variable is compared with, and the words in them (``in``)."""
    found: dict[str, set[str]] = {}
    for marker in markers:
        for match in _COMPARISON.finditer(marker):
            variable = match["var"] or match["var2"]
            literal = match["a"] or match["b"] or match["c"] or match["d"] or ""
            found.setdefault(variable, set()).update({literal, *re.split(r"[\s,|]+", literal)})
    return found


def _python_axis(literals: Iterable[str], python: SpecifierSet) -> list[Point]:
    return [
        (
            ("python_version", f"{version.major}.{version.minor}"),
            ("python_full_version", str(version)),
            ("implementation_version", str(version)),
        )
        for version in versions_around(literals)
        if python.contains(version, prereleases=True)
    ]


def _system_axis(literals: dict[str, set[str]]) -> list[Point]:
    """Only systems that exist; a name that none of them has is a system of its own."""
    names, platforms, systems = (
        sorted(literals.get(key, set()) - {known[place] for known in _SYSTEMS})
        for place, key in enumerate(("os_name", "sys_platform", "platform_system"))
    )
    if not {"os_name", "sys_platform", "platform_system"} & literals.keys():
        chosen: Collection[tuple[str, str, str]] = _SYSTEMS[:1]
    else:
        chosen = (
            *_SYSTEMS,
            *((name, "foreign", "Foreign") for name in names),
            *(("posix", platform, "Foreign") for platform in platforms),
            *(("posix", "foreign", system) for system in systems),
        )
    return [
        (("os_name", name), ("sys_platform", platform), ("platform_system", system))
        for name, platform, system in chosen
    ]


def _implementation_axis(literals: dict[str, set[str]]) -> list[Point]:
    if not {"implementation_name", "platform_python_implementation"} & literals.keys():
        chosen: Collection[tuple[str, str]] = _IMPLEMENTATIONS[:1]
    else:
        chosen = _IMPLEMENTATIONS
    return [
        (("implementation_name", name), ("platform_python_implementation", implementation))
        for name, implementation in chosen
    ]


def _free_axis(variable: str, literals: set[str]) -> list[Point]:
    return [((variable, literal),) for literal in sorted({*literals, "foreign"})]
