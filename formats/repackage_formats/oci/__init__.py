"""Container images: an OCI layout or archive, or what ``docker save`` wrote; only read so far."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from repackage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.tree import Entry

__all__ = ["read", "read_arch", "describe", "recognises"]  # noqa: RUF022 - told in order


def read(artifact: Path) -> Iterator[Entry]:
    """Yield the root of an image: its layers, one over the other.

    Of several platforms: this machine's, else the first.
    """
    from repackage_formats.oci._read import read_entries  # slow to import

    return read_entries(artifact, arch=None)


def read_arch(artifact: Path, arch: str) -> Iterator[Entry]:
    """Yield the root of the image that is for an architecture, named as by ``uname -m``."""
    from repackage_formats.oci._read import read_entries  # slow to import

    return read_entries(artifact, arch=arch)


def describe(artifact: Path) -> dict[str, str]:
    """Tell the configuration of the image that ``read`` reads, and the platforms there are."""
    from repackage_formats.oci._read import read_facts  # slow to import

    return read_facts(artifact)


def recognises(artifact: Path) -> int:
    """Whether it is a layout, or an archive that holds nothing but an image's parts."""
    from repackage_formats.oci._blobs import is_image  # slow to import

    with suppress(InputError):
        return 2 * is_image(artifact)
    return 0
