"""Plans, trees and artifacts for the tests of this format."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.tags import Tag
from packaging.version import Version

from repackage.testing import EPOCH, example_plan, example_tree, tree_of
from repackage.tree import inline_file
from repackage_formats import deb

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Plan
    from repackage.tree import Tree

SITE = "usr/lib/example/lib/python3.11/site-packages"


def planned(options: deb.Options | None = None, *, version: str = "1.0") -> Plan[deb.Options]:
    return example_plan(deb, options, version=version)


def compiled(options: deb.Options | None = None) -> Plan[deb.Options]:
    """Plan an application whose root wheel is for x86-64."""
    plan = planned(options)
    tags = frozenset({Tag("cp311", "cp311", "manylinux_2_17_x86_64")})
    root = replace(plan.closure.root, tags=tags)
    return replace(plan, closure=replace(plan.closure, root=root))


def described(plan: Plan[deb.Options], **changes: Any) -> Plan[deb.Options]:
    """Change the metadata of the root wheel, and what a package takes from them."""
    package = replace(plan.package, **changes)
    return replace(plan, package=package)


def versioned(plan: Plan[deb.Options], version: str) -> Plan[deb.Options]:
    return described(plan, version=Version(version))


def with_files(plan: Plan[deb.Options], files: dict[str, bytes]) -> Tree:
    """Add files to the example: paths are below the site directory, or ``/absolute``."""
    added = [
        inline_file(path[1:] if path.startswith("/") else f"{SITE}/{path}", data, mtime=EPOCH)
        for path, data in files.items()
    ]
    return tree_of(*example_tree(plan.layout), *added)


def emitted(
    directory: Path, plan: Plan[deb.Options] | None = None, tree: Tree | None = None
) -> Path:
    plan = planned() if plan is None else plan
    out = directory / deb.filename(plan)
    deb.emit(plan, example_tree(plan.layout) if tree is None else tree, out)
    return out
