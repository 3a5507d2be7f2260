"""The C library of a base, and what wheels ask of it (PEP 600, PEP 656)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from repackage.closure import FromSource
from repackage.elf import machine_of, scan_all
from repackage.errors import FormatError, Problem, Problems
from repackage.target import Glibc
from repackage.tree import File, open_file
from repackage_formats.oci._prepared import prepared_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.tags import Tag

    from repackage.elf import Elf
    from repackage.format import Plan
    from repackage.target import Target
    from repackage.tree import Tree
    from repackage_formats.oci._layers import Root
    from repackage_formats.oci._options import Options

_LEGACY = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
_TAG = re.compile(r"(manylinux|musllinux)_(\d+)_(\d+)_(.+)")
#: What every glibc says of itself, and its newest part of a version.
_BANNER = re.compile(rb"GNU C Library [^\n]{0,200}version (\d+)\.(\d+)")
_NODE = re.compile(r"GLIBC_(\d+)\.(\d+)(?:\.\d+)?")
_GLIBC = "libc.so.6"
_MUSL = re.compile(r"ld-musl-.+\.so\.1")
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Libc:
    """A C library, and its version; one that is not known is (0, 0)."""

    kind: str
    version: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        return (
            f"{self.kind} {'.'.join(map(str, self.version))}"
            if any(self.version)
            else self.kind
        )

    def serves(self, wanted: Libc) -> bool:
        """Whether what wants one of a version finds it in this one."""
        unknown = not any(self.version)
        return self.kind == wanted.kind and (unknown or self.version >= wanted.version)


def libraries_of(root: Root) -> list[Libc]:
    """Find the C libraries of a root; there are several where it serves several machines."""
    found: dict[str, Libc] = {}
    for entry in root:
        name = entry.path.rpartition("/")[2]
        if name == _GLIBC:
            there = root.find(entry.path)
            if isinstance(there, File):
                found[there.path] = Libc(kind="glibc", version=_version(there))
        elif _MUSL.fullmatch(name):
            found[entry.path] = Libc(kind="musl")
    return [found[path] for path in sorted(found)]


def unsuitable(root: Root, plan: Plan[Options]) -> Iterator[Problem]:
    """Find the wheels that the C library of a base is no, or a too old one, for."""
    wanted = dict(_wanted(plan))
    libraries = libraries_of(root) if wanted else []
    for filename, libc in wanted.items():
        yield from lacking(filename, libc, libraries)


def lacking(what: str, wanted: Libc, libraries: Sequence[Libc]) -> Iterator[Problem]:
    """Complain if none of the C libraries is the one that is wanted."""
    if not any(each.serves(wanted) for each in libraries):
        known = " and ".join(map(str, libraries)) or "none"
        yield Problem(
            what=f"{what} needs {wanted}, and the base has {known}",
            where="base",
            advice="choose a younger base, or the target that is like the base",
        )


def needed_by(elf: Elf) -> Libc | None:
    """Say which glibc a file needs; None if it needs none."""
    if _GLIBC not in elf.needed:
        return None
    versions = [_numbers(node) for library, node in elf.versions if library == _GLIBC]
    return Libc(kind="glibc", version=max(versions, default=(0, 0)))


def refuse_too_new(plan: Plan[Options], tree: Tree) -> None:
    """Refuse machine code whose wheel does not promise what it needs: it was built here."""
    unpromised = {name for name, path in plan.wheels.items() if _says_nothing(path.name)}
    prepared = prepared_of(plan)
    if not unpromised or prepared.image is None:
        return
    libraries = libraries_of(prepared.root)
    machine = machine_of(plan.target.arch)
    problems = Problems()
    built = [file for file in tree.files if file.origin in unpromised]
    for elf in scan_all(built, jobs=plan.jobs):
        wanted = needed_by(elf)
        if wanted is not None and machine is not None and machine.is_native(elf):
            problems.extend(lacking(f"/{elf.path}", wanted, libraries))
    problems.raise_if_any(FormatError)


def _wanted(plan: Plan[Options]) -> Iterator[tuple[str, Libc]]:
    """Say what each wheel asks for: the least that one of its tags does."""
    yield from _least(plan.closure.root.filename, plan.closure.root.tags, plan.target)
    for pin in plan.closure.pins:
        if not isinstance(pin.artifact, FromSource):
            filename = pin.artifact.filename
            yield from _least(filename, _tags(filename), plan.target)


def _least(filename: str, tags: Iterable[Tag], target: Target) -> Iterator[tuple[str, Libc]]:
    """Find the least; one wheel may be for both C libraries."""
    kind = "glibc" if isinstance(target.system, Glibc) else "musl"
    asked = [libc for tag in tags if (libc := _libc(tag.platform, target.arch)) is not None]
    versions = [libc.version for libc in asked if libc.kind == kind]
    if versions:
        yield filename, Libc(kind=kind, version=min(versions))


def _libc(platform: str, arch: str) -> Libc | None:
    legacy, _, machine = platform.partition("_")
    if legacy in _LEGACY:
        return Libc(kind="glibc", version=(2, _LEGACY[legacy])) if machine == arch else None
    found = _TAG.fullmatch(platform)
    if found is None or found[4] != arch:
        return None
    kind = {"manylinux": "glibc", "musllinux": "musl"}[found[1]]
    return Libc(kind=kind, version=(int(found[2]), int(found[3])))


def _tags(filename: str) -> Iterable[Tag]:
    try:
        return parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:  # an sdist
        return ()


def _says_nothing(filename: str) -> bool:
    return any(tag.platform.startswith("linux_") for tag in _tags(filename))


def _version(file: File) -> tuple[int, int]:
    """Read the version in a C library's own words."""
    with open_file(file) as stream:
        before = b""
        while data := stream.read(_CHUNK):
            if found := _BANNER.search(before + data):
                return int(found[1]), int(found[2])
            before = data[-512:]
    return 0, 0


def _numbers(node: str) -> tuple[int, int]:
    found = _NODE.fullmatch(node)
    return (int(found[1]), int(found[2])) if found else (0, 0)
