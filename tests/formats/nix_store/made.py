"""Plans and trees of the example application, and what is made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from repackage.stage import materialise
from repackage.testing import EPOCH, example_plan, example_tree, tree_of
from repackage.tree import inline_file
from repackage_formats.nix_store import nix_cache, nix_closure
from repackage_formats.nix_store._contents import contents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repackage.format import Layout, Plan
    from repackage.target import Python
    from repackage.tree import Entry, Tree

HASH = "0123456789abcdfghijklmnpqrsvwxyz"
STORED = f"/nix/store/{HASH}-python3-3.11.9"
PYTHON = f"{STORED}/bin/python3.11"


def planned(
    options: nix_cache.Options | None = None, *, python: Python | None = None
) -> Plan[nix_cache.Options]:
    plan = example_plan(nix_cache, options)
    if python is None:
        return plan
    target = replace(plan.target, python=python)
    return replace(
        plan, target=target, layout=nix_cache.layout(plan.package, target, plan.options)
    )


def cache(
    directory: Path,
    options: nix_cache.Options | None = None,
    *,
    staged: Callable[[Layout], Tree] = example_tree,
) -> Path:
    plan = planned(options)
    out = directory / nix_cache.filename(plan)
    nix_cache.emit(plan, staged(plan.layout), out)
    return out


def closure(
    directory: Path,
    options: nix_closure.Options | None = None,
    *,
    staged: Callable[[Layout], Tree] = example_tree,
) -> Path:
    plan = example_plan(nix_closure, options)
    out = directory / nix_closure.filename(plan)
    nix_closure.emit(plan, staged(plan.layout), out)
    return out


def with_files(files: dict[str, bytes]) -> Callable[[Layout], Tree]:
    """Stage the example, and files of further modules."""

    def staged(layout: Layout) -> Tree:
        more: list[Entry] = [
            inline_file(f"{layout.purelib}/{path}", data, mtime=EPOCH)
            for path, data in files.items()
        ]
        return tree_of(*example_tree(layout), *more)

    return staged


def installed(plan: Plan[Any], tree: Tree, root: Path) -> Path:
    """Lay out on disk what a store path would hold."""
    materialise(contents(plan, tree), root)
    return root
