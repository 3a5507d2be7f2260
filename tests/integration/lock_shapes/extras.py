"""Extras: of the project, of dependencies, of each other."""

from __future__ import annotations

from repackage.resolve import Selection
from tests.integration.lock_shapes._shape import PLAIN, Release, Shape, names
from tests.integration.projects import Project

SHAPES = {
    "extras of extras and a cycle": Shape(
        index=(
            Release(
                name="a",
                requires=(
                    "b; extra == 'fast'",
                    "a[fast]; extra == 'all'",
                    "c[deep]; extra == 'all'",
                ),
                extras=("fast", "all"),
            ),
            Release(name="b", requires=("a[fast]",)),
            Release(name="c", requires=("d; extra == 'deep'",), extras=("deep",)),
            Release(name="d", requires=("e; python_version >= '3.13'",)),
            *names("e", "f"),
        ),
        project=Project(
            dependencies=("a",),
            extras={"x": ("a[all]",), "y": ("app[x]", "f"), "empty": ()},
        ),
        selections=(
            PLAIN,
            Selection(extras=("x",)),
            Selection(extras=("y",)),
            Selection(extras=("empty",)),
            Selection(all_extras=True, no_extras=("x",)),
            Selection(extras=("unknown",)),
        ),
    ),
    "extras that include each other": Shape(
        index=(
            Release(
                name="a",
                requires=(
                    "a[y]; extra == 'x'",
                    "a[x]; extra == 'y'",
                    "b; extra == 'x'",
                    "c; extra == 'y'",
                ),
                extras=("x", "y"),
            ),
            *names("b", "c"),
        ),
        project=Project(dependencies=("a[x]",)),
    ),
    "an extra that only a dependency asks for": Shape(
        index=(
            Release(name="a", requires=("b[x]; sys_platform == 'linux'",)),
            Release(
                name="b",
                requires=("c; extra == 'x' and python_version < '3.13'", "d; extra == 'y'"),
                extras=("x", "y"),
            ),
            *names("c", "d"),
        ),
        project=Project(dependencies=("a", "b")),
    ),
    "extras of the same name everywhere": Shape(
        index=(
            Release(name="a", requires=("b; extra == 'dev'",), extras=("dev",)),
            *names("b", "c"),
        ),
        project=Project(
            dependencies=("a",),
            extras={"dev": ("c",), "all": ("app[dev]", "a[dev]")},
            groups={"dev": ("a[dev]",)},
        ),
        selections=(
            PLAIN,
            Selection(extras=("dev",)),
            Selection(groups=("dev",)),
            Selection(extras=("all",)),
            Selection(extras=("dev",), no_extras=("dev",)),
            Selection(only_groups=("dev",)),
        ),
    ),
    "an extra under markers": Shape(
        index=names("a", "b", "c"),
        project=Project(
            dependencies=("a",),
            extras={
                "x": ("b; sys_platform == 'win32'", "c; python_version >= '3.13'"),
                "y": ("c; implementation_name == 'pypy'",),
            },
        ),
        selections=(PLAIN, Selection(extras=("x",)), Selection(extras=("x", "y"))),
    ),
    "a dependency that asks for the project's own extra": Shape(
        index=(Release(name="a", requires=("app[x]",)), *names("b")),
        project=Project(dependencies=("a",), extras={"x": ("b",)}),
        selections=(PLAIN, Selection(extras=("x",))),
    ),
    "names that nobody declared": Shape(
        index=names("a", "b"),
        project=Project(dependencies=("a",), extras={"fast": ("b",)}, groups={"test": ("b",)}),
        selections=(
            PLAIN,
            Selection(extras=("fastt",)),
            Selection(no_extras=("slow",)),
            Selection(groups=("tests",)),
            Selection(no_groups=("tests",)),
            Selection(only_groups=("unknown",)),
            Selection(extras=("fast", "slow"), groups=("none",)),
        ),
    ),
}
