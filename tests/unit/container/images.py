"""Images by hand: layouts in directories, and archives of them."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.unit.container.registry import digest_of

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"

Table = dict[str, Any]


def encoded(table: Table) -> bytes:
    return json.dumps(table, sort_keys=True).encode()


@dataclass(slots=True)
class Parts:
    """The parts of a layout, by digest."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    roots: list[Table] = field(default_factory=list)

    def add(self, data: bytes, media_type: str) -> Table:
        """Add a blob; return its descriptor."""
        digest = digest_of(data)
        self.blobs[digest] = data
        return {"digest": digest, "mediaType": media_type, "size": len(data)}

    def image(self, *layers: bytes, architecture: str = "amd64", **annotations: str) -> Table:
        """Add an image; return its descriptor."""
        config = {"architecture": architecture, "os": "linux", "rootfs": {"type": "layers"}}
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.add(encoded(config), CONFIG),
            "layers": [self.add(layer, LAYER) for layer in layers],
            "annotations": {key.replace("__", "."): each for key, each in annotations.items()},
        }
        platform = {"architecture": architecture, "os": "linux"}
        return {**self.add(encoded(manifest), MANIFEST), "platform": platform}

    def index(self, *images: Table) -> Table:
        """Add an index; return its descriptor."""
        return self.add(encoded({"schemaVersion": 2, "manifests": list(images)}), INDEX)

    def root(self, descriptor: Table, name: str = "") -> Parts:
        """List a descriptor in the layout."""
        named = {"org.opencontainers.image.ref.name": name} if name else {}
        self.roots.append({**descriptor, "annotations": named})
        return self

    @property
    def files(self) -> dict[str, bytes]:
        """The files of the layout."""
        blobs = {f"blobs/{key.replace(':', '/')}": each for key, each in self.blobs.items()}
        return {
            "oci-layout": encoded({"imageLayoutVersion": "1.0.0"}),
            "index.json": encoded({"schemaVersion": 2, "manifests": self.roots}),
            **blobs,
        }

    def directory(self, path: Path) -> Path:
        """Write them to a directory."""
        for name, data in self.files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        return path

    def archive(self, path: Path) -> Path:
        """Write them to an archive."""
        with tarfile.open(path, "w") as tar:
            for name, data in self.files.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        return path


def simple(*layers: bytes, **annotations: str) -> Parts:
    """A layout with one image."""
    parts = Parts()
    return parts.root(
        parts.image(*(layers or (b"base", b"dependencies", b"app")), **annotations)
    )
