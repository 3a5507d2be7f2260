"""Zip files: a Lambda archive or layer, a zipapp, a wheel; so far they are read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.tree import Entry

__all__ = ["read", "describe", "recognises"]  # noqa: RUF022 - told in order


def read(artifact: Path) -> Iterator[Entry]:
    """Yield what a zip file holds, read with the standard library's ``zipfile``."""
    from repackage.archive import read_zip

    return read_zip(artifact)


def describe(artifact: Path) -> dict[str, str]:
    """Tell what can be run of it, and its comment."""
    from repackage.archive import describe_zip

    return describe_zip(artifact)


def recognises(artifact: Path) -> int:
    """Whether it begins as a zip file does, or as a program to which one is appended."""
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
