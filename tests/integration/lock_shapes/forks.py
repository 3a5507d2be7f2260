"""Several packages of one name: by platform, by Python, by source."""

from __future__ import annotations

from repackage.resolve import Selection
from tests.integration.lock_shapes._shape import PLAIN, SERVER, Release, Shape, names
from tests.integration.projects import Project

_TWO = (
    Release(name="a", version="1.0", requires=("b",)),
    Release(name="a", version="2.0", requires=("c",)),
)

SHAPES = {
    "two versions by platform": Shape(
        index=(*_TWO, *names("b", "c")),
        project=Project(
            dependencies=(
                "a==1.0; platform_machine == 'x86_64'",
                "a==2.0; platform_machine != 'x86_64'",
            )
        ),
    ),
    "three versions by system": Shape(
        index=(*_TWO, Release(name="a", version="3.0"), *names("b", "c")),
        project=Project(
            dependencies=(
                "a==1.0; sys_platform == 'linux'",
                "a==2.0; sys_platform == 'darwin'",
                "a==3.0; sys_platform == 'win32'",
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
    "two versions because the newer wants a newer Python": Shape(
        index=(
            Release(name="a", version="1.0", python=">=3.8"),
            Release(name="a", version="2.0", requires=("b",), python=">=3.11"),
            Release(name="a", version="3.0", requires=("b",), python=">=3.13"),
            *names("b"),
        ),
        project=Project(dependencies=("a",)),
    ),
    "a fork in the middle of a release of Python": Shape(
        index=(*_TWO, *names("b", "c")),
        project=Project(
            dependencies=(
                "a==1.0; python_full_version <= '3.9'",
                "a==2.0; python_full_version > '3.9'",
            )
        ),
        pythons=("3.9.1", "3.9.18"),
    ),
    "two versions by implementation": Shape(
        index=(*_TWO, *names("b", "c")),
        project=Project(
            dependencies=(
                "a==1.0; implementation_name == 'pypy'",
                "a==2.0; implementation_name != 'pypy'",
            )
        ),
    ),
    "a fork within a fork": Shape(
        index=(
            Release(name="a", version="1.0", requires=("b==1.0",)),
            Release(
                name="a",
                version="2.0",
                requires=(
                    "b==2.0; python_version < '3.12'",
                    "b==3.0; python_version >= '3.12'",
                ),
            ),
            *(Release(name="b", version=f"{number}.0") for number in (1, 2, 3)),
        ),
        project=Project(
            dependencies=(
                "a==1.0; sys_platform == 'win32'",
                "a==2.0; sys_platform != 'win32'",
            ),
            extras={"x": ("b; sys_platform == 'darwin'",)},
        ),
        selections=(PLAIN, Selection(extras=("x",))),
    ),
    "the same version from two indexes": Shape(
        index=(
            Release(name="a", requires=("b",)),
            Release(name="a", requires=("c",), index="two"),
            Release(name="a", requires=("c",), index="three"),
            *names("b", "c"),
        ),
        project=Project(
            dependencies=("a",),
            uv=(
                "[[tool.uv.index]]\nname = 'two'\nexplicit = true\n"
                f"url = '{SERVER}/two'\n"
                "[[tool.uv.index]]\nname = 'three'\nexplicit = true\n"
                f"url = '{SERVER}/three'\n"
                "[tool.uv.sources]\na = [{ index = 'two', marker = \"sys_platform == 'win32'\" },"
                " { index = 'three', marker = \"sys_platform == 'darwin'\" }]\n"
            ),
        ),
    ),
    "an index on one platform, a URL on another": Shape(
        index=(Release(name="a", requires=("b",)), *names("b")),
        project=Project(
            dependencies=("a",),
            uv=(
                "[tool.uv.sources]\n"
                f"a = {{ url = '{SERVER}/files/a-1.0-py3-none-any.whl',"
                " marker = \"sys_platform == 'linux'\" }\n"
            ),
        ),
    ),
    "a dependency of one fork only": Shape(
        index=(
            Release(name="a", version="1.0", requires=("b; python_version < '3.11'",)),
            Release(name="a", version="2.0", requires=("b==2.0",)),
            Release(name="b", version="1.0"),
            Release(name="b", version="2.0", requires=("c[x]",)),
            Release(name="c", requires=("d; extra == 'x'",), extras=("x",)),
            *names("d"),
        ),
        project=Project(
            dependencies=(
                "a==1.0; platform_machine == 'aarch64' or platform_machine == 'arm64'",
                "a==2.0; platform_machine != 'aarch64' and platform_machine != 'arm64'",
                "b<2; platform_machine == 'aarch64'",
            )
        ),
    ),
}
