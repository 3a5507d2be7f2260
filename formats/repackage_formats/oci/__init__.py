"""Container images: an OCI layout, or an archive that ``docker load`` reads, too.

The application lies in ``/app``: modules in ``lib``, commands in ``bin``; it is no virtual
environment. Layers are laid by how often they change, on top of a base that brings the
interpreter. No daemon is asked, and nothing is run.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from repackage.errors import InputError
from repackage_formats.oci._options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from repackage.format import Layout, Logbook, Plan, Served, Surroundings
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Entry, Tree

__all__ = ["Options", "layout", "filename", "emit", "read", "targets", "prepare", "emit_several", "announce", "read_arch", "describe", "recognises", "read_logged"]  # fmt: skip  # noqa: RUF022 - told in order


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Choose a directory of the application's own, without an environment around it."""
    from repackage_formats.oci._layout import layout_of  # only to decide

    return layout_of(package, target, options)


def filename(plan: Plan[Options]) -> str:
    """Name it by the machines that it is for: ``app-1.0-amd64.oci.tar``."""
    from repackage_formats.oci._names import filename as named

    return named(plan)


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Make an image for one platform."""
    emit_several([(plan, tree)], out)


def read(artifact: Path) -> Iterator[Entry]:
    """Yield the root of an image: its layers, one over the other.

    Of several platforms: this machine's, else the first.
    """
    from repackage_formats.oci._read import read_entries  # slow to import

    return read_entries(artifact, arch=None)


def targets(asked: tuple[Target, ...], options: Options) -> Served:
    """Make one image for all platforms that are asked for."""
    from repackage_formats.oci._layout import served

    return served(asked, options)


def prepare(plan: Plan[Options], surroundings: Surroundings) -> Plan[Options]:
    """Have the base, and hold it against the target and the wheels."""
    from repackage_formats.oci._base import prepare as prepared  # only to build

    return prepared(plan, surroundings)


def emit_several(builds: Sequence[tuple[Plan[Options], Tree]], out: Path) -> None:
    """Make an image for several platforms."""
    from repackage_formats.oci._emit import write  # codecs, only to write

    write(builds, out)


def announce(artifact: Path) -> dict[str, str]:
    """Say which image it is: the digest that registries have, and the identity of each image."""
    from repackage_formats.oci._read import read_digests  # slow to import

    return read_digests(artifact)


def read_arch(artifact: Path, arch: str) -> Iterator[Entry]:
    """Yield the root of the image that is for an architecture, named as by ``uname -m``."""
    from repackage_formats.oci._read import read_entries  # slow to import

    return read_entries(artifact, arch=arch)


def read_logged(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Yield what was just written: layers that an earlier build has read are compared."""
    from repackage_formats.oci._logged import read_new  # slow to import

    return read_new(artifact, logbook)


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
