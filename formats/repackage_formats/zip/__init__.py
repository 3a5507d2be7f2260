"""Zip files for what runs functions: AWS Lambda, its layers, Azure; or just a directory, zipped.

Modules lie flat, at the root or in the one place that the platform looks into. What wheels hold
compressed is copied as it is. Zip files of others are read as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage_formats.zip._options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Layout, Logbook, Plan, Surroundings
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
    "prepare",
    "announce",
]


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Put modules flat where the platform looks for them."""
    from repackage_formats.zip._kinds import layout_of  # only to make one

    return layout_of(package, target, options)


def filename(plan: Plan[Options]) -> str:
    """Name the artifact: ``app-1.0-lambda-python3.13-x86_64.zip``; of a split one, a directory."""
    name = f"{plan.package.name}-{plan.package.version}-{plan.target.name}"
    return name if plan.options.split else f"{name}.zip"


def prepare(plan: Plan[Options], surroundings: Surroundings) -> Plan[Options]:
    """Find what is included, and refuse what cannot be made here."""
    from repackage_formats.zip._emit import prepared  # only to make one

    return prepared(plan, surroundings)


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the zip; what it cannot hold is told before the first byte is written."""
    from repackage_formats.zip._emit import write  # only to make one

    write(plan, tree, out)


def read(artifact: Path) -> Iterator[Entry]:
    """Yield what a zip file holds, read with the standard library's ``zipfile``."""
    from repackage_formats.zip._read import read_entries  # slow to import

    return read_entries(artifact)


def read_logged(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Read back a zip, comparing what was copied with the wheels that it was copied from."""
    from repackage.archive import read_zip_vouched  # slow to import

    return read_zip_vouched(artifact, logbook)


def describe(artifact: Path) -> dict[str, str]:
    """Tell what can be run of it, its comment, and what Lambda calls it by."""
    from repackage_formats.zip._read import read_facts  # slow to import

    return read_facts(artifact)


def announce(artifact: Path) -> dict[str, str]:
    """Tell what Lambda calls it by: the base64 of its SHA-256."""
    from repackage_formats.zip._read import announced  # slow to import

    return announced(artifact)


def recognises(artifact: Path) -> int:
    """Whether it begins as a zip file does, or as a program to which one is appended."""
    if artifact.is_dir():
        from repackage_formats.zip._split import is_split  # not for files

        return 2 * is_split(artifact)
    if not artifact.is_file():
        return 0
    with artifact.open("rb") as file:
        head = file.read(4)
    if head in {b"PK\3\4", b"PK\5\6"}:
        return 1
    if not head.startswith(b"#!"):
        return 0
    from zipfile import is_zipfile  # slow to import

    return int(is_zipfile(artifact))
