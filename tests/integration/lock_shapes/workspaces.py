"""Workspaces: members of members, virtual ones, roots that are no project."""

from __future__ import annotations

from repackage.resolve import Selection
from tests.integration.lock_shapes._shape import PLAIN, Release, Shape, names
from tests.integration.projects import Project

SHAPES = {
    "a workspace with a virtual member in the middle": Shape(
        index=names("a", "b", "c", "d"),
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
        index=names("a", "b", "c", "d"),
        project=Project(
            name="around",
            dependencies=("c",),
            groups={"lint": ("d",), "shadowed": ("c",)},
            uv="[tool.uv.workspace]\nmembers = ['lib']",
        ),
        members={"lib": Project(name="lib", dependencies=("a",), groups={"shadowed": ("b",)})},
        selections=(
            PLAIN,
            Selection(groups=("lint",)),
            Selection(groups=("shadowed",)),
            Selection(only_groups=("lint",)),
            Selection(all_groups=True),
            Selection(groups=("lint",), no_groups=("lint",)),
        ),
        root="lib",
    ),
    "an inherited group with a Python of its own": Shape(
        index=names("a", "b"),
        project=Project(
            name="around",
            groups={"new": ("b",)},
            uv=(
                "[tool.uv.workspace]\nmembers = ['lib']\n"
                "[tool.uv.dependency-groups]\nnew = { requires-python = '>=3.12' }"
            ),
        ),
        members={"lib": Project(name="lib", dependencies=("a",))},
        selections=(PLAIN, Selection(groups=("new",)), Selection(all_groups=True)),
        root="lib",
    ),
    "a workspace root that is no project": Shape(
        index=names("a", "b", "c"),
        bare_root="[tool.uv.workspace]\nmembers = ['app']\n[dependency-groups]\nlint = ['b']\n",
        members={"app": Project(name="app", dependencies=("a",), groups={"own": ("c",)})},
        project=Project(name="unused"),
        selections=(
            PLAIN,
            Selection(groups=("lint",)),
            Selection(groups=("own",)),
            Selection(only_groups=("lint",)),
            Selection(all_groups=True),
            Selection(all_groups=True, no_groups=("lint",)),
        ),
    ),
    "groups of a root that is no project": Shape(
        index=(
            Release(name="a", version="1.0"),
            Release(name="a", version="2.0"),
            Release(name="b", requires=("c; extra == 'x'",), extras=("x",)),
            *names("c"),
        ),
        bare_root=(
            "[tool.uv.workspace]\nmembers = ['app', 'lib']\n"
            "[dependency-groups]\n"
            "lint = [\"a==1.0; sys_platform == 'win32'\", \"a==2.0; sys_platform != 'win32'\"]\n"
            "more = ['b[x]', { include-group = 'lint' }]\n"
        ),
        members={
            "app": Project(
                name="app",
                dependencies=("lib",),
                uv="[tool.uv.sources]\nlib = { workspace = true }",
            ),
            "lib": Project(name="lib", dependencies=("c",)),
        },
        project=Project(name="unused"),
        selections=(PLAIN, Selection(groups=("lint",)), Selection(groups=("more",))),
    ),
    "a project without a build system": Shape(
        index=names("a", "b"),
        project=Project(
            dependencies=("a",), extras={"x": ("b; os_name == 'nt'",)}, packaged=False
        ),
        selections=(PLAIN, Selection(extras=("x",))),
    ),
    "members that need each other": Shape(
        index=names("a", "b"),
        project=Project(
            dependencies=("lib[x]",),
            extras={"back": ("a",)},
            uv=(
                "[tool.uv.workspace]\nmembers = ['lib']\n"
                "[tool.uv.sources]\nlib = { workspace = true }"
            ),
        ),
        members={
            "lib": Project(
                name="lib",
                version="3.0",
                extras={"x": ("app[back]", "b; python_version < '3.12'")},
                uv="[tool.uv.sources]\napp = { workspace = true }",
            )
        },
        selections=(PLAIN, Selection(extras=("back",))),
    ),
    "members with a narrower Python each": Shape(
        index=names("a", "b"),
        project=Project(
            dependencies=("a", "lib; python_version >= '3.11'"),
            uv=(
                "[tool.uv.workspace]\nmembers = ['lib', 'other']\n"
                "[tool.uv.sources]\nlib = { workspace = true }"
            ),
        ),
        members={
            "lib": Project(name="lib", requires_python=">=3.10", dependencies=("b",)),
            "other": Project(name="other", requires_python="<3.14"),
        },
    ),
}
