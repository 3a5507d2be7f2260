"""Distributions that are there, wherever they were found."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from repackage.errors import InputError, Problems
from repackage.lock import hash_file

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path

    from packaging.tags import Tag

    from repackage.errors import Problem
    from repackage.ledger import LedgerEntry
    from repackage.metadata import Metadata
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """What ``direct_url.json`` says (PEP 610): it came from a URL, not from an index."""

    url: str
    commit: str = ""
    editable: bool = False
    sha256: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A distribution that is there."""

    metadata: Metadata
    where: str
    """The ``.dist-info`` or ``.egg-info``, or the wheel's file name."""
    artifact: Path | None = None
    """The wheel that it came from, if that is at hand."""
    sha256: str = ""
    """Of the artifact, if it is known without reading it."""
    origin: Origin | None = None
    ours: bool = False
    """Whether repackage installed it, which leaves ``direct_url.json`` out."""
    external: bool = False
    """Whether the package manager of the operating system installed it."""
    tags: frozenset[Tag] = frozenset()
    """What its wheel was made for; empty if nothing tells."""
    evidence: LedgerEntry | None = None
    """What a ledger tells of it, which holds; None: none does."""

    @property
    def name(self) -> str:
        """The normalised name."""
        return str(self.metadata.name)

    @property
    def site(self) -> str:
        """The directory that it is imported from."""
        return posixpath.dirname(self.where)

    def digest(self, algorithm: str) -> str:
        """Digest the artifact as the lock does; empty if nothing tells."""
        if self.evidence is not None:
            return self.evidence.artifact.digest(algorithm)
        if algorithm == "sha256" and self.sha256:
            return self.sha256
        if self.artifact is None:
            return ""
        return hash_file(self.artifact, [algorithm])[algorithm]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A distribution that is there, and whose metadata cannot be read."""

    where: str
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        """The normalised name, as that of the directory has it."""
        stem = posixpath.basename(self.where).rpartition(".")[0]
        return canonicalize_name(stem.partition("-")[0])

    @property
    def site(self) -> str:
        """The directory that it is imported from."""
        return posixpath.dirname(self.where)


def refuse_unread(unread: Iterable[Unread], known: Container[str]) -> None:
    """Refuse metadata that cannot be read, of names that matter.

    Raises:
        InputError: With all that is wrong with them.
    """
    problems = Problems()
    for one in unread:
        if one.name in known:
            problems.extend(one.problems)
    problems.raise_if_any(InputError)


def found_wheels(wheels: Iterable[Wheel]) -> list[Found]:
    """Take wheels for what is there."""
    return [
        Found(
            metadata=wheel.metadata,
            where=wheel.filename,
            artifact=wheel.path,
            sha256=wheel.sha256,
            ours=True,
            tags=wheel.tags,
        )
        for wheel in wheels
    ]


def by_name(found: Iterable[Found]) -> dict[str, list[Found]]:
    """Group what was found by normalised name."""
    grouped: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        grouped[one.name].append(one)
    return grouped
