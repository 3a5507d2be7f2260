"""Wheels from sources: an sdist, a commit or a source tree, built in isolation (PEP 517).

Building runs code of what is built; everything else of repackage runs nothing.
"""

from repackage.network import Stopped
from repackage.source._build import Builder, unbuildable
from repackage.source._constraints import constraint_lines
from repackage.source._git import Repository, inside
from repackage.source._interpreter import (
    Interpreter,
    interpreter_for,
    probed,
    program_of,
)
from repackage.source._model import (
    BuildSettings,
    Commit,
    Directory,
    Order,
    Origin,
    Sdist,
    Workshop,
)
from repackage.source._process import Runner

__all__ = [
    "BuildSettings",
    "Builder",
    "Commit",
    "Directory",
    "Interpreter",
    "Order",
    "Origin",
    "Repository",
    "Runner",
    "Sdist",
    "Stopped",
    "Workshop",
    "constraint_lines",
    "inside",
    "interpreter_for",
    "probed",
    "program_of",
    "unbuildable",
]
