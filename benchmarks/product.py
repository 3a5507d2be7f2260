"""The ways to have repackage package an application.

``first`` is a build on a machine that has the wheels, verified, and nothing else; ``again`` the
same once more; ``app changed`` what a release is: only the application's own wheel is another.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.measuring import Command, Round, Side, program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FIRST = "repackage, first"
AGAIN = "repackage, again"
CHANGED = "repackage, app changed"
RECOMPRESSED = "repackage, recompressed"
#: What a machine has that built nothing yet: wheels, and what was found in them.
_WHEELS = {"artifacts", "manifests"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """A call of repackage."""

    formats: tuple[str, ...]
    settings: tuple[str, ...] = ()
    target: str = "debian-12"
    pattern: str
    options: tuple[str, ...] = ()

    def command(self, where: Round, wheel: Path, cache: Path) -> Command:
        """Wheel and lock to artifacts: one command."""
        return (
            *(program("repackage"), "build", str(wheel), "--lock", str(where.lock)),
            *(word for name in self.formats for word in ("--format", name)),
            *("--target", self.target, "--out-dir", str(where.out), "--quiet"),
            *(word for each in self.settings for word in ("-C", each)),
            *("--cache-dir", str(cache), *self.options),
        )


def first(build: Build, *, name: str = FIRST) -> Side:
    """Build where nothing was built before."""

    def steps(where: Round) -> Iterator[Command]:
        cache = where.cache / "first"
        forget(cache)
        yield build.command(where, where.wheel, cache)

    return Side(name=name, steps=steps, pattern=build.pattern, warms=True)


def again(build: Build, *, name: str = AGAIN) -> Side:
    """Build what was built before."""

    def steps(where: Round) -> Iterator[Command]:
        yield build.command(where, where.wheel, where.cache / "again")

    return Side(name=name, steps=steps, pattern=build.pattern, warms=True)


def app_changed(build: Build) -> Side:
    """Build the next release: the lock is the same, the application is not."""

    def steps(where: Round) -> Iterator[Command]:
        wheel = where.changed()
        yield build.command(where, wheel, where.cache / "again")

    return Side(name=CHANGED, steps=steps, pattern=build.pattern)


def one_by_one(builds: tuple[Build, ...], *, keep: bool, name: str) -> Side:
    """Build each format in a run of its own, the first one forgotten before the next."""

    def steps(where: Round) -> Iterator[Command]:
        cache = where.cache / ("again" if keep else "first")
        for build in builds:
            if not keep:
                forget(cache)
            yield build.command(where, where.wheel, cache)

    return Side(name=name, steps=steps, pattern="service*", warms=True)


def starting() -> tuple[Side, Side]:
    """Say what there is, against an interpreter that does nothing."""

    def helped(_: Round) -> Iterator[Command]:
        yield program("repackage"), "--help"

    def bare(_: Round) -> Iterator[Command]:
        yield program("python"), "-c", "pass"

    return (
        Side(name="repackage --help", steps=helped, warms=True),
        Side(name="bare python", steps=bare, warms=True),
    )


def forget(cache: Path) -> None:
    """Remove from a cache all that a build has left, but for the wheels."""
    for kind in cache.glob("v*/*"):
        if kind.is_dir() and kind.name not in _WHEELS:
            shutil.rmtree(kind)


def sides(build: Build, *ways: Callable[[Build], Side]) -> tuple[Side, ...]:
    """Build the same in several ways."""
    return tuple(way(build) for way in ways)
