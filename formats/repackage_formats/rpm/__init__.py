"""RPM packages: one rpm for one release and architecture, in pure Python.

The application lies in a private prefix, ``/usr/lib/<name>``, which is shaped like a
virtual environment; its commands are links in ``/usr/bin``. The interpreter and the
shared libraries that no wheel brings are requirements, found in the wheels' files. Or the
wheel lies alone where the system's own packages do, and requires the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage_formats.rpm._options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Layout, Logbook, Plan
    from repackage.package import Package
    from repackage.signing import Signer
    from repackage.target import Target
    from repackage.tree import Entry, Tree

__all__ = [  # noqa: RUF022 - told in order
    "Options",
    "layout",
    "filename",
    "emit",
    "read",
    "read_logged",
    "describe",
    "recognises",
    "sign",
]


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Choose a private, venv-shaped prefix, or the system's own directories."""
    from repackage.format import app_layout
    from repackage_formats.rpm import _system
    from repackage_formats.rpm._identity import package_name

    name = package_name(package, options)
    if options.layout == "system":
        return _system.layout(target, name=name)
    prefix = options.prefix.removeprefix("/")
    return app_layout(target, prefix=prefix or f"usr/lib/{name}", name=name)


def filename(plan: Plan[Options]) -> str:
    """Name it as repositories do: name, version and release without epoch, architecture."""
    from repackage_formats.rpm import _system
    from repackage_formats.rpm._identity import Identity

    if plan.options.layout == "system":
        _system.check(plan)
    return Identity.of(plan).filename


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the rpm; what it cannot hold is told before the first byte is written."""
    from repackage_formats.rpm._emit import write  # codecs, only to write

    write(plan, tree, out)


def read(artifact: Path) -> Iterator[Entry]:
    """Yield what an rpm installs; its header is read with rpmfile."""
    from repackage_formats.rpm._read import read_entries  # slow to import

    return read_entries(artifact)


def read_logged(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Yield what an rpm installs; what an earlier build has read is compared, not read."""
    from repackage_formats.rpm._read import read_new  # slow to import

    return read_new(artifact, logbook)


def describe(artifact: Path) -> dict[str, str]:
    """Return the tags of an rpm's header that say what it is, and its relations."""
    from repackage_formats.rpm._describe import read_facts  # slow to import

    return read_facts(artifact)


def recognises(artifact: Path) -> int:
    """Whether it begins with the lead of an rpm."""
    if not artifact.is_file():
        return 0
    with artifact.open("rb") as file:
        return 2 * (file.read(4) == b"\xed\xab\xee\xdb")


def sign(artifact: Path, signer: Signer) -> None:
    """Sign an rpm in place, in the space that is reserved for it."""
    from repackage_formats.rpm._sign import sign_package  # only to sign

    sign_package(artifact, signer)
