"""The archive of a store path, written and weighed at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.archive import NarWriter, nar_order
from repackage_formats.nix_store._options import path_name
from repackage_formats.nix_store._path import StorePath, content_addressed
from repackage_formats.nix_store._scan import ReferenceScan

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from repackage.archive import Writable
    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.nix_store._options import S


@dataclass(frozen=True, kw_only=True, slots=True)
class Nar:
    """What is known of an archive when it is written."""

    sha256: bytes
    size: int
    references: tuple[StorePath, ...]


class Digesting:
    """Passes bytes on, and digests them."""

    def __init__(self, stream: Writable) -> None:
        self.size = 0
        self._stream = stream
        self._digest = hashlib.sha256()

    def write(self, data: Buffer, /) -> int:
        """Take bytes."""
        size = len(memoryview(data))
        self._digest.update(data)
        self._stream.write(data)
        self.size += size
        return size

    @property
    def sha256(self) -> bytes:
        """Digest what was written."""
        return self._digest.digest()


def write_nar(plan: Plan[S], whole: Tree, stream: Writable) -> Nar:
    """Write the archive of what a store path holds, and find what it names.

    Raises:
        FormatError: It names what is not declared.
    """
    digesting = Digesting(stream)
    scan = ReferenceScan(digesting, plan.options.declared)
    with NarWriter(scan) as nar:
        for entry in nar_order(whole):
            scan.entry = entry.path
            nar.add(entry)
    return Nar(sha256=digesting.sha256, size=digesting.size, references=scan.references())


def named(plan: Plan[S], nar: Nar) -> StorePath:
    """Name the path that an archive is of, and warn of what it does not name."""
    for path in plan.options.declared:
        if path not in nar.references:
            plan.warn(f"{path} is declared, and no file names it: it is no reference")
    name = path_name(plan.package, plan.options)
    return content_addressed(name, nar.sha256, nar.references)
