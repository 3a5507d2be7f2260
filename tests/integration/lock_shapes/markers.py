"""Markers on edges: each variable that a lock can ask about."""

from __future__ import annotations

from tests.integration.lock_shapes._shape import Release, Shape, names
from tests.integration.projects import Project


def _asking(*markers: str, exported: bool = True) -> Shape:
    """Make a project with a dependency under each of these markers."""
    letters = "abcdefghij"[: len(markers)]
    return Shape(
        index=names(*letters),
        project=Project(
            dependencies=tuple(
                f"{name}; {marker}" for name, marker in zip(letters, markers, strict=True)
            )
        ),
        exported=exported,
    )


SHAPES = {
    "a chain with markers": Shape(
        index=(
            Release(name="a", requires=("b", "c; sys_platform == 'win32'")),
            Release(name="b", requires=("d; python_version < '3.12'",)),
            Release(name="c"),
            Release(name="d", requires=("e; platform_machine == 'aarch64'",)),
            Release(name="e"),
        ),
        project=Project(dependencies=("a",)),
    ),
    "markers on the system": _asking(
        "sys_platform == 'linux'",
        "sys_platform != 'darwin'",
        "platform_system == 'Windows'",
        "platform_system != 'Linux'",
        "os_name == 'nt'",
        "os_name != 'posix'",
        "sys_platform == 'darwin' or sys_platform == 'win32'",
        "'linux' in sys_platform",
        "sys_platform not in 'win32 cygwin'",
    ),
    "markers on the machine": _asking(
        "platform_machine == 'x86_64'",
        "platform_machine == 'aarch64' or platform_machine == 'arm64'",
        "platform_machine != 'AMD64'",
        "platform_machine in 'x86_64 AMD64'",
        "sys_platform == 'win32' and platform_machine == 'ARM64'",
        "sys_platform == 'darwin' and platform_machine != 'arm64'",
    ),
    "markers on the implementation": _asking(
        "implementation_name == 'cpython'",
        "implementation_name != 'cpython'",
        "platform_python_implementation == 'PyPy'",
        "platform_python_implementation != 'PyPy' and python_version >= '3.11'",
        "implementation_name == 'pypy' and python_version < '3.11'",
    ),
    "markers on Python": _asking(
        "python_version < '3.10'",
        "python_version >= '3.14'",
        "python_version == '3.12'",
        "python_version != '3.13'",
        "python_full_version >= '3.14.0'",
        "python_full_version < '3.14'",
        "python_version ~= '3.11'",
        "python_full_version == '3.1*' or python_version > '3.12'",
        "python_full_version <= '3.10.0'",
        "python_version not in '3.11 3.12'",
    ),
    "markers on what only a running machine knows": _asking(
        "platform_release == ''",
        "platform_version != ''",
        "sys_platform == 'linux' and platform_release != '5'",
        "sys_platform == 'darwin' and platform_release >= '20.0'",
        "platform_release < '20.0'",
        "sys_platform == 'darwin' and platform_release != '20.0'",
        "platform_version < '5'",
        "platform_version >= '5'",
        exported=False,  # packaging compares versions where uv compares text
    ),
    "the same dependency under several markers": Shape(
        index=(
            Release(name="a", requires=("c; extra == 'x'",), extras=("x", "y")),
            Release(name="b", requires=("a[x]; python_version < '3.11'",)),
            Release(name="c"),
        ),
        project=Project(
            dependencies=(
                "a; sys_platform == 'linux'",
                "a[x]; sys_platform == 'darwin'",
                "a[y]; platform_machine == 'AMD64'",
                "b; sys_platform != 'darwin'",
            )
        ),
    ),
    "markers that hold only beneath their parent": Shape(
        index=(
            Release(name="a", requires=("b; sys_platform == 'win32'",)),
            Release(name="b", requires=("c; python_version >= '3.12'",)),
            Release(name="c", requires=("d; python_version < '3.14'", "e; os_name == 'nt'")),
            *names("d", "e"),
        ),
        project=Project(
            dependencies=("a; python_version >= '3.10'", "b; sys_platform == 'darwin'")
        ),
    ),
}
