"""Where there is no answer: Python, platform, universe, files."""

from __future__ import annotations

from repackage.resolve import Selection
from tests.integration.lock_shapes._shape import PLAIN, Release, Shape, names
from tests.integration.projects import Project

SHAPES = {
    "a narrow Python": Shape(
        index=names("a"),
        project=Project(dependencies=("a",), requires_python=">=3.11,!=3.12.*,<3.14"),
    ),
    "a Python that only a pre-release has": Shape(
        index=(*names("a"), Release(name="b", python=">=3.14")),
        project=Project(
            dependencies=("a", "b; python_full_version >= '3.14.0'"), requires_python=">=3.14"
        ),
        locked_with="3.14",
    ),
    "a micro version of Python": Shape(
        index=names("a", "b"),
        project=Project(
            dependencies=(
                "a; python_full_version < '3.12.4'",
                "b; implementation_version > '0'",
            ),
            requires_python=">=3.10.1,!=3.11.0",
        ),
        pythons=("3.10.1", "3.11.2", "3.12.3", "3.12.4"),
        locked_with="3.12",
    ),
    "environments that leave one machine out": Shape(
        index=names("a"),
        project=Project(
            dependencies=("a",),
            uv="[tool.uv]\nenvironments = [\"platform_machine == 'x86_64'\"]",
        ),
    ),
    "environments, and a name that nobody declared": Shape(
        index=names("a"),
        project=Project(
            dependencies=("a",),
            requires_python=">=3.11",
            uv="[tool.uv]\nenvironments = [\"sys_platform == 'linux'\"]",
        ),
        selections=(PLAIN, Selection(extras=("none",)), Selection(groups=("none",))),
    ),
    "environments that were required": Shape(
        index=(
            Release(name="a", tags=("py3-none-manylinux_2_17_x86_64", "py3-none-win_amd64")),
        ),
        project=Project(
            dependencies=("a",),
            uv=(
                "[tool.uv]\nrequired-environments = "
                "[\"sys_platform == 'linux' and platform_machine == 'x86_64'\"]"
            ),
        ),
    ),
    "a universe that leaves machines out": Shape(
        index=names("a", "b"),
        project=Project(
            dependencies=("a", "b; python_version < '3.12'"),
            uv="[tool.uv]\nenvironments = [\"sys_platform == 'linux'\"]",
        ),
        # uv writes both; with the forks alone it installs the roots and nothing else
        edits={r"^supported-markers = \[\n.*\n\]\n": ""},
    ),
    "a package without any file": Shape(
        index=names("a", "b"),
        project=Project(dependencies=("a; sys_platform == 'linux'", "b")),
        edits={r"^wheels = \[\n    \{ url = \".*/a-1.0-.*\n\]\n": ""},
        exported=False,
    ),
    "a wheel for one machine only": Shape(
        index=(Release(name="a", tags=("py3-none-manylinux_2_28_x86_64",)),),
        project=Project(dependencies=("a",)),
    ),
    "a wheel for one machine only, beneath a marker": Shape(
        index=(
            Release(name="a", tags=("py3-none-manylinux_2_28_x86_64",)),
            *names("b"),
        ),
        project=Project(
            dependencies=("b",),
            extras={
                "x": ("a; platform_machine == 'x86_64' and sys_platform == 'linux'",),
                "y": ("a; platform_machine == 'x86_64'",),
            },
        ),
        selections=(PLAIN, Selection(extras=("x",)), Selection(extras=("y",))),
    ),
}
