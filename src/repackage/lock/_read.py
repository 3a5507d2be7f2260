"""Reading a lock: bytes, TOML, facts."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

from repackage.errors import LockError
from repackage.lock._declarations import DeclarationReader, read_conflicts
from repackage.lock._fields import (
    ANEW,
    Malformed,
    Table,
    converted,
    marker,
    name,
    only,
    optional,
    required,
    specifiers,
    strings,
)
from repackage.lock._find import PYLOCK
from repackage.lock._model import Lock, SourceTree
from repackage.lock._packages import PackageReader, group_by_name
from repackage.lock._sources import Sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from repackage.lock._model import LockedPackage

#: Names that uv gives its locks: of projects, and of scripts.
_OF_UV = re.compile(r"uv\.lock|.*\.py\.lock")
_ELSE = "only uv.lock and pylock.toml are read: lock with uv, or export a pylock.toml"
_CONFLICT = re.compile(rb"^<{7} ", re.MULTILINE)
_LIBC = frozenset({"glibc", "musl"})
#: Revisions are unsigned and of 32 bits.
_LATEST_REVISION = 2**32 - 1
_AT = re.compile(r"^(.*) \(at (line \d+, column \d+|end of document)\)$", re.DOTALL)


def read_lock(path: Path) -> Lock:
    """Read a ``uv.lock`` of schema version 1, whatever its revision, or a ``pylock.toml``."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LockError.of(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            advice="name the file of a lock, not its directory" if path.is_dir() else "",
        ) from error
    table = _parse(data, path)
    digest = hashlib.sha256(data).hexdigest()
    try:
        if _is_pylock(table, path):
            from repackage.lock._pylock import read_pylock  # not for every lock

            return read_pylock(table, path, digest, sources=_sources(path))
        return _read(table, path, digest)
    except Malformed as error:
        raise LockError.of(
            error.what, where=f"{path}: {error.key}", advice=error.advice or _remedy(path)
        ) from error


def _is_pylock(table: Table, path: Path) -> bool:
    """Whether this is a lock by :pep:`751`: by its name, else by the key that each must have."""
    if path.name == "uv.lock":
        return False
    return bool(PYLOCK.fullmatch(path.name)) or "lock-version" in table


def _sources(path: Path) -> Sources:
    return Sources(Path(os.path.normpath(path.absolute().parent)))


def _parse(data: bytes, path: Path) -> Table:
    try:
        return tomli.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LockError.of("not UTF-8", where=f"{path}: line {line}") from error
    except tomli.TOMLDecodeError as error:
        where, advice = str(path), _remedy(path)
        if _CONFLICT.search(data):
            advice = "resolve the merge conflict in it: take either side, and lock"
        message = str(error)
        if found := _AT.match(message):
            message, where = found[1], f"{path}: {found[2]}"
        raise LockError.of(f"not TOML: {message}", where=where, advice=advice) from error
    except ValueError as error:  # an integer of thousands of digits
        raise LockError.of(
            "not TOML: a number is too large", where=str(path), advice=_remedy(path)
        ) from error
    except RecursionError as error:
        raise LockError.of(
            "not TOML: nested too deeply", where=str(path), advice=_remedy(path)
        ) from error


def _remedy(path: Path) -> str:
    """Say what to do about a file that is not as locks are: it may be one of another kind."""
    if PYLOCK.fullmatch(path.name):
        return "lock, or export the lock, anew with the tool that made it"
    return ANEW if _OF_UV.fullmatch(path.name) else _ELSE


def _read(table: Table, path: Path, sha256: str) -> Lock:
    _check_version(table)
    sources = _sources(path)
    declarations = DeclarationReader(sources)
    manifest = _section(table, "manifest")
    packages = PackageReader(path, sources).read(_packages(table))
    try:
        read = declarations.manifest(manifest)
        members = strings(manifest, "members", name)
    except Malformed as error:
        raise error.under("manifest") from error
    strings(table, "required-markers", marker)  # the resolver's: checked and dropped
    _check_options(table)
    return Lock(
        path=path,
        sha256=sha256,
        revision=_revision(table),
        requires_python=_requires_python(table),
        resolution_markers=strings(table, "resolution-markers", marker),
        supported_markers=strings(table, "supported-markers", marker),
        conflicts=read_conflicts(table),
        members=members or _single_project(packages, sources),
        manifest=read,
        packages=packages,
        by_id={package.id: package for package in packages},
        by_name=group_by_name(packages),
    )


def _check_version(table: Table) -> None:
    """Refuse a schema that is not ours before anything else is looked at."""
    found = required(table, "version", int)
    if found != 1:
        raise Malformed(
            f"unsupported schema version (v{found}; only v1 is known)",
            key="version",
            advice="a newer repackage may read it, or an older uv can write v1",
        )


def _revision(table: Table) -> int:
    found = optional(table, "revision", int) or 0
    if not 0 <= found <= _LATEST_REVISION:
        raise Malformed(f"{found} is not a revision", key="revision")
    return found


def _requires_python(table: Table) -> SpecifierSet:
    required(table, "requires-python", str)
    return converted(table, "requires-python", specifiers) or specifiers("")


def _packages(table: Table) -> Sequence[object]:
    """``[[package]]``, or ``[[distribution]]`` as it was once called."""
    if "package" in table and "distribution" in table:
        raise Malformed("is 'package' by its old name, which is there, too", key="distribution")
    key = "package" if "package" in table else "distribution"
    return optional(table, key, list) or ()


def _section(table: Table, key: str) -> Table:
    return optional(table, key, dict) or {}


def _check_options(table: Table) -> None:
    """Options are the resolver's; only the closed table among them is looked at."""
    try:
        only(_section(_section(table, "options"), "minimum-libc-version"), _LIBC)
    except Malformed as error:
        raise error.under("options.minimum-libc-version") from error


def _single_project(
    packages: Sequence[LockedPackage], sources: Sources
) -> tuple[NormalizedName, ...]:
    """The one member of a workspace that lists none: the package at the lock's directory."""
    for package in packages:
        match package.id.source:
            case SourceTree(kind="editable" | "virtual", path=sources.directory):
                return (package.name,)
            case _:
                continue
    return ()
