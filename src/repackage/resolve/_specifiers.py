"""Whether specifiers mean the same: ``~=1.4`` and ``>=1.4,<2.0`` do.

Back ends rewrite what ``pyproject.toml`` says: poetry-core spells no ``~=``, and leaves out
what other clauses imply. As markers are, specifiers are compared where they can change: at
the versions that they name, and around them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from packaging.specifiers import Specifier

    from repackage.resolve._requires import Key, Requires

Clauses = frozenset["Specifier"]

#: Before, at and after a release: what ordered comparisons tell apart (PEP 440).
_SUFFIXES = (".dev0", "a0", "rc9", "", "+local", ".post0", ".post9")


def spelt_alike(
    ours: Iterable[Requires], theirs: Iterable[Requires]
) -> tuple[list[Requires], list[Requires]]:
    """Spell requirements of both sides that mean the same versions the same, as the lock does."""
    known: list[Key] = []

    def first(key: Key) -> Key:
        for other in known:
            if (other.name, other.extras) == (key.name, key.extras) and same_versions(
                other.clauses, key.clauses
            ):
                return other
        known.append(key)
        return key

    locked = [replace(each, key=first(each.key)) for each in theirs]
    return [replace(each, key=first(each.key)) for each in ours], locked


def same_versions(left: Clauses, right: Clauses) -> bool:
    """Whether two specifiers admit the same versions."""
    if left == right:
        return True
    if any(clause.operator == "===" for clause in left | right):
        return False  # it compares text, of which there is no end
    return all(
        _admits(left, version) == _admits(right, version) for version in _around(left | right)
    )


def _admits(clauses: Clauses, version: Version) -> bool:
    return all(clause.contains(version, prereleases=True) for clause in clauses)


def _around(clauses: Collection[Specifier]) -> Iterator[Version]:
    """The versions at which clauses change, and their neighbours at each level."""
    for clause in clauses:
        literal = clause.version.removesuffix(".*")
        try:
            version = Version(literal)
        except InvalidVersion:
            continue
        yield version
        for release in _neighbours(version.release):
            spelled = f"{version.epoch}!{'.'.join(map(str, release))}"
            yield from (Version(spelled + suffix) for suffix in _SUFFIXES)


def _neighbours(release: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """A release, what follows it directly, and the one before and after at each level."""
    yield release
    yield (*release, 1)
    for level in range(len(release)):
        head, number = release[:level], release[level]
        yield (*head, number + 1)
        yield (*head, number, 999)
        if number:
            yield (*head, number - 1)
            yield (*head, number - 1, 999)
