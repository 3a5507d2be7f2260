"""Which package of the lock the wheel was built from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.errors import LockError
from repackage.lock import RegistryPath, RegistryUrl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.lock import Lock, LockedPackage
    from repackage.resolve._markers import Environment
    from repackage.resolve._selection import Selection
    from repackage.wheel import Wheel


def find_project(wheel: Wheel, lock: Lock, environment: Environment) -> LockedPackage | None:
    """The package of the lock that the wheel was built from, if it is there.

    A package from anywhere but an index is the project itself. One from an index stands
    for it in a consumer's lock, where the version is the same.
    """
    named = lock.by_name.get(wheel.name, ())
    local = [p for p in named if not isinstance(p.id.source, RegistryUrl | RegistryPath)]
    indexed = [
        package
        for package in named
        if package.id.version == wheel.version and environment.among(package.resolution_markers)
    ]
    found = local or indexed
    if len(found) > 1:
        raise LockError.of(
            f"{wheel.name!r} is there {len(found)} times, and any of them may be the project",
            where=str(lock.path),
            advice="name the lock of the project itself with --lock",
        )
    return found[0] if found else None


def version_notes(wheel: Wheel, package: LockedPackage) -> Iterator[str]:
    """A project may be released without being locked anew: its own version is a remark."""
    if isinstance(package.id.source, RegistryUrl | RegistryPath):
        yield f"the lock takes {wheel.name} from an index: it belongs to a project that uses it"
    if package.id.version not in {None, wheel.version}:
        yield (
            f"the wheel has version {wheel.version}, and the lock was made when"
            f" {wheel.name} had {package.id.version}"
        )


def absent_notes(wheel: Wheel, lock: Lock) -> Iterator[str]:
    """Say that the lock only constrains."""
    name = wheel.name
    locked = ", ".join(str(p.id.version) for p in lock.by_name.get(name, ()))
    what = f"the lock has {name} only as {locked}" if locked else f"the lock has no {name}"
    yield f"{what}: it constrains what the wheel's metadata require"


def selection_notes(wheel: Wheel, selection: Selection) -> Iterator[str]:
    """Remark that a package may be broken on purpose."""
    if not selection.production:
        yield f"groups alone are selected: what {wheel.name} itself requires is not"
