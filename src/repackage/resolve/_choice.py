"""Wheels or source, by name: what ``--no-binary`` and ``--only-binary`` say."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from repackage.errors import Problems, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

#: Every distribution, as pip spells it.
ALL: Final = ":all:"
_NONE = ":none:"

Names = frozenset[NormalizedName] | Literal[":all:"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FileChoice:
    """Which distributions must be built, and which must not be.

    Of ``ALL`` on one side, those that the other side names are excepted, as for pip and uv.
    """

    no_binary: Names = frozenset()
    """No wheel is taken of these: they are built from source."""
    only_binary: Names = frozenset()
    """None of these is built: they are wheels. Members of the workspace are built anyway."""

    @classmethod
    def of(cls, no_binary: Iterable[str] = (), only_binary: Iterable[str] = ()) -> FileChoice:
        """Read names, ``:all:`` and ``:none:``, each also several with commas between them."""
        problems = Problems()
        choice = cls(
            no_binary=_names(no_binary, key="no-binary", problems=problems),
            only_binary=_names(only_binary, key="only-binary", problems=problems),
        )
        problems.raise_if_any(UsageError)
        return choice

    def refuses_wheels(self, name: NormalizedName) -> bool:
        """Whether no wheel may be taken of a distribution."""
        return _covers(self.no_binary, name, excepted=self.only_binary)

    def refuses_source(self, name: NormalizedName) -> bool:
        """Whether a distribution may not be built."""
        return _covers(self.only_binary, name, excepted=self.no_binary)

    def doubts(self, known: Collection[str]) -> Iterator[str]:
        """What to say of names that no package has: they change nothing."""
        for key, names in (("no-binary", self.no_binary), ("only-binary", self.only_binary)):
            for name in sorted(names if names != ALL else ()):
                if name not in known:
                    near = difflib.get_close_matches(name, known, n=1)
                    suggestion = f"; did you mean {near[0]!r}?" if near else ""
                    yield f"{key} names {name!r}, which the lock does not have{suggestion}"


def _names(said: Iterable[str], *, key: str, problems: Problems) -> Names:
    """Read one list from left to right: ``:all:`` and ``:none:`` forget what came before."""
    found: set[NormalizedName] = set()
    everything = False
    for text in (part.strip() for one in said for part in one.split(",")):
        if text in {ALL, _NONE}:
            everything = text == ALL
            found.clear()
            continue
        try:
            found.add(canonicalize_name(text, validate=True))
        except InvalidName:
            problems.add(
                f"{text!r} is not the name of a distribution",
                where=key,
                advice=f"a name, {ALL} or {_NONE}",
            )
    return ALL if everything else frozenset(found)


def _covers(names: Names, name: NormalizedName, *, excepted: Names) -> bool:
    if names == ALL:
        return excepted == ALL or name not in excepted
    return name in names
