"""Plans and trees for the tests of what a header says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.tags import Tag
from packaging.version import Version

from repackage.target import distribution_target
from repackage.testing import EPOCH, example_plan, example_tree, tree_of
from repackage.tree import inline_file
from repackage_formats import rpm

if TYPE_CHECKING:
    from repackage.format import Plan
    from repackage.tree import Tree

SITE = "usr/lib/example/lib/python3.9/site-packages"


def planned(
    options: rpm.Options | None = None,
    *,
    target: str = "el9",
    python: str | None = None,
    version: str = "1.0",
) -> Plan[rpm.Options]:
    """Plan the example application for a distribution on x86-64."""
    plan = example_plan(rpm, options, version=version)
    described = distribution_target(target, arch="x86_64", python=python)
    layout = rpm.layout(plan.package, described, plan.options)
    return replace(plan, target=described, layout=layout)


def compiled(options: rpm.Options | None = None, *, target: str = "el9") -> Plan[rpm.Options]:
    """Plan an application whose root wheel is for x86-64."""
    plan = planned(options, target=target)
    tags = frozenset({Tag("cp39", "cp39", "manylinux_2_17_x86_64")})
    root = replace(plan.closure.root, tags=tags)
    return replace(plan, closure=replace(plan.closure, root=root))


def described(plan: Plan[rpm.Options], **changes: Any) -> Plan[rpm.Options]:
    """Change what a package says of itself."""
    return replace(plan, package=replace(plan.package, **changes))


def versioned(plan: Plan[rpm.Options], version: str) -> Plan[rpm.Options]:
    return described(plan, version=Version(version))


def with_files(plan: Plan[rpm.Options], files: dict[str, bytes]) -> Tree:
    """Add files to the example: paths are below the site directory, or ``/absolute``."""
    site = plan.layout.purelib
    added = [
        inline_file(path[1:] if path.startswith("/") else f"{site}/{path}", data, mtime=EPOCH)
        for path, data in files.items()
    ]
    return tree_of(*example_tree(plan.layout), *added)
