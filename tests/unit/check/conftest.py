"""A lock, a closure and wheels that agree with each other, to be disturbed by tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.closure import Closure, FromSource, Pin, Requirer, Skipped
from repackage.format import flat_layout
from repackage.lock import LockedFile, SourceTree, read_lock
from repackage.stage import stage
from repackage.target import free_target
from repackage.wheel import read_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.lock import Lock, LockedPackage
    from repackage.tree import Tree
    from repackage.wheel import Wheel
    from tests.wheels import WheelFactory

INDEX = 'registry = "https://index.example/simple"'

HEAD = """\
version = 1
revision = 3
requires-python = ">=3.10"

[manifest]
members = ["app", "lib"]

[[package]]
name = "app"
version = "1.0"
source = { editable = "." }
"""


@dataclass
class World:
    """Entries of a lock, one after the other; the closure reaches those it is told."""

    directory: Path
    make: WheelFactory
    entries: list[str] = field(default_factory=list)
    reached: list[tuple[str, str]] = field(default_factory=list)

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
        self.entries.append("\n".join(lines))
        if reach:
            self.reached.append((name, version))

    def read(self) -> Lock:
        path = self.directory / "uv.lock"
        path.write_text("\n\n".join([HEAD, *self.entries]) + "\n")
        return read_lock(path)

    def closure(self, lock: Lock, root: Wheel, *, skipped: tuple[str, ...] = ()) -> Closure:
        pins = [
            _pin(package)
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


def _pin(package: LockedPackage) -> Pin:
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
        extras=(),
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
        target=free_target(python="3.11", platform="manylinux_2_28_x86_64"),
        epoch=1_750_000_000,
    ).tree
