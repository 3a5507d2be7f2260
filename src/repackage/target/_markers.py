"""The marker environment of a target: all eleven variables of PEP 508."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from repackage.target._model import Glibc, MacOS, Musl, Python, System, Windows

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The last release of PyPy by the minor version of the Python that it implements.
_PYPY = {6: "7.3.3", 7: "7.3.9", 8: "7.3.11", 9: "7.3.16", 10: "7.3.19"}
_PYPY_AFTER = "7.3.20"
#: What Windows calls its architectures, by platform tag.
_WINDOWS_MACHINES = {"amd64": "AMD64", "arm64": "ARM64", "x86": "x86"}


def markers(python: Python, system: System, arch: str) -> Mapping[str, str]:
    """Return the environment that markers are evaluated in.

    What only a running machine knows (``platform_release``, ``platform_version``) is
    empty, as it is for uv when it resolves for another platform. The version of PyPy
    itself is that of its last release for the Python in question.
    """
    os_name, sys_platform, platform_system, machine = _platform(system, arch)
    full = f"{python.release}.{python.micro}"
    pypy = python.implementation == "pypy"
    return MappingProxyType(
        {
            "implementation_name": python.implementation,
            "implementation_version": _PYPY.get(python.minor, _PYPY_AFTER) if pypy else full,
            "os_name": os_name,
            "platform_machine": machine,
            "platform_python_implementation": "PyPy" if pypy else "CPython",
            "platform_release": "",
            "platform_system": platform_system,
            "platform_version": "",
            "python_full_version": full,
            "python_version": python.release,
            "sys_platform": sys_platform,
        }
    )


def _platform(system: System, arch: str) -> tuple[str, str, str, str]:
    match system:
        case Glibc() | Musl():
            return "posix", "linux", "Linux", arch
        case MacOS():
            return "posix", "darwin", "Darwin", arch
        case Windows():
            return "nt", "win32", "Windows", _WINDOWS_MACHINES[arch]
