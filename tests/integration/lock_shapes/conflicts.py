"""Conflicting extras, groups and projects: section by section what may be active."""

from __future__ import annotations

from repackage.resolve import Selection
from tests.integration.lock_shapes._shape import PLAIN, Release, Shape, names
from tests.integration.projects import Project

_A = tuple(Release(name="a", version=f"{number}.0") for number in (1, 2, 3))
_EACH_AND_BOTH = (
    PLAIN,
    Selection(extras=("old",)),
    Selection(extras=("new",)),
    Selection(extras=("old", "new")),
)


def _declared(*sets: str) -> str:
    return f"[tool.uv]\nconflicts = [{', '.join(f'[{items}]' for items in sets)}]\n"


def _workspace(*members: str) -> str:
    sources = "".join(f"{member} = {{ workspace = true }}\n" for member in members)
    return f"[tool.uv.workspace]\nmembers = {list(members)}\n[tool.uv.sources]\n{sources}"


_OLD_NEW = "{ extra = 'old' }, { extra = 'new' }"
_LIB_OLD_NEW = "{ package = 'lib', extra = 'old' }, { package = 'lib', extra = 'new' }"
_LIB = Project(name="lib", extras={"old": ("a==1.0",), "new": ("a==2.0",)})

SHAPES = {
    "conflicting extras": Shape(
        index=(
            Release(name="a", version="1.0"),
            Release(name="a", version="2.0", requires=("b",)),
            Release(name="c", requires=("a",)),
            *names("b"),
        ),
        project=Project(
            dependencies=("c",),
            extras={"old": ("a==1.0",), "new": ("a==2.0",), "other": ("b",)},
            uv=_declared(_OLD_NEW),
        ),
        selections=(
            *_EACH_AND_BOTH,
            Selection(extras=("new", "other")),
            Selection(all_extras=True),
            Selection(all_extras=True, no_extras=("old",)),
        ),
    ),
    "conflicting extras under markers": Shape(
        index=_A,
        project=Project(
            dependencies=("a; python_version < '3.12'",),
            extras={
                "old": ("a==1.0; sys_platform == 'linux'",),
                "new": ("a==2.0; sys_platform != 'win32'",),
            },
            uv=_declared(_OLD_NEW),
        ),
        selections=_EACH_AND_BOTH,
    ),
    "an extra against a group, and two groups": Shape(
        index=(*_A, Release(name="b", requires=("a",))),
        project=Project(
            dependencies=("b",),
            extras={"old": ("a==1.0",)},
            groups={"new": ("a==2.0",), "newest": ("a==3.0",)},
            uv=_declared("{ extra = 'old' }, { group = 'new' }, { group = 'newest' }"),
        ),
        selections=(
            PLAIN,
            Selection(extras=("old",)),
            Selection(groups=("new",)),
            Selection(only_groups=("newest",)),
            Selection(extras=("old",), groups=("new",)),
            Selection(groups=("new", "newest")),
            Selection(all_groups=True, no_groups=("new",)),
        ),
    ),
    "the project against a group": Shape(
        index=(*_A, Release(name="b", requires=("a",))),
        project=Project(
            dependencies=("a==1.0",),
            groups={"new": ("a==2.0", "b"), "other": ("b",)},
            uv=_declared("{ package = 'app' }, { group = 'new' }"),
        ),
        selections=(
            PLAIN,
            Selection(groups=("new",)),
            Selection(only_groups=("new",)),
            Selection(groups=("other",)),
            Selection(only_groups=("other",)),
        ),
    ),
    "the project against its extra": Shape(
        index=(*_A, Release(name="b", requires=("a",))),
        project=Project(
            dependencies=("b",),
            extras={"new": ("a==2.0",), "old": ("a==1.0",)},
            uv=_declared("{ package = 'app' }, { extra = 'new' }"),
        ),
        selections=_EACH_AND_BOTH,
    ),
    "default groups that conflict": Shape(
        index=_A,
        project=Project(
            extras={"old": ("a==1.0",)},
            groups={"dev": ("a==2.0",)},
            uv=_declared("{ extra = 'old' }, { group = 'dev' }"),
        ),
        selections=(
            PLAIN,
            Selection(default_groups=True),
            Selection(extras=("old",)),
            Selection(extras=("old",), default_groups=True),
            Selection(extras=("old",), default_groups=True, no_groups=("dev",)),
        ),
    ),
    "members whose extras conflict": Shape(
        index=_A,
        project=Project(
            dependencies=("lib",),
            extras={"old": ("lib[old]",), "new": ("lib[new]",)},
            uv=_declared(
                "{ package = 'app', extra = 'old' }, { package = 'app', extra = 'new' }",
                _LIB_OLD_NEW,
            )
            + _workspace("lib"),
        ),
        members={"lib": _LIB},
        selections=_EACH_AND_BOTH,
    ),
    "a conflicting extra three levels deep": Shape(
        index=(*_A, Release(name="b", requires=("a",))),
        project=Project(
            dependencies=("one", "b"),
            uv=_declared(_LIB_OLD_NEW) + _workspace("one", "two", "lib"),
        ),
        members={
            "one": Project(
                name="one", dependencies=("two",), uv="[tool.uv.sources.two]\nworkspace = true"
            ),
            "two": Project(
                name="two",
                dependencies=("lib[old]; sys_platform == 'linux'", "lib; os_name == 'nt'"),
                uv="[tool.uv.sources.lib]\nworkspace = true",
            ),
            "lib": _LIB,
        },
    ),
    "conflicting extras enabled by dependencies": Shape(
        index=_A,
        project=Project(
            dependencies=("one",),
            extras={"new": ("lib[new]",)},
            uv=_declared(_LIB_OLD_NEW) + _workspace("one", "lib"),
        ),
        members={
            "one": Project(
                name="one",
                dependencies=("lib[old]; sys_platform == 'win32'",),
                uv="[tool.uv.sources.lib]\nworkspace = true",
            ),
            "lib": _LIB,
        },
        selections=(PLAIN, Selection(extras=("new",))),
    ),
    "a conflicting extra beneath a parent that is not reached": Shape(
        index=(*_A, Release(name="b", requires=("a",))),
        project=Project(
            dependencies=("lib[new]", "b"),
            extras={"x": ("one",), "y": ("b",)},
            uv=_declared("{ extra = 'x' }, { extra = 'y' }", _LIB_OLD_NEW)
            + _workspace("one", "lib"),
        ),
        members={
            "one": Project(
                name="one",
                dependencies=("lib[old]; python_version < '3.11'", "b"),
                uv="[tool.uv.sources.lib]\nworkspace = true",
            ),
            "lib": _LIB,
        },
        selections=(PLAIN, Selection(extras=("x",)), Selection(extras=("y",))),
    ),
    "an edge that activates itself": Shape(
        index=(*_A, Release(name="b", requires=("app[old]; python_version < '3.13'",))),
        project=Project(
            dependencies=("b",),
            extras={"old": ("a==1.0",), "new": ("a==2.0",), "all": ("app[new]",)},
            uv=_declared(_OLD_NEW, "{ extra = 'old' }, { extra = 'all' }"),
        ),
        selections=(*_EACH_AND_BOTH, Selection(extras=("all",))),
    ),
    "an index of its own for each extra": Shape(
        index=(
            Release(name="a", version="1.0", index="cpu"),
            Release(name="a", version="1.0", index="gpu", requires=("b",)),
            *names("b"),
        ),
        project=Project(
            extras={"cpu": ("a",), "gpu": ("a",)},
            uv=(
                _declared("{ extra = 'cpu' }, { extra = 'gpu' }")
                + "[[tool.uv.index]]\nname = 'cpu'\nexplicit = true\n"
                "url = 'http://index.example/cpu'\n"
                "[[tool.uv.index]]\nname = 'gpu'\nexplicit = true\n"
                "url = 'http://index.example/gpu'\n"
                "[tool.uv.sources]\na = [{ index = 'cpu', extra = 'cpu' },"
                " { index = 'gpu', extra = 'gpu' }]\n"
            ),
        ),
        selections=(
            PLAIN,
            Selection(extras=("cpu",)),
            Selection(extras=("gpu",)),
            Selection(all_extras=True),
        ),
    ),
}
