"""For which machine something is made: read off it, where it says so itself.

A virtual environment names its Python, a root its distribution, a package
and an image their architecture; directories, loaders and extension modules tell the rest.
"""

from __future__ import annotations

import platform
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from repackage.errors import TargetError
from repackage.target import described_by, names
from repackage.target import linux_architecture as _architecture
from repackage.tree import File, open_file, read_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.target import KnownTarget
    from repackage.tree import Entry

_SITE = re.compile(r"(?:.*/)?python(3\.\d+t?)/(?:site|dist)-packages/.*\.dist-info/METADATA")
#: ``version`` of venv (PEP 405 leaves it open), ``version_info`` of uv and virtualenv.
_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)", re.MULTILINE)
#: PEP 3149: ``_speedups.cpython-312-aarch64-linux-gnu.so``.
_EXTENSION = re.compile(
    r".*\.cpython-3(?P<minor>\d+)(?P<flag>t?)-(?P<arch>\w+)-linux-(?P<libc>gnu|musl)\w*\.so"
)
#: The dynamic loader of each architecture and libc.
_LOADER = re.compile(
    r"(?:usr/)?lib(?:64)?/(?:[\w-]+/)?"
    r"(?:ld-linux-(?P<gnu>[\w-]+?)(?:-lp64d)?\.so\.\d|ld-musl-(?P<musl>\w+)\.so\.1)"
)
_LOADERS = {"x86-64": "x86_64"}
#: ``e_machine`` of ELF: the bytes 18 and 19 of a file.
_MACHINES = {0x03: "i686", 0x15: "ppc64le", 0x16: "s390x", 0x28: "armv7l", 0x3E: "x86_64"}
_MACHINES |= {0xB7: "aarch64", 0xF3: "riscv64", 0x102: "loongarch64"}
_OS_RELEASES = ("etc/os-release", "usr/lib/os-release")
#: The oldest release of musl that the tag 1_2 promises is in every Alpine since 3.13.
_MUSLLINUX = "musllinux_1_2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Derived:
    """What was found out, as keys of ``[tool.repackage]``, and by what."""

    flags: Mapping[str, object] = field(default_factory=dict)
    evidence: str = ""
    """Such as ``pyvenv.cfg``; empty: nothing tells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    python: str = ""
    arch: str = ""
    libc: str = ""
    known: KnownTarget | None = None
    evidence: tuple[str, ...] = ()


def derive(entries: Sequence[Entry], metadata: Mapping[str, str], *, here: bool) -> Derived:
    """Find out the target of what is in a directory (``here``) or in an artifact.

    A virtual environment of this machine has this machine's C library. Of a system that
    nothing tells, the newest is taken that is known: it runs whatever an older one runs.
    """
    by_path = {entry.path: entry for entry in entries}
    return _composed(_facts(by_path, metadata), here=here)


def _facts(by_path: Mapping[str, Entry], metadata: Mapping[str, str]) -> _Facts:
    found: dict[str, str] = {}
    evidence: dict[str, None] = {}

    def note(value: str, key: str, source: str) -> None:
        if value and key not in found:
            found[key] = value
            evidence[source] = None

    cfg = _venv_version(by_path)
    note(cfg, "python", "pyvenv.cfg")
    note(_stated_arch(metadata), "arch", "metadata")
    note(_site_version(by_path), "python", "site-packages")
    known = _known(by_path)
    if known is not None:
        evidence["os-release"] = None
    for path in sorted(by_path):
        if loader := _LOADER.fullmatch(path):
            spelled = loader["gnu"] or loader["musl"]
            note(_spelling(_LOADERS.get(spelled, spelled)), "arch", "the dynamic loader")
            note("musl" if loader["musl"] else "gnu", "libc", "the dynamic loader")
        elif extension := _EXTENSION.fullmatch(path):
            note(f"3.{extension['minor']}{extension['flag']}", "python", "extension modules")
            note(_spelling(extension["arch"]), "arch", "extension modules")
            note(extension["libc"], "libc", "extension modules")
    if "arch" not in found:
        note(_machine(by_path), "arch", "extension modules")
    return _Facts(known=known, evidence=tuple(evidence), **found)


def _composed(facts: _Facts, *, here: bool) -> Derived:
    """Compose a target of the facts, as far as they go."""
    flags: dict[str, object] = {}
    arch = facts.arch or _spelling(platform.machine())
    shipped = {python.release for python in facts.known.pythons} if facts.known else set()
    minor = ".".join(facts.python.split(".")[:2])
    if facts.known is not None and (not minor or minor in shipped):
        flags = {"target": facts.known.name, "arch": arch}
        if facts.python:
            flags["python"] = facts.python
    elif facts.python and arch:
        flags = {"python": facts.python, "platform": _platform(facts, arch, here=here)}
    elif facts.arch:
        flags = {"arch": facts.arch}
    return Derived(flags=flags, evidence=", ".join(facts.evidence) if flags else "")


def _platform(facts: _Facts, arch: str, *, here: bool) -> str:
    if facts.libc == "musl":
        return f"{_MUSLLINUX}_{arch}"
    if facts.known is not None:
        return f"manylinux_{facts.known.glibc.major}_{facts.known.glibc.minor}_{arch}"
    library, version = platform.libc_ver()
    if here and library == "glibc" and arch == _spelling(platform.machine()):
        return f"manylinux_{'_'.join(version.split('.')[:2])}_{arch}"
    newest = max((each.glibc.major, each.glibc.minor) for each in names())
    return f"manylinux_{newest[0]}_{newest[1]}_{arch}"


def _venv_version(by_path: Mapping[str, Entry]) -> str:
    """The version in the outermost ``pyvenv.cfg``, if it is the only one."""
    found = sorted(
        (path.count("/"), path)
        for path, entry in by_path.items()
        if path.rpartition("/")[2] == "pyvenv.cfg" and isinstance(entry, File)
    )
    if not found or (len(found) > 1 and found[0][0]):
        return ""
    version = _VERSION.search(_text(by_path, found[0][1]))
    return version[1] if version else ""


def _site_version(by_path: Mapping[str, Entry]) -> str:
    """The Python of the directory that most distributions are in."""
    counted = Counter(site[1] for path in by_path if (site := _SITE.fullmatch(path)))
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return ordered[0][0] if ordered else ""


def _stated_arch(metadata: Mapping[str, str]) -> str:
    """The architecture that a package states, or an image: ``linux/arm64``."""
    parts = metadata.get("platform", "").split("/")
    return _spelling(parts[1] if len(parts) > 1 else metadata.get("Architecture", ""))


def _spelling(arch: str) -> str:
    """Spell an architecture as tags do; empty for ``all``, ``noarch`` and unknown ones."""
    try:
        return _architecture(arch)
    except TargetError:
        return ""


def _known(by_path: Mapping[str, Entry]) -> KnownTarget | None:
    texts = (_text(by_path, path) for path in _OS_RELEASES)
    return next((found for text in texts if text and (found := described_by(text))), None)


def _text(by_path: Mapping[str, Entry], path: str) -> str:
    entry = by_path.get(path)
    return read_file(entry).decode("utf-8", "replace") if isinstance(entry, File) else ""


def _machine(by_path: Mapping[str, Entry]) -> str:
    """What the first extension module is compiled for."""
    for path in sorted(by_path):
        entry = by_path[path]
        if path.endswith(".so") and isinstance(entry, File) and entry.size > 20:  # noqa: PLR2004 - to e_machine
            with open_file(entry) as file:
                head = file.read(20)
            if head[:4] == b"\x7fELF":
                big = head[5] == 2  # noqa: PLR2004 - ELFDATA2MSB
                return _MACHINES.get(
                    int.from_bytes(head[18:20], "big" if big else "little"), ""
                )
    return ""
