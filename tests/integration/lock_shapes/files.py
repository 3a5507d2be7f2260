"""Which file is taken: by tag, by build tag, by order."""

from __future__ import annotations

from tests.integration.lock_shapes._shape import HERE, Release, Shape, names
from tests.integration.projects import Project


def _wheels(*tags: str, version: str = "1.0", sdist: bool = False) -> Shape:
    """Make a project that needs one package, of which there are these wheels."""
    return Shape(
        index=(Release(name="a", version=version, tags=tags, sdist=sdist), *names("b")),
        project=Project(dependencies=(f"a=={version}", "b")),
    )


_MACHINES = ("x86_64", "aarch64")

SHAPES = {
    "files by tag": _wheels(
        *(
            tag.format(machine=machine)
            for machine in _MACHINES
            for tag in (
                "cp310-cp310-manylinux_2_17_{machine}.manylinux2014_{machine}",
                "cp312-cp312-manylinux_2_17_{machine}.manylinux2014_{machine}",
                "cp312-cp312-manylinux_2_28_{machine}",
                "cp312-cp312-manylinux_2_34_{machine}",
                "cp311-abi3-manylinux_2_28_{machine}",
            )
        ),
        "cp312-cp312-win_amd64",
        "cp312-cp312-macosx_11_0_arm64",
    ),
    "compressed sets of tags": _wheels(
        "cp39.cp310.cp311-none-any",
        "cp312.cp313-cp312.cp313.abi3-manylinux_2_17_x86_64.musllinux_1_1_x86_64.win_amd64",
        "py2.py3-none-any",
        "pp310.pp311-pypy310_pp73.pypy311_pp73-manylinux_2_17_x86_64.macosx_11_0_arm64",
    ),
    "the stable ABI of an older minor": _wheels(
        "cp39-abi3-manylinux_2_17_x86_64",
        "cp311-abi3-manylinux_2_17_x86_64",
        "cp313-abi3-manylinux_2_17_x86_64",
        "cp310-abi3-win_amd64",
        "cp310-abi3-macosx_10_12_universal2",
        sdist=True,
    ),
    "wheels for free-threaded Pythons": _wheels(
        "cp313-cp313-manylinux_2_17_x86_64",
        "cp313-cp313t-manylinux_2_17_x86_64",
        "cp314-cp314t-manylinux_2_17_aarch64",
        "cp314-cp314-manylinux_2_17_aarch64",
        "cp39-abi3-win_amd64",
        "cp313-none-macosx_11_0_arm64",
        "cp314-abi3t-musllinux_1_2_x86_64",
        "cp313-cp313t-win_arm64",
        sdist=True,
    ),
    "wheels for PyPy": _wheels(
        "pp310-pypy310_pp73-manylinux_2_17_x86_64",
        "pp311-pypy311_pp73-manylinux_2_17_x86_64",
        "pp39-pypy39_pp73-win_amd64",
        "pp311-none-any",
        "cp311-cp311-manylinux_2_17_x86_64",
        "cp311-none-any",
        sdist=True,
    ),
    "manylinux floors": Shape(
        index=(
            Release(
                name="a",
                tags=tuple(
                    f"py3-none-manylinux_2_{minor}_{machine}"
                    for minor in (5, 12, 17, 24, 28, 35)
                    for machine in _MACHINES
                ),
            ),
            Release(
                name="b",
                tags=(
                    *(f"py3-none-manylinux_2_28_{machine}" for machine in _MACHINES),
                    "py3-none-any",
                ),
            ),
            Release(
                name="c", tags=("py3-none-manylinux1_x86_64", "py3-none-manylinux2014_x86_64")
            ),
        ),
        project=Project(
            dependencies=("a", "b"), extras={"old": ("c; sys_platform == 'linux'",)}
        ),
        platforms=("manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "manylinux_2_40_x86_64"),
    ),
    "wheels for musl": _wheels(
        "cp312-cp312-musllinux_1_1_x86_64",
        "cp312-cp312-musllinux_1_2_x86_64",
        "py3-none-musllinux_1_2_aarch64",
        "py3-none-musllinux_1_3_aarch64",
        "py3-none-manylinux_2_17_x86_64",
        sdist=True,
    ),
    "wheels for macOS": _wheels(
        "py3-none-macosx_10_9_universal2",
        "py3-none-macosx_11_0_arm64",
        "py3-none-macosx_10_9_x86_64",
        "cp311-cp311-macosx_14_0_arm64",
        "cp312-cp312-macosx_13_0_x86_64",
        "cp312-cp312-macosx_12_0_universal2",
        "cp313-cp313-macosx_10_13_intel",
    ),
    "wheels for Windows": Shape(
        index=(
            Release(name="a", tags=("py3-none-win_amd64", "py3-none-win32")),
            Release(name="b", tags=("py3-none-win_arm64", "py3-none-win32", "py3-none-any")),
        ),
        project=Project(dependencies=("b",), extras={"x": ("a",)}),
        platforms=("win32",),
    ),
    "linux without a floor comes last": _wheels(
        "cp312-cp312-linux_x86_64",
        "cp312-cp312-manylinux_2_5_x86_64",
        "py3-none-linux_aarch64",
        "py3-none-linux_x86_64",
        "py3-none-any",
    ),
    "a local version": _wheels("py3-none-any", "cp312-cp312-win_amd64", version="1.0+cu121"),
    "build tags": Shape(
        index=(
            Release(
                name="a",
                tags=(
                    "1-py3-none-any",
                    "9-py3-none-any",
                    "10-py3-none-any",
                    "10a-py3-none-any",
                    "py3-none-any",
                    "3-cp312-none-any",
                    "2b-py3-none-manylinux_2_17_x86_64",
                    "2a-py3-none-manylinux_2_17_x86_64",
                    "7-py3-none-win_arm64",
                    "py3-none-win_arm64",
                ),
            ),
        ),
        project=Project(dependencies=("a",)),
        exported=False,  # packaging takes the first of equal tags
    ),
    "variant labels": Shape(
        index=(Release(name="a", tags=("py3-none-any", "1-py3-none-any")),),
        project=Project(dependencies=("a",)),
        edits={
            r'^wheels = \[\n(.*"(.*/a-1\.0-)1-(.*)\.whl"(.*)\n)': (
                r'wheels = [\n    { url = "\2\3-x86_64_v3.whl"\4\n\1'
            ),
        },
        exported=False,
    ),
    "a flat index by a relative path": Shape(
        index=(
            Release(
                name="a", tags=("py3-none-any", "cp312-none-win_amd64"), index="./wheelhouse"
            ),
            Release(name="b", tags=(), sdist=True, index="./wheelhouse"),
        ),
        project=Project(
            dependencies=("a", "b; sys_platform == 'linux'"),
            uv="[tool.uv]\nno-index = true\nfind-links = ['wheelhouse']",
        ),
        exported=False,  # without hashes there is no pylock.toml
    ),
    "a flat index by an absolute path": Shape(
        index=(Release(name="a", index="./wheelhouse"),),
        project=Project(
            dependencies=("a",),
            uv=f"[tool.uv]\nno-index = true\nfind-links = ['{HERE}/wheelhouse']",
        ),
        exported=False,
    ),
    "archives beside the project": Shape(
        index=(
            Release(name="a", requires=("c",), index="./archives"),
            Release(name="b", tags=(), sdist=True, index="./archives"),
            *names("c"),
        ),
        project=Project(
            dependencies=("a", "b"),
            uv=(
                "[tool.uv.sources]\na = { path = 'archives/a-1.0-py3-none-any.whl' }\n"
                f"b = {{ path = '{HERE}/archives/b-1.0.tar.gz' }}"
            ),
        ),
    ),
    "files without a hash": Shape(
        index=(Release(name="a", tags=("py3-none-any", "py3-none-win_arm64"), sdist=True),),
        project=Project(dependencies=("a",)),
        edits={r', hash = "sha256:[0-9a-f]+"': ""},
        exported=False,
    ),
}
