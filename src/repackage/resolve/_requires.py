"""Requirements of either side in one form: what is required, and when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.specifiers import Specifier, SpecifierSet
    from packaging.utils import NormalizedName

    from repackage.lock import Declarations
    from repackage.metadata import Metadata
    from repackage.resolve._equivalence import Condition, Conjunction

_ANY: frozenset[Specifier] = frozenset()
Sourced = frozenset[tuple["NormalizedName", frozenset["NormalizedName"]]]


@dataclass(frozen=True, slots=True)
class Key:
    """What is required, without the conditions under which it is."""

    name: NormalizedName
    extras: frozenset[NormalizedName]
    clauses: frozenset[Specifier]
    """Of the specifier; none where the lock took the package from elsewhere than an index."""

    def __str__(self) -> str:
        extras = f"[{','.join(sorted(self.extras))}]" if self.extras else ""
        return f"{self.name}{extras}{','.join(sorted(map(str, self.clauses)))}"


@dataclass(frozen=True, slots=True)
class Requires:
    """A requirement of either side."""

    key: Key
    marker: str


def flattened(
    name: NormalizedName, requirements: Sequence[Requires], context: str
) -> dict[Key, Condition]:
    """The requirements of an extra (or of none), with references to itself expanded.

    Back ends differ in whether they expand them in METADATA; the lock keeps what
    ``pyproject.toml`` says. An extra that a marker does not mention is not entered:
    without that guard the expansion would not end.
    """
    found: dict[Key, list[Conjunction]] = defaultdict(list)
    queue: list[tuple[str, Conjunction, frozenset[str]]] = [(context, (), frozenset({context}))]
    for extra, path, entered in queue:
        for requirement in requirements:
            if extra and not _mentions(requirement.marker, extra):
                continue
            conjunction = (*path, (requirement.marker, extra))
            if requirement.key.name != name:
                found[requirement.key].append(conjunction)
                continue
            queue.extend(
                (inner, conjunction, entered | {inner})
                for inner in sorted(requirement.key.extras - entered)
            )
    return {key: tuple(dict.fromkeys(ways)) for key, ways in found.items()}


def sourced_of(declared: Declarations) -> Sourced:
    """What the project takes from elsewhere than an index; METADATA does not tell."""
    return frozenset(
        (declaration.name, frozenset(declaration.extras))
        for declaration in declared.requires_dist
        if declaration.source is not None
    )


def of_lock(declared: Declarations) -> list[Requires]:
    """The requirements that the lock recorded."""
    sourced = sourced_of(declared)
    return [
        Requires(
            _key(declaration.name, declaration.extras, declaration.specifier, sourced),
            declaration.marker,
        )
        for declaration in declared.requires_dist
    ]


def of_wheel(metadata: Metadata, *, sourced: Sourced = frozenset()) -> list[Requires]:
    """The requirements that the wheel declares."""
    return [
        Requires(
            _key(
                canonicalize_name(requirement.name),
                map(canonicalize_name, requirement.extras),
                requirement.specifier,
                sourced,
            ),
            str(requirement.marker or ""),
        )
        for requirement in metadata.requires_dist
    ]


def _key(
    name: NormalizedName,
    extras: Iterable[NormalizedName],
    specifier: SpecifierSet | None,
    sourced: Sourced,
) -> Key:
    wanted = frozenset(extras)
    if specifier is None or (name, wanted) in sourced:
        return Key(name, wanted, _ANY)
    return Key(name, wanted, frozenset(specifier))


def _mentions(marker: str, extra: str) -> bool:
    """Whether a marker asks for this extra at all."""
    return f"'{extra}'" in marker or f'"{extra}"' in marker
