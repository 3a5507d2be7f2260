"""An interpreter to build with, and what it can build for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from repackage.target import Glibc, Musl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.tags import Tag

    from repackage.target import Python, Target

_PROBE = """\
import json, platform, sys, sysconfig
print(json.dumps({
    "executable": sys.executable,
    "implementation": sys.implementation.name,
    "version": list(sys.version_info[:3]),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "platform": sysconfig.get_platform(),
    "libc": list(platform.libc_ver()),
    "soabi": sysconfig.get_config_var("SOABI") or "",
    "build": sys.version,
}))
"""
_PATIENCE = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """A Python of this machine."""

    path: str
    """Of the program itself: what is found may be a shim that goes by the environment."""
    implementation: str
    version: tuple[int, int, int]
    free_threaded: bool
    platform: str
    """As ``sysconfig.get_platform`` says it: ``linux-x86_64``."""
    libc: tuple[str, str]
    """``("glibc", "2.36")``; empty texts where there is another one."""
    soabi: str
    build: str = ""
    """All that it says of its version."""

    @property
    def key(self) -> str:
        """What a wheel that is not pure may depend on."""
        major, minor, _ = self.version
        return f"{self.implementation} {major}.{minor} {self.soabi} {self.platform} {self.libc}"

    def is_of(self, python: Python) -> bool:
        """Whether it is of the same kind as a target's."""
        return (
            self.implementation == python.implementation
            and self.version[:2] == (python.major, python.minor)
            and self.free_threaded == python.free_threaded
        )

    def builds_for(self, target: Target) -> bool:
        """Whether machine code that is built with it runs on the target."""
        return self.is_of(target.python) and self.is_on_machine_like(target)

    def is_on_machine_like(self, target: Target) -> bool:
        """Whether this machine is as the target is, whichever Python either has.

        That needs the same architecture, and a C library that is not newer than what the
        target has at the least.
        """
        return self.platform.replace("-", "_") == f"linux_{target.arch}" and self._has_libc_of(
            target
        )

    def _has_libc_of(self, target: Target) -> bool:
        name, version = self.libc
        match target.system:
            case Glibc(major=major, minor=minor):
                return name == "glibc" and _numbers(version) <= (major, minor)
            case Musl():
                return "musl" in self.soabi
            case _:
                return False


def is_pure(tags: Iterable[Tag]) -> bool:
    """Whether a wheel of these tags runs on any machine."""
    return any(tag.platform == "any" and tag.abi == "none" for tag in tags)


@lru_cache(maxsize=16)
def interpreter_for(python: Python) -> Interpreter:
    """Find an interpreter of the target's kind, or else take the running one."""
    running = probed(sys.executable)
    if running is None:  # pragma: no cover - it is running
        raise AssertionError("the running interpreter does not run")
    if running.is_of(python):
        return running
    found = shutil.which(program_of(python))
    other = probed(found) if found else None
    return other if other is not None and other.is_of(python) else running


def probed(path: str) -> Interpreter | None:
    """Ask an interpreter what it is; None if it does not answer."""
    try:
        done = subprocess.run(  # noqa: S603 - an interpreter of this machine
            [path, "-I", "-c", _PROBE], capture_output=True, check=True, timeout=_PATIENCE
        )
        facts = json.loads(done.stdout)
        return Interpreter(
            path=facts["executable"],
            implementation=facts["implementation"],
            version=tuple(facts["version"]),
            free_threaded=facts["free_threaded"],
            platform=facts["platform"],
            libc=tuple(facts["libc"]),
            soabi=facts["soabi"],
            build=facts["build"],
        )
    except (OSError, ValueError, LookupError, TypeError, subprocess.SubprocessError):
        return None


def program_of(python: Python) -> str:
    """The name that an interpreter has on the ``PATH``."""
    if python.implementation == "pypy":
        return f"pypy{python.release}"
    return f"python{python.release}{'t' if python.free_threaded else ''}"


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".")[:2]
    return tuple(int(part) if part.isdigit() else 1 << 16 for part in parts)
