"""Small locks and wheels for the walk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import parse_tag
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.lock import LockedFile, read_lock
from repackage.metadata import Metadata
from repackage.resolve import Selection, resolve
from repackage.target import free_target
from repackage.wheel import Wheel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from repackage.closure import Closure
    from repackage.lock import Lock
    from repackage.target import Target

HEAD = 'version = 1\nrevision = 5\nrequires-python = ">=3.10"\n'
LINUX = free_target(python="3.12", platform="manylinux_2_28_x86_64")
ARM = free_target(python="3.12", platform="manylinux_2_28_aarch64")


def target(python: str, platform: str = "manylinux_2_28_x86_64") -> Target:
    """Another target."""
    return free_target(python=python, platform=platform)


def app(body: str = "", *, source: str = '{ editable = "." }') -> str:
    """The root project; ``body`` goes on from its dependencies."""
    return f'[[package]]\nname = "app"\nversion = "1.0"\nsource = {source}\n{body}\n'


def package(
    name: str, version: str = "1.0", body: str = "", *, tags: Sequence[str] = ("py3-none-any",)
) -> str:
    """A package of the index with a wheel for each tag."""
    stem = f"https://files.example/{name.replace('-', '_')}-{version}"
    wheels = ", ".join(f'{{ url = "{stem}-{tag}.whl" }}' for tag in tags)
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\n'
        'source = { registry = "https://index.example/simple" }\n'
        f"wheels = [{wheels}]\n{body}\n"
    )


def edges(*names: str) -> str:
    """Plain edges."""
    return f"dependencies = [{', '.join(f'{{ name = {name!r} }}' for name in names)}]"


def exact(name: str, version: str, marker: str = "") -> str:
    """An edge to one of several versions."""
    source = '{ registry = "https://index.example/simple" }'
    also = f', marker = "{marker}"' if marker else ""
    return f'{{ name = "{name}", version = "{version}", source = {source}{also} }}'


def a_wheel(
    name: str = "app",
    version: str = "1.0",
    *,
    requires: Sequence[str] = (),
    extras: Sequence[str] = (),
    python: str | None = None,
    tag: str = "py3-none-any",
) -> Wheel:
    """A wheel as the reader would describe it."""
    return Wheel(
        path=Path(f"{name}-{version}-{tag}.whl"),
        filename=f"{name}-{version}-{tag}.whl",
        name=canonicalize_name(name),
        version=Version(version),
        build=(),
        tags=parse_tag(tag),
        purelib=True,
        dist_info=f"{name}-{version}.dist-info",
        metadata=Metadata(
            metadata_version="2.4",
            name=canonicalize_name(name),
            display_name=name,
            version=Version(version),
            requires_python=None if python is None else SpecifierSet(python),
            requires_dist=tuple(map(Requirement, requires)),
            provides_extra=tuple(map(canonicalize_name, extras)),
        ),
        entry_points=(),
        newest=315532800,
        size=0,
        sha256="0" * 64,
        members=(),
    )


@dataclass(frozen=True)
class Locks:
    """Writes locks into one directory and walks them."""

    directory: Path

    def lock(self, *parts: str, head: str = HEAD) -> Lock:
        """Write and read a lock."""
        path = self.directory / "uv.lock"
        path.write_text(head + "\n".join(parts), encoding="utf-8")
        return read_lock(path)

    def closure(
        self,
        *parts: str,
        head: str = HEAD,
        on: Target = LINUX,
        wheel: Wheel | None = None,
        selection: Selection | None = None,
    ) -> Closure:
        """Resolve the root wheel against a lock."""
        lock = self.lock(*parts, head=head)
        return resolve(wheel or a_wheel(), lock, on, selection or Selection())

    def names(
        self,
        *parts: str,
        head: str = HEAD,
        on: Target = LINUX,
        selection: Selection | None = None,
    ) -> list[str]:
        """Names and versions of the pins, and nothing else."""
        closure = self.closure(*parts, head=head, on=on, selection=selection)
        return pinned(closure)


def pinned(closure: Closure) -> list[str]:
    """``name version`` of every pin."""
    return [f"{pin.name} {pin.version}" for pin in closure.pins]


def filenames(closure: Closure) -> list[str]:
    """The files that were chosen."""
    artifacts = (pin.artifact for pin in closure.pins)
    return [file.filename for file in artifacts if isinstance(file, LockedFile)]
