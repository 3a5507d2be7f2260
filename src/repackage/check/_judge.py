"""Is what is there what the lock has? Version first, then source, then hash."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from repackage.check._artifact import judge_artifact, listed
from repackage.check._judgement import Judgement
from repackage.check._member import judge_member
from repackage.check._rules import within_cap
from repackage.closure import FromSource
from repackage.lock import SourceTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from repackage.check._found import Found
    from repackage.check._standard import Standard
    from repackage.check._there import There
    from repackage.closure import Pin
    from repackage.lock import LockedPackage

#: What is in order, wherever it is needed.
_IN_ORDER = frozenset(
    {"satisfied", "satisfied-sdist", "satisfied-external", "hash-unverifiable", "member"}
)


def judge_pinned(one: Found, pin: Pin, there: There) -> Judgement:
    """Compare what is there with the entry that was reached."""
    entry = there.standard.entry(pin)
    if entry is None:  # a closure that was made of another lock
        raise ValueError(f"{pin.name} {pin.version} is not in {there.standard.lock.path}")
    if isinstance(entry.id.source, SourceTree):
        return judge_member(one, entry, there.standard, extras=pin.extras)
    return _judge(one, entry, there, built=isinstance(pin.artifact, FromSource))


def judge_unpinned(one: Found, there: There) -> Judgement:
    """Judge what no edge leads to: the lock may know it, for another target or selection."""
    version, standard = one.metadata.version, there.standard
    if one.metadata.name not in standard.lock.by_name:
        said = f"{version} is installed, and the lock does not know it"
        return Judgement(verdict="not-in-lock", message=said)
    reasons = [edge.reason for edge in standard.closure.skipped if edge.name == one.name]
    admitted = standard.admitted(one.name)
    if not admitted:
        why = f": {reasons[0]}" if reasons else ""
        said = f"{version} is installed, and not needed on this target{why}"
        return Judgement(verdict="marker-excluded", message=said)
    told = [_judge(one, entry, there) for entry in admitted]
    for judgement in told:
        if judgement.verdict in _IN_ORDER:
            said = f"{version} is installed, and neither the extras nor the groups need it"
            return Judgement(verdict="unselected", message=said)
    return next((each for each in told if each.verdict != "fork-differs"), told[0])


def _judge(
    one: Found,
    entry: LockedPackage,
    there: There,
    *,
    built: bool = False,
) -> Judgement:
    if isinstance(entry.id.source, SourceTree):
        return judge_member(one, entry, there.standard)
    level = there.standard.rules.level_of(one.name)
    if entry.id.version is not None and not _same(one, entry):
        return _other_version(one, entry, there)
    made_here = one.name in there.standard.made_here
    return judge_artifact(one, entry, level=level, built=built, made_here=made_here)


def _same(one: Found, entry: LockedPackage) -> bool:
    """Whether it has the locked version, or that of a wheel which the lock lists for it.

    The label of a wheel's file name may be missing in the lock, and in METADATA: uv accepts
    both.
    """
    version, locked = one.metadata.version, entry.id.version
    if locked is None or version == locked:
        return True
    if version.public != locked.public:
        return False
    return version in set(_labelled(entry)) or listed(one, entry)


def _labelled(entry: LockedPackage) -> Iterator[Version]:
    """The versions that the wheels of an entry have in their names, where they are labelled."""
    for wheel in entry.wheels:
        try:
            _, version, _, _ = parse_wheel_filename(wheel.filename)
        except InvalidWheelFilename:
            continue
        if version.local:
            yield version


def _other_version(one: Found, entry: LockedPackage, there: There) -> Judgement:
    version, locked = one.metadata.version, entry.id.version
    assert locked is not None  # noqa: S101 - the caller compared it
    standard, in_range = there.standard, there.in_range(one.name, version)
    differs = _difference(version, locked, one=one, standard=standard)
    order = "newer" if version > locked else "older"
    bounds = f"{order}, {'in range' if in_range else 'out of range'}"
    if one.external:
        return _external(one, replace(differs, in_range=in_range), locked, standard, bounds)
    if differs.verdict == "version-differs":
        return replace(differs, message=f"{differs.message} ({bounds})", in_range=in_range)
    return differs


def _difference(
    version: Version, locked: Version, *, one: Found, standard: Standard
) -> Judgement:
    """How two versions differ: by label, as forks of one lock, by post-release, or at all."""
    said = f"{version} is installed, and the lock has {locked}"
    if version.public == locked.public:
        return Judgement(verdict="local-differs", message=said)
    entries = standard.lock.by_name[one.metadata.name]
    if any(package.id.version == version for package in entries):
        said += f"; it has {version} for another fork or extra"
        return Judgement(verdict="fork-differs", message=said)
    if _without_post(version) == _without_post(locked):
        return Judgement(verdict="post-differs", message=said)
    return Judgement(verdict="version-differs", message=said)


def _external(
    one: Found, differs: Judgement, locked: Version, standard: Standard, bounds: str
) -> Judgement:
    """Judge another version, from the operating system: only ``range`` lets it be one."""
    name, version = one.name, one.metadata.version
    ranged = standard.rules.level_of(name) == "range"
    capped = not within_cap(version, locked, standard.rules.drift_of(name))
    said = f"{version} comes from the operating system, and the lock has {locked} ({bounds}"
    if not differs.in_range or (ranged and capped):
        beyond = ", beyond the cap" if differs.in_range else ""
        return replace(differs, verdict="external-out-of-range", message=f"{said}{beyond})")
    if ranged:
        return replace(differs, verdict="satisfied-external", message=f"{said})")
    return replace(differs, message=f"{said})")


def _without_post(version: Version) -> tuple[object, ...]:
    release = version.release
    while len(release) > 1 and not release[-1]:
        release = release[:-1]
    return version.epoch, release, version.pre, version.dev
