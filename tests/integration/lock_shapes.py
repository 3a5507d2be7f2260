"""Shapes of locks: an index, projects, and what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from repackage.resolve import Selection
from tests.integration.projects import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN = Selection()


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release on the index: one wheel per tag."""

    name: str
    version: str = "1.0"
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    tags: tuple[str, ...] = ("py3-none-any",)
    python: str = ">=3.8"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A lock to be made, and the selections to be asked of it."""

    index: tuple[Release, ...]
    project: Project
    members: Mapping[str, Project] = field(default_factory=dict)
    """Further members of the workspace, by directory."""
    selections: tuple[Selection, ...] = (PLAIN,)
    root: str = "app"
    """The project whose wheel is resolved."""
    bare_root: str = ""
    """``pyproject.toml`` of a workspace root without ``[project]``."""


LINUX = (
    "cp310-cp310-manylinux_2_17_{arch}.manylinux2014_{arch}",
    "cp312-cp312-manylinux_2_17_{arch}.manylinux2014_{arch}",
    "cp312-cp312-manylinux_2_28_{arch}",
    "cp312-cp312-manylinux_2_34_{arch}",
    "cp311-abi3-manylinux_2_28_{arch}",
)
BINARY = (
    *(tag.format(arch=arch) for arch in ("x86_64", "aarch64") for tag in LINUX),
    "cp312-cp312-win_amd64",
    "cp312-cp312-macosx_11_0_arm64",
)
EVERYTHING = Selection(all_extras=True, all_groups=True)

SHAPES: dict[str, Shape] = {
    "a chain with markers": Shape(
        index=(
            Release(name="a", requires=("b", "c; sys_platform == 'win32'")),
            Release(name="b", requires=("d; python_version < '3.12'", "Zope.Interface")),
            Release(name="c"),
            Release(name="d", requires=("e; platform_machine == 'aarch64'",)),
            Release(name="e"),
            Release(name="zope.interface"),
        ),
        project=Project(dependencies=("a",)),
    ),
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
            Release(name="e"),
            Release(name="f"),
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
    "two versions by platform": Shape(
        index=(
            Release(name="a", version="1.0", requires=("b",)),
            Release(name="a", version="2.0", requires=("c",)),
            Release(name="b"),
            Release(name="c"),
        ),
        project=Project(
            dependencies=(
                "a==1.0; platform_machine == 'x86_64'",
                "a==2.0; platform_machine != 'x86_64'",
            )
        ),
    ),
    "two versions by Python": Shape(
        index=(
            Release(name="a", version="1.0", requires=("b<2",), python=">=3.8,<3.12"),
            Release(name="a", version="2.0", requires=("b>=2",), python=">=3.12"),
            Release(name="b", version="1.0"),
            Release(name="b", version="2.0"),
        ),
        project=Project(
            dependencies=("a<2; python_version < '3.12'", "a>=2; python_version >= '3.12'")
        ),
    ),
    "conflicting extras": Shape(
        index=(
            Release(name="a", version="1.0"),
            Release(name="a", version="2.0", requires=("b",)),
            Release(name="b"),
            Release(name="c", requires=("a",)),
        ),
        project=Project(
            dependencies=("c",),
            extras={"old": ("a==1.0",), "new": ("a==2.0",), "other": ("b",)},
            uv="[tool.uv]\nconflicts = [[{ extra = 'old' }, { extra = 'new' }]]",
        ),
        selections=(
            PLAIN,
            Selection(extras=("old",)),
            Selection(extras=("new",)),
            Selection(extras=("new", "other")),
            Selection(extras=("old", "new")),
        ),
    ),
    "an extra against a group, and two groups": Shape(
        index=(
            Release(name="a", version="1.0"),
            Release(name="a", version="2.0"),
            Release(name="a", version="3.0"),
            Release(name="b", requires=("a",)),
        ),
        project=Project(
            dependencies=("b",),
            extras={"old": ("a==1.0",)},
            groups={"new": ("a==2.0",), "newest": ("a==3.0",)},
            uv=(
                "[tool.uv]\nconflicts = "
                "[[{ extra = 'old' }, { group = 'new' }, { group = 'newest' }]]"
            ),
        ),
        selections=(
            PLAIN,
            Selection(extras=("old",)),
            Selection(groups=("new",)),
            Selection(only_groups=("newest",)),
            Selection(extras=("old",), groups=("new",)),
            Selection(groups=("new", "newest")),
        ),
    ),
    "members whose extras conflict": Shape(
        index=(Release(name="a", version="1.0"), Release(name="a", version="2.0")),
        project=Project(
            dependencies=("lib",),
            extras={"old": ("lib[old]",), "new": ("lib[new]",)},
            uv=(
                "[tool.uv]\nconflicts = [[{ package = 'app', extra = 'old' },"
                " { package = 'app', extra = 'new' }],"
                " [{ package = 'lib', extra = 'old' }, { package = 'lib', extra = 'new' }]]\n"
                "[tool.uv.workspace]\nmembers = ['lib']\n"
                "[tool.uv.sources]\nlib = { workspace = true }"
            ),
        ),
        members={"lib": Project(name="lib", extras={"old": ("a==1.0",), "new": ("a==2.0",)})},
        selections=(
            PLAIN,
            Selection(extras=("old",)),
            Selection(extras=("new",)),
            Selection(extras=("old", "new")),
        ),
    ),
    "groups": Shape(
        index=tuple(Release(name=name) for name in ("a", "b", "c", "d")),
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
            PLAIN,
            Selection(groups=("dev",)),
            Selection(only_groups=("test",)),
            Selection(default_groups=True),
            Selection(all_groups=True, no_groups=("docs",)),
            Selection(groups=("empty",)),
            Selection(groups=("unknown",)),
        ),
    ),
    "a group with a Python of its own": Shape(
        index=(Release(name="a"), Release(name="b", python=">=3.12")),
        project=Project(
            dependencies=("a",),
            groups={"new": ("b",)},
            uv="[tool.uv.dependency-groups]\nnew = { requires-python = '>=3.12' }",
        ),
        selections=(PLAIN, Selection(groups=("new",))),
    ),
    "a workspace with a virtual member in the middle": Shape(
        index=tuple(Release(name=name) for name in ("a", "b", "c", "d")),
        project=Project(
            name="app",
            dependencies=("middle[more]",),
            groups={"lint": ("d",), "shadowed": ("c",)},
            uv=(
                "[tool.uv.workspace]\nmembers = ['middle', 'lib']\n"
                "[tool.uv.sources]\nmiddle = { workspace = true }"
            ),
        ),
        members={
            "middle": Project(
                name="middle",
                dependencies=("lib",),
                extras={"more": ("b",)},
                packaged=False,
                uv="[tool.uv]\npackage = false\n[tool.uv.sources]\nlib = { workspace = true }",
            ),
            "lib": Project(name="lib", dependencies=("a",), groups={"shadowed": ("b",)}),
        },
        selections=(PLAIN, Selection(groups=("lint",))),
    ),
    "a member that inherits groups of the root": Shape(
        index=tuple(Release(name=name) for name in ("a", "b", "c", "d")),
        project=Project(
            name="around",
            dependencies=("c",),
            groups={"lint": ("d",), "shadowed": ("c",)},
            uv="[tool.uv.workspace]\nmembers = ['lib']",
        ),
        members={"lib": Project(name="lib", dependencies=("a",), groups={"shadowed": ("b",)})},
        selections=(PLAIN, Selection(groups=("lint",)), Selection(groups=("shadowed",))),
        root="lib",
    ),
    "a workspace root that is no project": Shape(
        index=tuple(Release(name=name) for name in ("a", "b", "c")),
        project=Project(name="unused"),
        bare_root="[tool.uv.workspace]\nmembers = ['app']\n[dependency-groups]\nlint = ['b']\n",
        members={"app": Project(name="app", dependencies=("a",), groups={"own": ("c",)})},
        selections=(PLAIN, Selection(groups=("lint",)), Selection(groups=("own",))),
    ),
    "files by tag": Shape(
        index=(Release(name="a", tags=BINARY), Release(name="b")),
        project=Project(dependencies=("a", "b")),
    ),
    "a wheel for one machine only": Shape(
        index=(Release(name="a", tags=("py3-none-manylinux_2_28_x86_64",)),),
        project=Project(dependencies=("a",)),
    ),
    "a narrow Python": Shape(
        index=(Release(name="a"),),
        project=Project(dependencies=("a",), requires_python=">=3.11,!=3.12.*,<3.14"),
    ),
    "environments that leave one machine out": Shape(
        index=(Release(name="a"),),
        project=Project(
            dependencies=("a",),
            uv="[tool.uv]\nenvironments = [\"platform_machine == 'x86_64'\"]",
        ),
    ),
    "overrides that contradict metadata": Shape(
        index=(
            Release(name="a", requires=("b<2", "c")),
            Release(name="b", version="1.0"),
            Release(name="b", version="2.0"),
            Release(name="c"),
        ),
        project=Project(
            dependencies=("a",),
            uv="[tool.uv]\noverride-dependencies = ['b==2.0', \"c; sys_platform == 'win32'\"]",
        ),
    ),
}
