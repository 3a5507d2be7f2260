"""Debian packages: one deb for one release and architecture, in pure Python.

The application lies in a private prefix, ``/usr/lib/<name>``, which is shaped like a
virtual environment; its commands are links in ``/usr/bin``. The interpreter and the
shared libraries that no wheel brings are dependencies, found in the wheels' files. Or the
wheel lies alone where Debian's own packages do, and depends on the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage_formats.deb._options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Layout, Logbook, Plan
    from repackage.package import Package
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
]


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Choose a private, venv-shaped prefix (Debian's Python policy, 3.3), or the system's own."""
    from repackage.format import app_layout
    from repackage_formats.deb import _system
    from repackage_formats.deb._control import package_name

    name = package_name(package, options)
    if options.layout == "system":
        return _system.layout(target, name=name)
    prefix = options.prefix.removeprefix("/")
    return app_layout(target, prefix=prefix or f"usr/lib/{name}", name=name)


def filename(plan: Plan[Options]) -> str:
    """Name it as archives do: package, version without epoch, architecture."""
    from repackage_formats.deb import _system
    from repackage_formats.deb._control import Identity

    if plan.options.layout == "system":
        _system.check(plan)
    return Identity.of(plan).filename


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the deb; what it cannot hold is told before the first byte is written."""
    from repackage_formats.deb._emit import write  # codecs, only to write

    write(plan, tree, out)


def read(artifact: Path) -> Iterator[Entry]:
    """Yield what a deb installs, read with python-debian and tarfile."""
    from repackage_formats.deb._read import read_entries  # slow to import

    return read_entries(artifact)


def read_logged(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Yield what a deb installs; what an earlier build has read is compared, not read."""
    from repackage_formats.deb._read import read_new  # slow to import

    return read_new(artifact, logbook)


def describe(artifact: Path) -> dict[str, str]:
    """Return the fields of a deb's control file."""
    from repackage_formats.deb._read import read_fields  # slow to import

    return read_fields(artifact)


def recognises(artifact: Path) -> int:
    """Whether it is an ar archive that begins as debs do (deb(5))."""
    if not artifact.is_file():
        return 0
    with artifact.open("rb") as file:
        return 2 * (file.read(21) == b"!<arch>\ndebian-binary")
