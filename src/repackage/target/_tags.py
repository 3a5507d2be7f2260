"""The ordered tags of a target, best first, as uv orders them.

``packaging.tags`` yields them when it is told platforms and ABIs; left to itself it asks
the running interpreter, and puts ``linux_<arch>`` before manylinux where uv puts it last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.target._architecture import OLDEST_MANYLINUX
from repackage.target._model import Glibc, MacOS, Musl, Python, System, Windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.tags import Tag

#: Names of before PEP 600, by the glibc minor that each stands for.
LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}

#: Of PyPy 7.3, the ABI of all its releases since 2019.
_PYPY_ABI = "pp73"


def tags(python: Python, system: System, arch: str) -> tuple[Tag, ...]:
    """Return what the target accepts, best first."""
    from packaging.tags import compatible_tags

    version = (python.major, python.minor)
    platforms = tuple(_platforms(system, arch))
    accepted = [
        *_native(python, platforms),
        *compatible_tags(version, _interpreter(python), platforms),
    ]
    return tuple(dict.fromkeys(accepted))


def _native(python: Python, platforms: Sequence[str]) -> Iterator[Tag]:
    """The tags of the implementation itself: PyPy knows no stable ABI."""
    from packaging.tags import Tag, cpython_tags

    if python.implementation == "pypy":
        abi = f"pypy{python.major}{python.minor}_{_PYPY_ABI}"
        yield from (Tag(python.tag, abi, platform) for platform in platforms)
    else:
        yield from cpython_tags(
            (python.major, python.minor), abis=[_abi(python)], platforms=platforms
        )


def _interpreter(python: Python) -> str | None:
    """Whose pure wheels are accepted beside everybody's; those of PyPy are not, as by uv."""
    return f"cp{python.major}{python.minor}" if python.implementation == "cpython" else None


def _abi(python: Python) -> str:
    """``cp312``, ``cp313t``, and ``cp37m`` as it was before 3.8."""
    flag = "t" if python.free_threaded else "m" if python.minor < 8 else ""  # noqa: PLR2004 - its ABI flag went with 3.8
    return f"cp{python.major}{python.minor}{flag}"


def _platforms(system: System, arch: str) -> Iterator[str]:
    match system:
        case Glibc(minor=minor):
            yield from _manylinux(minor, arch)
            yield f"linux_{arch}"
        case Musl(minor=minor):
            for older in range(minor, -1, -1):
                yield f"musllinux_1_{older}_{arch}"
            yield f"linux_{arch}"
        case MacOS(major=major, minor=minor):
            from packaging.tags import mac_platforms

            yield from mac_platforms((major, minor), arch)
        case Windows():
            yield "win32" if arch == "x86" else f"win_{arch}"


def _manylinux(minor: int, arch: str) -> Iterator[str]:
    for older in range(minor, OLDEST_MANYLINUX[arch] - 1, -1):
        yield f"manylinux_2_{older}_{arch}"
        if older in LEGACY_MANYLINUX:
            yield f"{LEGACY_MANYLINUX[older]}_{arch}"
