"""Scripts (PEP 723): their requirements stand in the manifest, no project in the lock."""

from __future__ import annotations

from tests.integration.lock_shapes._shape import Release, Shape, names
from tests.integration.projects import Project

SHAPES = {
    "a script": Shape(
        index=(Release(name="a", requires=("b; sys_platform == 'win32'",)), *names("b")),
        project=Project(name="script", dependencies=("a",)),
        root="script",
        script=True,
    ),
    "a script with forks and extras": Shape(
        index=(
            Release(name="a", version="1.0", requires=("b",)),
            Release(name="a", version="2.0", requires=("c[x]",)),
            Release(name="c", requires=("d; extra == 'x'",), extras=("x",)),
            *names("b", "d"),
        ),
        project=Project(
            name="script",
            dependencies=(
                "a==1.0; python_version < '3.12'",
                "a==2.0; python_version >= '3.12'",
                "c[x]; platform_machine == 'aarch64'",
            ),
        ),
        root="script",
        script=True,
    ),
    "a script for few Pythons": Shape(
        index=names("a"),
        project=Project(
            name="script", dependencies=("a",), requires_python=">=3.11,!=3.12.*,<3.14"
        ),
        root="script",
        script=True,
    ),
}
