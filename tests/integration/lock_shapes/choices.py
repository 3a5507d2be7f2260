"""Wheels or source, as asked: ``--no-binary`` and ``--only-binary``."""

from __future__ import annotations

from repackage.resolve import FileChoice
from tests.integration.lock_shapes._shape import SERVER, Release, Shape, names
from tests.integration.projects import Project


def _choices(*pairs: tuple[str, str]) -> tuple[FileChoice, ...]:
    """Name what must be built and what must not be, with commas between."""
    return tuple(FileChoice.of(built.split(), wheels.split()) for built, wheels in pairs)


SHAPES = {
    "wheels and sdists": Shape(
        index=(
            Release(name="both", sdist=True),
            Release(name="some", tags=("py3-none-manylinux_2_17_x86_64",), sdist=True),
        ),
        project=Project(dependencies=("both", "some")),
        choices=_choices(
            ("both", ""),
            ("both,some", ""),
            (":all:", ""),
            ("", "both"),
            ("", "some"),
            ("", ":all:"),
            (":all:", "some"),
            ("some", ":all:"),
            ("both", "both"),
            (":all:", ":all:"),
            ("unknown", "none"),
        ),
    ),
    "a wheel without an sdist, and the other way about": Shape(
        index=(Release(name="wheel"), Release(name="source", tags=(), sdist=True)),
        project=Project(dependencies=("wheel", "source; sys_platform != 'win32'")),
        choices=_choices(("wheel", ""), ("source", ""), ("", "wheel"), ("", "source")),
    ),
    "members that are built whatever is asked": Shape(
        index=names("a"),
        project=Project(
            dependencies=("lib",),
            uv=(
                "[tool.uv.workspace]\nmembers = ['lib']\n"
                "[tool.uv.sources]\nlib = { workspace = true }"
            ),
        ),
        members={"lib": Project(name="lib", dependencies=("a",))},
        choices=_choices(("", ":all:"), ("", "lib"), ("lib", ""), ("lib", "lib")),
    ),
    "trees of others that may not be built": Shape(
        index=names("a"),
        project=Project(
            dependencies=("tree",), uv="[tool.uv.sources]\ntree = { path = 'tree' }"
        ),
        members={"tree": Project(name="tree", dependencies=("a",))},
        choices=_choices(("", ":all:"), ("", "tree"), ("tree", "")),
    ),
    "archives by their URL, to be built or not": Shape(
        index=(Release(name="a"), Release(name="b", tags=(), sdist=True)),
        project=Project(
            dependencies=("a", "b"),
            uv=(
                "[tool.uv.sources]\n"
                f"a = {{ url = '{SERVER}/files/a-1.0-py3-none-any.whl' }}\n"
                f"b = {{ url = '{SERVER}/files/b-1.0.tar.gz' }}"
            ),
        ),
        choices=_choices(("a", ""), ("b", ""), ("", "a"), ("", "b"), ("", ":all:")),
    ),
}
