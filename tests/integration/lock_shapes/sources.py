"""Where packages come from, other than an index by its URL."""

from __future__ import annotations

from repackage.resolve import Selection
from tests.integration.lock_shapes._shape import HERE, PLAIN, SERVER, Release, Shape, names
from tests.integration.projects import Project

_COMMIT = "0123456789abcdef0123456789abcdef01234567"
_REGISTRY = rf'source = \{{ registry = "{SERVER}/simple" \}}'

SHAPES = {
    "a wheel by its URL": Shape(
        index=(Release(name="a", requires=("b; sys_platform == 'linux'",)), *names("b")),
        project=Project(
            dependencies=("a",),
            uv=f"[tool.uv.sources]\na = {{ url = '{SERVER}/files/a-1.0-py3-none-any.whl' }}",
        ),
    ),
    "a wheel by its URL that does not fit": Shape(
        index=(Release(name="a", tags=("py3-none-win_amd64",)),),
        project=Project(
            dependencies=("a",),
            uv=f"[tool.uv.sources]\na = {{ url = '{SERVER}/files/a-1.0-py3-none-win_amd64.whl' }}",
        ),
    ),
    "an sdist by its URL": Shape(
        index=(Release(name="a", sdist=True, tags=()), *names("b")),
        project=Project(
            dependencies=("a", "b"),
            uv=f"[tool.uv.sources]\na = {{ url = '{SERVER}/files/a-1.0.tar.gz' }}",
        ),
    ),
    "URLs with percent signs, queries and fragments": Shape(
        index=(Release(name="a", version="1.0+local.1"), *names("b")),
        project=Project(dependencies=("a", "b")),
        edits={
            r"/b-1\.0-py3-none-any\.whl": "/%62-1.0-py3-none-any.whl?token=a/b#egg=b",
        },
    ),
    "a source tree beside the project": Shape(
        index=names("a", "b"),
        project=Project(
            dependencies=("tree[x]", "other"),
            uv=(
                "[tool.uv.sources]\ntree = { path = 'tree' }\n"
                "other = { path = 'other', editable = true }"
            ),
        ),
        members={
            "tree": Project(name="tree", dependencies=("a",), extras={"x": ("b",)}),
            "other": Project(name="other", dependencies=("b; python_version < '3.13'",)),
        },
    ),
    "a source tree by its absolute path": Shape(
        index=names("a"),
        project=Project(
            dependencies=("tree",), uv=f"[tool.uv.sources]\ntree = {{ path = '{HERE}/tree' }}"
        ),
        members={"tree": Project(name="tree", dependencies=("a",))},
    ),
    "a commit": Shape(
        index=(Release(name="a", requires=("b",)), *names("b")),
        project=Project(dependencies=("a; sys_platform != 'darwin'",)),
        edits={
            rf'(^name = "a"\nversion = "1.0"\n){_REGISTRY}\n': (
                rf'\1source = {{ git = "https://git.example/a?tag=v1#{_COMMIT}" }}\n'
            ),
            r"^wheels = \[\n    \{ url = \".*/a-1.0-.*\n\]\n": "",
        },
        exported=False,
    ),
    "an index with an sdist and a wheel, one on each system": Shape(
        index=(
            Release(name="a", tags=("py3-none-manylinux_2_17_x86_64",), sdist=True),
            Release(name="b", tags=(), sdist=True),
        ),
        project=Project(dependencies=("a",), extras={"x": ("b",)}),
        selections=(PLAIN, Selection(extras=("x",))),
    ),
}
