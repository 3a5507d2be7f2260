"""A target by free choice: a Python version and a platform tag."""

from __future__ import annotations

import re

from repackage.errors import TargetError
from repackage.target._architecture import linux_architecture
from repackage.target._markers import markers
from repackage.target._model import Glibc, MacOS, Musl, Python, System, Target, Windows
from repackage.target._python import parse_python
from repackage.target._tags import LEGACY_MANYLINUX, tags

_VERSIONED = re.compile(r"(manylinux|musllinux|macosx)_(\d{1,3})_(\d{1,3})_(\w+)", re.ASCII)
_LEGACY = re.compile(r"(manylinux\d+)_(\w+)", re.ASCII)
_PLAIN_LINUX = re.compile(r"linux_(\w+)", re.ASCII)

#: What ``linux_<arch>`` stands for: the floor that uv takes for "linux".
_PLAIN_LINUX_GLIBC = Glibc(major=2, minor=28)

_WINDOWS = {"win_amd64": "amd64", "win_arm64": "arm64", "win32": "x86"}
_MACOS = ("arm64", "x86_64")


def free_target(*, python: str, platform: str, interpreter: str | None = None) -> Target:
    """Describe any machine by its Python and its platform tag (PEP 425, 600, 656).

    ``linux_<arch>`` means manylinux_2_28, as "linux" does for uv. Without a micro
    version, markers see ``.0``.
    """
    chosen = parse_python(python)
    system, arch = _parse_platform(platform)
    return Target(
        name=f"{chosen.tag}-{_platform_name(system, arch)}",
        python=chosen,
        system=system,
        arch=arch,
        interpreter=interpreter or _interpreter(chosen, system),
        markers=markers(chosen, system, arch),
        tags=tags(chosen, system, arch),
    )


def _parse_platform(text: str) -> tuple[System, str]:
    spelled = text.strip().lower().replace("-", "_").replace(".", "_")
    spelled = spelled.replace("x86__64", "x86_64")
    if spelled in _WINDOWS:
        return Windows(), _WINDOWS[spelled]
    if found := _PLAIN_LINUX.fullmatch(spelled):
        return _PLAIN_LINUX_GLIBC, linux_architecture(found[1])
    if found := _LEGACY.fullmatch(spelled):
        by_name = {name: minor for minor, name in LEGACY_MANYLINUX.items()}
        if found[1] in by_name:
            return Glibc(major=2, minor=by_name[found[1]]), linux_architecture(found[2])
    if found := _VERSIONED.fullmatch(spelled):
        return _versioned(text, found[1], (int(found[2]), int(found[3])), found[4])
    raise _unknown(text)


def _versioned(text: str, kind: str, version: tuple[int, int], arch: str) -> tuple[System, str]:
    major, minor = version
    match kind, major:
        case "manylinux", 2:
            return Glibc(major=major, minor=minor), linux_architecture(arch)
        case "musllinux", 1:
            return Musl(major=major, minor=minor), linux_architecture(arch)
        case "macosx", _ if major >= 10 and arch in _MACOS:  # noqa: PLR2004 - OS X
            return MacOS(major=major, minor=minor), arch
        case _:
            raise _unknown(text)


def _unknown(text: str) -> TargetError:
    return TargetError.of(
        f"{text!r} is not a platform that a package can be made for",
        advice="write it like manylinux_2_28_x86_64, musllinux_1_2_aarch64, "
        "macosx_13_0_arm64 or win_amd64",
    )


def _platform_name(system: System, arch: str) -> str:
    match system:
        case Glibc(major=major, minor=minor):
            return f"manylinux_{major}_{minor}_{arch}"
        case Musl(major=major, minor=minor):
            return f"musllinux_{major}_{minor}_{arch}"
        case MacOS(major=major, minor=minor):
            return f"macosx_{major}_{minor}_{arch}"
        case Windows():
            return next(name for name, known in _WINDOWS.items() if known == arch)


def _interpreter(python: Python, system: System) -> str:
    """Where such an interpreter usually is; ``--interpreter`` knows better."""
    match system:
        case Glibc() | Musl():
            return f"/usr/bin/{python.command}"
        case MacOS():
            return f"/usr/local/bin/{python.command}"
        case Windows():
            return "python.exe"
