"""Where images that were pulled are kept: layouts, each beside what is needed to find it.

::

    documents/<digest>    manifests and indexes
    tags/<key>            which digest a tag had when a registry was last asked
    images/<digest>/      a layout for each image; complete once it has its index.json
    partial/<digest>      blobs that are not finished, which a further try goes on with

Everything appears whole, by renaming; everything may be deleted, and is verified when used.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.container._document import LONGEST, OCI_INDEX, digest_of
from repackage.container._reference import is_digest
from repackage.store import locked, move, storing, synchronise, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.container._document import Descriptor
    from repackage.container._platform import Platform
    from repackage.container._reference import Reference

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ImageShelf:
    """A directory of the cache, for many threads and processes at once."""

    directory: Path

    def document(self, digest: str) -> bytes | None:
        """A manifest or an index, if it is there and undamaged."""
        path = self.directory / "documents" / _plain(digest)
        with storing(path):
            try:
                data = path.read_bytes() if path.stat().st_size <= LONGEST else b""
            except FileNotFoundError:
                return None
        return data if _is(digest, data) else None

    def keep_document(self, digest: str, data: bytes) -> None:
        """Keep a document whose digest was verified."""
        self._write(self.directory / "documents" / _plain(digest), data)

    def digest(self, reference: Reference) -> str:
        """Tell which digest a tag had; empty if nobody asked yet."""
        path = self.directory / "tags" / _key(reference)
        with storing(path):
            try:
                said = path.read_text(encoding="ascii")
            except (FileNotFoundError, UnicodeDecodeError):
                return ""
        return said if is_digest(said) else ""

    def keep_digest(self, reference: Reference, digest: str) -> None:
        """Remember which digest a tag has."""
        self._write(self.directory / "tags" / _key(reference), digest.encode())

    def layout(self, digest: str) -> KeptLayout:
        """Where the image of a manifest is, or will be."""
        return KeptLayout(self, self.directory / "images" / _plain(digest))

    @contextmanager
    def partial(self, blob: Descriptor) -> Iterator[Path]:
        """Hold the unfinished file of a blob, alone among all threads and processes."""
        path = self.directory / "partial" / _plain(blob.digest)
        with locked(path.with_suffix(".lock")):
            yield path

    def siblings(self, name: str) -> Iterator[Path]:
        """Find a blob in other images."""
        with storing(self.directory):
            yield from sorted((self.directory / "images").glob(f"*/{name}"))

    def _write(self, path: Path, data: bytes) -> None:
        with storing(path):
            write_atomically(path, data, scratch=self.directory / "partial")


@dataclass(frozen=True, slots=True)
class KeptLayout:
    """The layout of one image."""

    shelf: ImageShelf
    directory: Path

    def has(self, blob: Descriptor) -> bool:
        """Whether a blob is here and undamaged, or in another image, from which it is taken."""
        path = self.directory / _name(blob.digest)
        if _holds(path, blob):
            return True
        for other in self.shelf.siblings(_name(blob.digest)):
            if other != path and _holds(other, blob):
                with suppress(OSError), storing(path):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.unlink(missing_ok=True)
                    os.link(other, path)
                    return True
        return False

    def read(self, blob: Descriptor) -> bytes:
        """Read a blob that is here."""
        path = self.directory / _name(blob.digest)
        with storing(path):
            return path.read_bytes()

    def put(self, temporary: Path, blob: Descriptor) -> None:
        """Move a verified blob in."""
        path = self.directory / _name(blob.digest)
        with storing(path):
            synchronise(temporary)
            temporary.chmod(0o444)
            move(temporary, path)

    def seal(self, manifest: Descriptor, data: bytes, platform: Platform) -> None:
        """Complete the layout with its manifest; now others may read it."""
        table: dict[str, object] = {"architecture": platform.architecture, "os": platform.os}
        if platform.variant:
            table["variant"] = platform.variant
        listed = {
            "digest": manifest.digest,
            "mediaType": manifest.media_type,
            "platform": table,
            "size": len(data),
        }
        index = {"manifests": [listed], "mediaType": OCI_INDEX, "schemaVersion": 2}
        self._complete(_name(manifest.digest), data)
        self._complete("oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
        self._complete("index.json", _json(index))

    def _complete(self, name: str, data: bytes) -> None:
        path = self.directory / name
        with storing(path):
            if not path.is_file() or path.read_bytes() != data:
                write_atomically(path, data, scratch=self.shelf.directory / "partial")


def _holds(path: Path, blob: Descriptor) -> bool:
    """Whether a file has the bytes of a blob; one that has not is in the way."""
    running = hashlib.new(blob.digest.partition(":")[0])
    with storing(path):
        try:
            if path.stat().st_size != blob.size:
                return False
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    running.update(chunk)
        except FileNotFoundError:
            return False
    return blob.digest.endswith(f":{running.hexdigest()}")


def _is(digest: str, data: bytes) -> bool:
    return digest_of(data, algorithm=digest.partition(":")[0]) == digest


def _json(table: object) -> bytes:
    return json.dumps(table, sort_keys=True, separators=(",", ":")).encode()


def _name(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _plain(digest: str) -> str:
    return digest.replace(":", "-")


def _key(reference: Reference) -> str:
    return hashlib.sha256(f"{reference.place}:{reference.tag}".encode()).hexdigest()
