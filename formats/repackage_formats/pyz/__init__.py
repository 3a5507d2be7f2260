"""Applications that are one executable file (PEP 441), for machines that have a Python.

Pure ones run in place. What has machine code, which cannot be loaded from a zip file, is unpacked
into the user's cache when it is first started.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage_formats.pyz._options import Options

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
]


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Put modules at the root, where Python and its metadata look for them.

    Python looks for no ``__pycache__`` in a zip file, and what is unpacked it can write to.
    """
    from dataclasses import replace  # only to make one

    from repackage.format import flat_layout

    del target, options
    return replace(flat_layout(name=str(package.name)), bytecode=False)


def filename(plan: Plan[Options]) -> str:
    """Name the artifact: ``app-1.0-debian-12-x86_64.pyz``."""
    return f"{plan.package.name}-{plan.package.version}-{plan.target.name}.pyz"


def prepare(plan: Plan[Options], surroundings: Surroundings) -> Plan[Options]:
    """Refuse a command that there is not, before anything is fetched."""
    from repackage_formats.pyz._emit import command  # only to make one

    del surroundings
    command(plan)
    return plan


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the file; what it cannot hold is told before the first byte is written."""
    from repackage_formats.pyz._emit import write  # only to make one

    write(plan, tree, out)


def read(artifact: Path) -> Iterator[Entry]:
    """Yield what is in it, its start included, read with the standard library's ``zipfile``."""
    from repackage.archive import read_zip  # slow to import

    return read_zip(artifact)


def read_logged(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Read it back, comparing what was copied with the wheels that it was copied from."""
    from repackage.archive import read_zip_vouched  # slow to import

    return read_zip_vouched(artifact, logbook)


def describe(artifact: Path) -> dict[str, str]:
    """Tell what is started, and what it needs."""
    from repackage_formats.pyz._read import read_facts  # slow to import

    return read_facts(artifact)


def recognises(artifact: Path) -> int:
    """Whether it is a zip file behind a first line, with our start in it."""
    if not artifact.is_file():
        return 0
    with artifact.open("rb") as file:
        if file.read(2) != b"#!":
            return 0
    from repackage_formats.pyz._read import facts_of  # slow to import

    return 2 * bool(facts_of(artifact))
