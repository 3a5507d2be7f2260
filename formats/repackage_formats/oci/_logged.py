"""Reading back an image that was just made: layers that an earlier build has read are compared.

All documents are parsed, and the digest of every blob is computed over what lies in the image.
A layer is taken for its entries only where an earlier build has read that very blob: the
digests of it and of what it was compressed from are the proof. All others are decompressed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.archive import HardLink, Intake
from repackage.errors import InputError
from repackage.tree import Directory, File, Symlink
from repackage_formats.oci._blobs import blobs_of
from repackage_formats.oci._images import choose
from repackage_formats.oci._json import read_document
from repackage_formats.oci._read import read_root, size_of, whole_layer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Logbook, Stretch
    from repackage.tree import Entry
    from repackage_formats.oci._blobs import Blobs

_CHUNK = 1 << 20
_BLOBS = "blobs/sha256/"
_SHA256 = "sha256:"


def read_new(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Yield the root of the image of a logbook; note which layers were read and are right."""
    blobs = blobs_of(artifact)
    for listed in read_document(blobs, "index.json").list("manifests"):
        _digest(blobs, listed.text("digest").replace(_SHA256, _BLOBS))
    image = choose(blobs, arch=logbook.arch or None)
    for part in {image.id, image.config.where}:
        _digest(blobs, part)
    layers = _Layers(logbook)
    intake = Intake(size_of(artifact), md5=False)
    return iter(read_root(blobs, image, intake, read=layers.read))


@dataclass(frozen=True, slots=True)
class _Layers:
    """What is known of layers."""

    logbook: Logbook

    def read(
        self, blobs: Blobs, name: str, diff_id: str, intake: Intake
    ) -> Iterator[Entry | HardLink]:
        """Yield what a layer holds, as an earlier build has read it, or reading it now."""
        proof = (_digest(blobs, name), diff_id.removeprefix(_SHA256))
        for stretch in self.logbook.stretches:
            if stretch.copied and stretch.proven == proof:
                yield from stretch.entries
                return
        found = []
        for entry in whole_layer(blobs, name, diff_id, intake):
            found.append(entry)
            yield entry
        if diff_id.startswith(_SHA256):
            self._prove(found, proof)

    def _prove(self, found: list[Entry | HardLink], proof: tuple[str, str]) -> None:
        """Note which layer it is, if it holds nothing but what was meant."""
        facts = sorted(_facts(entry) for entry in found)
        for stretch in self._unproven():
            if facts == sorted(_facts(entry) for entry in stretch.entries):
                stretch.proven = proof
                return

    def _unproven(self) -> Iterator[Stretch]:
        return (each for each in self.logbook.stretches if not each.copied and not each.proven)


def _digest(blobs: Blobs, part: str) -> str:
    """Compute the digest of a blob, which is its name, too."""
    sha256 = hashlib.sha256()
    with blobs.open(part) as stream:
        while data := stream.read(_CHUNK):
            sha256.update(data)
    if part != _BLOBS + sha256.hexdigest():
        raise InputError.of(
            "when it is read back, its bytes do not have the digest that names it",
            where=part,
            advice="the disk, the cache or the memory is not to be trusted: build again",
        )
    return sha256.hexdigest()


def _facts(entry: Entry | HardLink) -> tuple[str, ...]:
    """All that a layer says of an entry."""
    match entry:
        case File(path=path, mode=mode, mtime=mtime, size=size, digests=digests):
            return path, "file", f"{mode:o}", str(mtime), str(size), digests.sha256
        case Directory(path=path, mode=mode, mtime=mtime):
            return path, "directory", f"{mode:o}", str(mtime)
        case Symlink(path=path, target=target, mtime=mtime):
            return path, "link", target, str(mtime)
        case HardLink(path=path, target=target):
            return path, "hard link", target
