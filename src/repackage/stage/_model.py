"""What staging is told beyond the layout, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from repackage.tree import File, Tree

#: From modules to bytecode by the path of its module; what cannot be compiled has none.
Compile = Callable[[Sequence["File"]], Mapping[str, "File"]]


@dataclass(frozen=True, kw_only=True, slots=True)
class StageOptions:
    """What a user may ask of staging."""

    scripts: tuple[str, ...] = ()
    """Distributions, beside the root wheel, whose scripts are wanted as commands too."""
    compiled: Compile | None = None
    """Makes bytecode of modules; None: there is to be none."""


Action = Literal["dropped", "edited", "skipped", "shared", "warning"]


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Note:
    """Something that staging did on its own account, for ``plan`` and the ledger."""

    distribution: str
    path: str
    """In the wheel where something was left out of it, else in the tree."""
    action: Action
    reason: str

    def __str__(self) -> str:
        where = f"{self.distribution}: {self.path}" if self.path else self.distribution
        done = "" if self.action == "warning" else f"{self.action}: "
        return f"{where}: {done}{self.reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """The staging root, and everything that was left out of it or edited on the way."""

    tree: Tree
    notes: tuple[Note, ...]
    """Sorted; the same whatever the order in which the wheels were given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A file that one distribution wants at one path; another may want it too."""

    file: File
    """Its origin is the claimant."""
    command: bool = False
    """Whether it gets a link in the directory of commands."""


def join(directory: str, path: str) -> str:
    """Put a relative path below a directory of a layout, which may be the root (empty)."""
    return f"{directory}/{path}" if directory else path
