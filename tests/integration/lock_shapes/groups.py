"""Dependency groups: default ones, bounded ones, none."""

from __future__ import annotations

from repackage.resolve import Selection
from tests.integration.lock_shapes._shape import EVERYTHING, PLAIN, Release, Shape, names
from tests.integration.projects import Project

_DEFAULTS = (PLAIN, Selection(default_groups=True))
_GROUPS = {"dev": ("b",), "docs": ("c",)}

SHAPES = {
    "groups": Shape(
        index=names("a", "b", "c", "d"),
        project=Project(
            dependencies=("a",),
            groups={
                "dev": ("b", {"include-group": "test"}),
                "test": ("c; python_version < '3.14'",),
                "docs": ("d",),
                "empty": (),
            },
            uv="[tool.uv]\ndefault-groups = ['docs']",
        ),
        selections=(
            *_DEFAULTS,
            Selection(groups=("dev",)),
            Selection(only_groups=("test",)),
            Selection(all_groups=True, no_groups=("docs",)),
            Selection(groups=("empty",)),
            Selection(groups=("unknown",)),
            Selection(groups=("dev",), no_groups=("dev",)),
            EVERYTHING,
        ),
    ),
    "default groups that nobody named": Shape(
        index=names("a", "b", "c"),
        project=Project(dependencies=("a",), groups=_GROUPS),
        selections=(*_DEFAULTS, Selection(default_groups=True, no_groups=("dev",))),
    ),
    "all groups by default": Shape(
        index=names("a", "b", "c"),
        project=Project(
            dependencies=("a",), groups=_GROUPS, uv="[tool.uv]\ndefault-groups = 'all'"
        ),
        selections=(*_DEFAULTS, Selection(default_groups=True, only_groups=("docs",))),
    ),
    "no group by default": Shape(
        index=names("a", "b", "c"),
        project=Project(
            dependencies=("a",), groups=_GROUPS, uv="[tool.uv]\ndefault-groups = []"
        ),
        selections=_DEFAULTS,
    ),
    "a group with a Python of its own": Shape(
        index=(Release(name="a"), Release(name="b", python=">=3.12")),
        project=Project(
            dependencies=("a",),
            groups={"new": ("b",), "dev": ("a",)},
            uv="[tool.uv.dependency-groups]\nnew = { requires-python = '>=3.12' }",
        ),
        selections=(PLAIN, Selection(groups=("new",)), Selection(all_groups=True)),
    ),
    "a default group with a Python of its own": Shape(
        index=names("a", "b"),
        project=Project(
            dependencies=("a",),
            groups={"dev": ("b",)},
            uv="[tool.uv.dependency-groups]\ndev = { requires-python = '>=3.11,<3.14' }",
        ),
        selections=(*_DEFAULTS, Selection(only_groups=("dev",))),
    ),
    "groups with extras in them": Shape(
        index=(
            Release(name="a", requires=("b; extra == 'x'",), extras=("x",)),
            *names("b", "c"),
        ),
        project=Project(
            dependencies=("a",),
            extras={"own": ("c",)},
            groups={"dev": ("a[x]; python_version >= '3.12'",), "test": ("app[own]",)},
        ),
        selections=(
            PLAIN,
            Selection(groups=("dev",)),
            Selection(groups=("test",)),
            Selection(only_groups=("test",)),
            Selection(extras=("own",), groups=("dev",)),
        ),
    ),
}
