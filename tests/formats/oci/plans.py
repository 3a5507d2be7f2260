"""Plans, trees and bases for the tests of images that are made."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.closure import FromSource, Pin
from repackage.format import Surroundings
from repackage.lock import RegistryUrl, SourceTree
from repackage.target import distribution_target
from repackage.testing import EPOCH, example_plan, tree_of
from repackage.tree import inline_file
from repackage_formats import oci
from tests.elves import make_elf
from tests.formats.oci.images import Content, Layout, layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.format import Plan
    from repackage.tree import Tree

#: How large the wheels of dependencies are, by name.
Sizes = dict[str, int]

BIG = 5_000_000
SMALL = 5_000

PYTHON = make_elf(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.34"]})
LIBC = b"\x00GNU C Library (Debian GLIBC 2.36-9+deb12u14) stable release version 2.36.\n\x00"

#: A base as Debian has it: directories of the system are links into /usr.
ROOT: Sequence[tuple[str, Content]] = (
    ("usr", None),
    ("usr/bin", None),
    ("usr/bin/python3.11", PYTHON),
    ("usr/bin/python3", (b"2", "python3.11")),
    ("usr/lib", None),
    ("usr/lib/x86_64-linux-gnu", None),
    ("usr/lib/x86_64-linux-gnu/libc.so.6", LIBC),
    ("bin", (b"2", "usr/bin")),
    ("lib", (b"2", "usr/lib")),
    ("etc", None),
    ("tmp", None),
)


def planned(
    options: oci.Options | None = None,
    *,
    sizes: Mapping[str, int] | None = None,
    members: Sequence[str] = (),
    version: str = "1.0",
    arch: str = "x86_64",
) -> Plan[oci.Options]:
    """Plan the example application with dependencies of these sizes."""
    plan = example_plan(oci, options, version=version)
    (pin,) = plan.closure.pins
    pins = [_pin(pin, name, size) for name, size in (sizes or {}).items()]
    pins += [_member(pin, name) for name in members]
    target = distribution_target("debian-12", arch=arch)
    return replace(
        plan,
        target=target,
        layout=oci.layout(plan.package, target, plan.options),
        closure=replace(plan.closure, pins=tuple(pins)) if pins else plan.closure,
    )


def _pin(pin: Pin, name: str, size: int) -> Pin:
    if isinstance(pin.artifact, FromSource):
        raise TypeError(pin)
    filename = f"{name}-2.0-py3-none-any.whl"
    artifact = replace(pin.artifact, filename=filename, size=size)
    return replace(
        pin,
        name=canonicalize_name(name),
        source=RegistryUrl(url="https://index.example/simple"),
        artifact=artifact,
    )


def _member(pin: Pin, name: str) -> Pin:
    known = canonicalize_name(name)
    return replace(
        pin,
        name=known,
        source=SourceTree(path=Path("packages") / name, kind="editable"),
        artifact=FromSource(name=known, version=Version("2.0")),
    )


def staged(plan: Plan[oci.Options], *, changed: Sequence[str] = ()) -> Tree:
    """Stage a module of each distribution, and a launcher; those that changed have other bytes."""
    site = plan.layout.purelib
    names = [str(pin.name) for pin in plan.closure.pins]
    return tree_of(
        *(
            inline_file(
                f"{site}/{name}/__init__.py",
                f"changed = {name in changed}\n".encode(),
                mtime=EPOCH,
                origin=name,
            )
            for name in [*names, "example"]
        ),
        inline_file(f"{plan.layout.scripts}/example", b"#!\n", mtime=EPOCH, mode=0o755),
    )


def based(
    tmp_path: Path,
    *,
    root: Sequence[tuple[str, Content]] = ROOT,
    arch: str = "amd64",
    name: str = "",
    config: Mapping[str, Any] | None = None,
) -> Path:
    """Write a layout with one image."""
    layout = Layout(tmp_path / "base")
    layout.image(
        layer(root, executable={"usr/bin/python3.11"}), arch=arch, name=name, config=config
    )
    return layout.write()


def prepared(plan: Plan[oci.Options], directory: Path) -> Plan[oci.Options]:
    """Let the format have its base."""
    surroundings = Surroundings(cache=directory / "cache", offline=True, project=directory)
    return oci.prepare(plan, surroundings)


@dataclass(frozen=True)
class Image:
    """A layout that was made, taken apart."""

    directory: Path

    def document(self, digest: str) -> dict[str, Any]:
        """Read a blob as JSON."""
        found: dict[str, Any] = json.loads(self.blob(digest).read_bytes())
        return found

    def blob(self, digest: str) -> Path:
        """Find a blob."""
        return self.directory / "blobs" / digest.replace(":", "/")

    @property
    def index(self) -> dict[str, Any]:
        """``index.json``."""
        found: dict[str, Any] = json.loads((self.directory / "index.json").read_bytes())
        return found

    @property
    def manifest(self) -> dict[str, Any]:
        """The first image's."""
        return self.document(self.index["manifests"][0]["digest"])

    @property
    def config(self) -> dict[str, Any]:
        """The first image's."""
        return self.document(self.manifest["config"]["digest"])

    @property
    def run(self) -> dict[str, Any]:
        """How the first image is run."""
        found: dict[str, Any] = self.config["config"]
        return found

    @property
    def titles(self) -> list[str]:
        """What its layers of ours hold, the lowest first."""
        told = [entry["created_by"] for entry in self.config["history"]]
        return [each.removeprefix("repackage: ") for each in told if "repackage: " in each]

    @property
    def layers(self) -> dict[str, str]:
        """The digests of its layers of ours, by what they hold."""
        digests = [each["digest"] for each in self.manifest["layers"]]
        return dict(zip(self.titles, digests[-len(self.titles) :], strict=True))


def made(
    tmp_path: Path, plan: Plan[oci.Options], tree: Tree | None = None, *, name: str = "made"
) -> Image:
    """Make a layout."""
    directory = replace(plan, options=replace(plan.options, output="directory"))
    oci.emit(directory, staged(plan) if tree is None else tree, tmp_path / name)
    return Image(tmp_path / name)
