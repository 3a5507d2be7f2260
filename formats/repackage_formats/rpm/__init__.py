"""RPM packages, whoever built them; so far they are read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.tree import Entry

__all__ = ["read", "describe", "recognises"]  # noqa: RUF022 - told in order


def read(artifact: Path) -> Iterator[Entry]:
    """Yield what an rpm installs; its header is read with rpmfile."""
    from repackage_formats.rpm._read import read_entries  # slow to import

    return read_entries(artifact)


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
