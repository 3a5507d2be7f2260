"""Whether what was chosen for one release of Python is right for the later ones, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from repackage.metadata import parse_metadata
from repackage.tree import read_file

if TYPE_CHECKING:
    from typing import Any

    from packaging.specifiers import SpecifierSet

    from repackage.format import Plan
    from repackage.target import Python
    from repackage.tree import Tree

#: Variables of markers that know one release from another (PEP 508).
_VARIABLES: Final = ("python_version", "python_full_version", "implementation_version")
#: No Python will have so many minor releases.
_LAST_MINOR: Final = 99


def is_bound(plan: Plan[Any], tree: Tree) -> bool:
    """Whether a later Python might need something else than what a system gets."""
    return _asked(plan) or _forbidden(plan, tree)


def _asked(plan: Plan[Any]) -> bool:
    """Whether a marker that decided something knows one release from another."""
    closure = plan.closure
    edges = [
        *(edge for pin in closure.pins for edge in pin.required_by),
        *(skipped.edge for skipped in closure.skipped if skipped.edge),
    ]
    return any(name in edge.marker for edge in edges for name in _VARIABLES)


def _forbidden(plan: Plan[Any], tree: Tree) -> bool:
    """Whether a distribution's ``Requires-Python`` has no place for a later release."""
    found = (
        parse_metadata(read_file(file), where=file.path).requires_python
        for file in tree.files
        if file.path.startswith(f"{plan.layout.purelib}/")
        and file.path.count("/") == plan.layout.purelib.count("/") + 2
        and file.path.endswith(".dist-info/METADATA")
    )
    return any(required and _ends(required, plan.target.python) for required in found)


def _ends(required: SpecifierSet, python: Python) -> bool:
    later = range(python.minor + 1, _LAST_MINOR)
    return not all(required.contains(f"{python.major}.{minor}") for minor in later)
