"""A stream for ``nix-store --import``: one file with one store path, to be carried along.

The path's name follows from its bytes. For applications of pure Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage_formats.nix_store._options import StoreOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Layout, Plan
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Entry, Tree

__all__ = ["Options", "layout", "filename", "emit", "read", "describe", "recognises"]  # noqa: RUF022 - told in order


@dataclass(frozen=True, kw_only=True, slots=True)
class Options(StoreOptions):
    """What a user may choose about a stream."""


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Say where files go: ``libexec/<name>``, and commands in ``bin``."""
    from repackage_formats.nix_store._layout import store_layout

    return store_layout(package, target, options)


def filename(plan: Plan[Options]) -> str:
    """Name the artifact: ``app-1.0-python3.11.nix_closure``; what is not pure is refused."""
    from repackage_formats.nix_store._suitable import check_plan

    check_plan(plan)
    return (
        f"{plan.package.name}-{plan.package.version}-{plan.target.python.command}.nix_closure"
    )


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the archive, and what it is called behind it."""
    from repackage_formats.nix_store._closure import write

    write(plan, tree, out)


def read(artifact: Path) -> Iterator[Entry]:
    """Yield what the path holds; its bytes are held to its name."""
    from repackage_formats.nix_store._closure import read_entries

    return read_entries(artifact)


def describe(artifact: Path) -> dict[str, str]:
    """Tell the path, and what it refers to."""
    from repackage_formats.nix_store._closure import read_facts

    return {key: value for key, value in read_facts(artifact).items() if value}


def recognises(artifact: Path) -> int:
    """Whether it begins as what ``nix-store --export`` writes."""
    from repackage_formats.nix_store._closure import is_closure

    return 2 * is_closure(artifact)
