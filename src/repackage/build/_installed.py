"""Judging what is installed already: a directory, a venv, an artifact."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.check import Inventory, Standard, check_installed, installed
from repackage.errors import UsageError, did_you_mean
from repackage.lock import read_lock
from repackage.metadata import Metadata
from repackage.resolve import resolve
from repackage.wheel import OLDEST, Wheel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from packaging.utils import NormalizedName

    from repackage.build._model import Request
    from repackage.check import Report, Site
    from repackage.lock import Declaration, Lock
    from repackage.tree import Entry


def check(
    request: Request,
    entries: Iterable[Entry],
    *,
    name: str | None = None,
    site: str | None = None,
) -> Report:
    """Judge entries against the lock of a request, under its policy.

    The application is the distribution called ``name``; by default it is found: the
    member of the lock that is there and that no other member that is there depends on.
    Judged is the import path that holds it, or the one with the directory ``site``.
    """
    held = Inventory.of(entries)
    lock = read_lock(request.lock)
    there = installed(held, known={*lock.by_name, canonicalize_name(name or "")})
    chosen = _chosen(there, lock, name=name, path=site)
    metadata = _application(there[chosen] if chosen else {}, lock, name=name)
    # Another Python than the application or the lock wants is a verdict, not a refusal.
    wheel = _as_wheel(replace(metadata, requires_python=None), path=request.wheel)
    closure = resolve(
        wheel,
        replace(lock, requires_python=SpecifierSet()),
        request.target,
        request.selection,
        files=request.files,
        supplied={
            (package.name, package.id.version)
            for package in lock.packages
            if package.id.version
        },
    )
    standard = Standard(closure=closure, lock=lock, target=request.target, rules=request.rules)
    return check_installed(held, standard, site=chosen)


def _chosen(
    there: Mapping[Site, Mapping[NormalizedName, Metadata]],
    lock: Lock,
    *,
    name: str | None,
    path: str | None,
) -> Site | None:
    """Choose the import path: as said, or the only one, or the one with the application."""
    if path is not None:
        return _called(posixpath.normpath(path).strip("/"), there)
    wanted = {canonicalize_name(name)} if name is not None else {*lock.members}
    for names in (wanted, {*lock.by_name}):
        holding = [site for site, found in there.items() if not names.isdisjoint(found)]
        if holding:
            break
    else:
        holding = list(there)
    if len(holding) > 1:
        raise UsageError.of(
            f"several directories are imported from: {_several(site.path for site in holding)}",
            advice="--site says which one is meant",
        )
    return holding[0] if holding else None


def _called(path: str, there: Iterable[Site]) -> Site:
    """The import path that a directory is the first of, or else one that it is on."""
    known = sorted(there, key=lambda site: len(site.directories))
    first = [site for site in known if site.path == path]
    for site in (*first, *(site for site in known if path in site.directories)):
        return site
    raise UsageError.of(
        f"no distribution is installed in {path!r}",
        advice=did_you_mean(path, {each for site in known for each in site.directories}),
    )


def _application(
    installed: Mapping[NormalizedName, Metadata], lock: Lock, *, name: str | None
) -> Metadata:
    """Choose the distribution whose dependencies are the question."""
    if name is not None:
        wanted = canonicalize_name(name)
        if wanted not in installed and wanted not in lock.members:
            raise UsageError.of(
                f"no distribution called {name!r} is installed",
                advice=did_you_mean(wanted, {*installed, *lock.members}),
            )
        return installed.get(wanted) or _locked(wanted, lock)
    members = [member for member in lock.members if member in installed]
    strangers = [each for each in installed if each not in lock.by_name]
    candidates = _applications(members, lock) if lock.members else strangers
    if len(candidates) == 1:
        return installed[candidates[0]]
    if not candidates and len(lock.members) == 1:
        return _locked(lock.members[0], lock)
    raise UsageError.of(
        f"cannot tell which distribution is the application: {_several(candidates)}",
        advice=f"--name says it; members of the lock: {', '.join(lock.members) or 'none'}",
    )


def _applications(members: Collection[NormalizedName], lock: Lock) -> list[NormalizedName]:
    """The members that no other one depends on."""
    required = {
        edge.target.name
        for member in members
        for package in lock.by_name[member]
        for edge in package.dependencies
    }
    return [member for member in members if member not in required]


def _locked(name: NormalizedName, lock: Lock) -> Metadata:
    """What the lock knows of a member that is not there: the check will miss it."""
    packages = lock.by_name.get(name, ())
    version = next(filter(None, (package.id.version for package in packages)), Version("0"))
    declared = next(filter(None, (package.declarations for package in packages)), None)
    return Metadata(
        metadata_version="2.4",
        name=name,
        display_name=name,
        version=version,
        requires_dist=() if declared is None else tuple(map(_spelt, declared.requires_dist)),
        provides_extra=() if declared is None else declared.provides_extras or (),
    )


def _spelt(declared: Declaration) -> Requirement:
    """Spell a requirement of the lock as METADATA would."""
    extras = f"[{','.join(declared.extras)}]" if declared.extras else ""
    marker = f" ; {declared.marker}" if declared.marker else ""
    return Requirement(f"{declared.name}{extras}{declared.specifier or ''}{marker}")


def _several(names: Iterable[str]) -> str:
    return " or ".join(sorted(names)) or "no member of the lock is installed"


def _as_wheel(metadata: Metadata, *, path: Path) -> Wheel:
    """Describe what is installed as the wheel that it came from, as far as it matters."""
    stem = f"{metadata.name.replace('-', '_')}-{metadata.version}"
    return Wheel(
        path=path,
        filename=f"{stem}-py3-none-any.whl",
        name=metadata.name,
        version=metadata.version,
        build=(),
        tags=frozenset({Tag("py3", "none", "any")}),
        purelib=True,
        dist_info=f"{stem}.dist-info",
        metadata=metadata,
        entry_points=(),
        newest=OLDEST,
        size=0,
        sha256="",
        members=(),
    )
