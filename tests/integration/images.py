"""Bases assembled of Debian's packages, and what other people's tools make of images."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from tests.integration.roots import ROOTS, Machine, debian_root

if TYPE_CHECKING:
    from pathlib import Path

#: What makes, reads and unpacks images, and a root to take packages from.
TOOLS = ("skopeo", "umoci", "debootstrap", "dpkg-deb", "unshare", "chroot")

_LIBRARIES = "libc6 libgcc-s1 libstdc++6"
_PYTHON = (
    "python3.11-minimal libpython3.11-minimal libpython3.11-stdlib zlib1g libexpat1 libssl3"
    " libffi8 libbz2-1.0 liblzma5 libsqlite3-0 libuuid1 libcrypt1 media-types"
)
#: Directories of a system that are links since Debian 12.
_MERGED = ("bin", "sbin", "lib", "lib64")


def debian_bases() -> Path:
    """A layout with two images of Debian 12, ``python`` and ``libc``; made at the first call.

    They are kept between runs, as roots are.
    """
    ROOTS.mkdir(parents=True, exist_ok=True)
    layout = ROOTS / "images"
    with FileLock(ROOTS / "images.lock"):
        if not layout.exists():
            scratch = ROOTS / "images.partial"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            _assemble(scratch)
            (scratch / "layout").rename(layout)
            shutil.rmtree(scratch, ignore_errors=True)
    return layout


def _assemble(scratch: Path) -> None:
    machine = Machine(root=debian_root("bookworm"), scratch=scratch / "machine")
    machine.run(f"mkdir /debs\ncd /debs\napt-get download -q {_LIBRARIES} {_PYTHON}")
    debs = scratch / "machine/upper/debs"
    run("umoci", "init", "--layout", scratch / "layout")
    libraries = tuple(f"{name}_" for name in _LIBRARIES.split())
    for name, chosen in (("libc", libraries), ("python", ("",))):
        root = scratch / name
        for directory in _MERGED:
            (root / "usr" / directory).mkdir(parents=True)
            (root / directory).symlink_to(f"usr/{directory}")
        (root / "tmp").mkdir()
        (root / "tmp").chmod(0o1777)
        for deb in sorted(debs.iterdir()):
            if deb.name.startswith(chosen):
                _unpack(deb, root)
        image = f"{scratch}/layout:{name}"
        run("umoci", "new", "--image", image)
        run("umoci", "insert", "--image", image, root, "/")
        run("umoci", "config", "--image", image, "--config.env", "LANG=C.UTF-8")
    run("umoci", "gc", "--layout", scratch / "layout")


def _unpack(deb: Path, root: Path) -> None:
    """Unpack a package, through the links that are directories of the system."""
    archive = root.with_suffix(".tar")
    with archive.open("wb") as out:
        subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], stdout=out, check=True)
    run("tar", "-x", "--keep-directory-symlink", "-C", root, "-f", archive)


def interpreter_archive(directory: Path) -> Path:
    """Pack Debian's Python as an interpreter that may lie anywhere."""
    root = unpacked(debian_bases(), "python", directory / "python")
    archive = directory / "python.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        for path in ("usr/bin/python3.11", "usr/lib/python3.11"):
            tar.add(root / path, f"python/{path.removeprefix('usr/')}")
        for library in (root / "usr/lib/x86_64-linux-gnu").iterdir():
            if library.name.startswith(("libz.", "libexpat.", "libffi.")):
                tar.add(library, f"python/lib/{library.name}")
    return archive


def run(*command: str | Path) -> str:
    """Run a program, and return what it says."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{command[0]} failed ({done.returncode}):\n{done.stderr}")
    return done.stdout


def unpacked(layout: Path, name: str, bundle: Path) -> Path:
    """Unpack an image with umoci; return its root."""
    run("umoci", "unpack", "--image", f"{layout}:{name}", bundle)
    return bundle / "rootfs"


def inspected(image: str, *options: str) -> Any:
    """Ask skopeo about an image."""
    return json.loads(run("skopeo", "inspect", *options, image))


@dataclass(frozen=True)
class Parts:
    """The blobs of a layout with one image."""

    layout: Path

    @property
    def manifest(self) -> Any:
        """The manifest of the only image."""
        (listed,) = json.loads((self.layout / "index.json").read_bytes())["manifests"]
        return json.loads(self.blob(listed["digest"]).read_bytes())

    @property
    def config(self) -> Any:
        """How it is run, and of what it is made."""
        return json.loads(self.blob(self.manifest["config"]["digest"]).read_bytes())

    @property
    def layers(self) -> list[str]:
        """Digests of layers, the lowest first."""
        return [each["digest"] for each in self.manifest["layers"]]

    @property
    def blobs(self) -> dict[str, bytes]:
        """All of them, by digest."""
        directory = self.layout / "blobs/sha256"
        return {path.name: path.read_bytes() for path in directory.iterdir()}

    def blob(self, digest: str) -> Path:
        """Where one lies."""
        return self.layout / "blobs" / digest.replace(":", "/")
