"""A lock, a closure and wheels that agree with each other, to be disturbed by tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.check import Rules, Standard
from repackage.closure import Closure, FromSource, Pin, Requirer, Skipped
from repackage.format import flat_layout
from repackage.lock import LockedFile, SourceTree, read_lock
from repackage.stage import stage
from repackage.target import free_target
from repackage.wheel import read_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.check import Policy
    from repackage.lock import Lock, LockedPackage
    from repackage.tree import Tree
    from repackage.wheel import Wheel
    from tests.wheels import WheelFactory

TARGET = free_target(python="3.11", platform="manylinux_2_28_x86_64")
INDEX = 'registry = "https://index.example/simple"'

HEAD = """\
version = 1
revision = 3
requires-python = ">=3.10"

[manifest]
members = ["app", "every", "lib"]
MANIFEST

[[package]]
name = "app"
version = "1.0"
source = { editable = "." }
"""
#: A member that nobody installs, for every entry to have an edge that leads to it.
EVERY = """\
[[package]]
name = "every"
version = "1.0"
source = { editable = "every" }
"""


@dataclass
class World:
    """Entries of a lock, one after the other; the closure reaches those it is told."""

    directory: Path
    make: WheelFactory
    entries: list[str] = field(default_factory=list)
    reached: list[tuple[str, str]] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    manifest: list[str] = field(default_factory=list)
    """Lines of it, beside the members."""
    extras: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Those of a pin that are active."""

    def lock(
        self,
        name: str,
        version: str,
        *,
        source: str = INDEX,
        wheel: Path | None = None,
        sdist: bool = False,
        hash_: str | None = None,
        reach: bool = True,
        marker: str = "",
        more: str = "",
    ) -> None:
        """Add an entry to the lock, with the wheel's hash unless another (or "") is given."""
        lines = ["[[package]]", f'name = "{name}"', f'version = "{version}"']
        lines.append(f"source = {{ {source} }}")
        if sdist:
            digest = hash_ or "sha256:" + "1" * 64
            url = f"https://index.example/{name}-{version}.tar.gz"
            lines.append(f'sdist = {{ url = "{url}", hash = "{digest}" }}')
        if wheel is not None:
            digest = "sha256:" + hashlib.sha256(wheel.read_bytes()).hexdigest()
            digest = digest if hash_ is None else hash_
            recorded = f', hash = "{digest}"' if digest else ""
            url = f"https://index.example/{wheel.name}"
            lines.append(f'wheels = [{{ url = "{url}"{recorded} }}]')
        self.entries.append("\n".join([*lines, more]))
        edge = f'name = "{name}", version = "{version}", source = {{ {source} }}'
        self.edges.append(f'{{ {edge}, marker = "{marker}" }}' if marker else f"{{ {edge} }}")
        if reach:
            self.reached.append((name, version))

    def read(self) -> Lock:
        path = self.directory / "uv.lock"
        head = HEAD.replace("MANIFEST", "\n".join(self.manifest))
        every = f"{EVERY}dependencies = [{', '.join(self.edges)}]"
        path.write_text("\n\n".join([head, every, *self.entries]) + "\n")
        return read_lock(path)

    def standard(
        self,
        root: Path,
        *,
        policy: Policy | Rules = "locked",
        skipped: tuple[str, ...] = (),
        extras: tuple[str, ...] = (),
        stale: tuple[str, ...] = (),
    ) -> Standard:
        """What is held against the lock, for a root wheel."""
        lock = self.read()
        closure = self.closure(lock, read_wheel(root), skipped=skipped)
        return Standard(
            closure=replace(closure, extras=tuple(map(canonicalize_name, extras)), stale=stale),
            lock=lock,
            target=TARGET,
            rules=policy if isinstance(policy, Rules) else Rules(level=policy),
        )

    def closure(self, lock: Lock, root: Wheel, *, skipped: tuple[str, ...] = ()) -> Closure:
        pins = [
            _pin(package, self.extras.get(package.name, ()))
            for package in lock.packages
            if (package.name, str(package.id.version)) in self.reached
        ]
        return Closure(
            root=root,
            lock_sha256=lock.sha256,
            extras=(),
            groups=(),
            pins=tuple(pins),
            skipped=tuple(
                Skipped(
                    name=canonicalize_name(name),
                    version=None,
                    required_by=canonicalize_name("app"),
                    reason="sys_platform == 'win32' is false",
                )
                for name in skipped
            ),
        )


def _pin(package: LockedPackage, extras: tuple[str, ...]) -> Pin:
    """Pin an entry to its first wheel; where there is none, to one that is given."""
    artifact: LockedFile | FromSource = FromSource(
        name=package.name, version=package.id.version
    )
    if package.wheels and not isinstance(package.id.source, SourceTree):
        artifact = package.wheels[0]
    return Pin(
        name=package.name,
        version=package.id.version,
        source=package.id.source,
        artifact=artifact,
        extras=tuple(map(canonicalize_name, extras)),
        required_by=(Requirer(name=canonicalize_name("app"), version=Version("1.0")),),
    )


@pytest.fixture
def world(tmp_path: Path, make_wheel: WheelFactory) -> World:
    return World(tmp_path, make_wheel)


def staged(root: Path, *wheels: Path) -> Tree:
    """Stage wheels flat, for this Python."""
    return stage(
        flat_layout(),
        root=read_wheel(root),
        wheels=[read_wheel(wheel) for wheel in wheels],
        target=TARGET,
        epoch=1_750_000_000,
    ).tree
