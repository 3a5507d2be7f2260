"""What an image is listed in: manifests, indexes, and the list that ``docker load`` reads."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage_formats.oci._make import Layer

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_NAME = "org.opencontainers.image.ref.name"
_FULL_NAME = "io.containerd.image.name"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A document that lies among the blobs."""

    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """What names it."""
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"

    @property
    def descriptor(self) -> dict[str, Any]:
        """As another document lists it."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.data)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """An image for one platform."""

    config: Part
    manifest: Part
    layers: tuple[Layer, ...]
    platform: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def descriptor(self) -> dict[str, Any]:
        """As an index lists it."""
        return {**self.manifest.descriptor, "platform": dict(self.platform)}


def image(
    config: Mapping[str, Any],
    layers: Sequence[Layer],
    *,
    platform: Mapping[str, str],
    annotations: Mapping[str, str],
) -> Built:
    """Make the documents of one image."""
    described = Part(media_type=_CONFIG, data=to_json(config))
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": described.descriptor,
        "layers": [layer.descriptor for layer in layers],
        "annotations": dict(annotations),
    }
    return Built(
        config=described,
        manifest=Part(media_type=_MANIFEST, data=to_json(manifest)),
        layers=tuple(layers),
        platform=platform,
        annotations=annotations,
    )


def several(images: Sequence[Built]) -> Part:
    """Make the index that is one image for several platforms."""
    index = {
        "schemaVersion": 2,
        "mediaType": _INDEX,
        "manifests": [built.descriptor for built in images],
        "annotations": {
            key: value
            for key, value in images[0].annotations.items()
            if all(built.annotations.get(key) == value for built in images)
        },
    }
    return Part(media_type=_INDEX, data=to_json(index))


def listing(described: Mapping[str, Any], names: Mapping[str, str]) -> bytes:
    """Write ``index.json``: what there is, once for each of its tags.

    containerd and podman want the whole name in one place, with the host of a registry.
    """
    manifests = [
        {**described, "annotations": {_NAME: tag, _FULL_NAME: _whole(full)}}
        for tag, full in names.items()
    ]
    return to_json({"schemaVersion": 2, "mediaType": _INDEX, "manifests": manifests})


def saved(built: Built, names: Sequence[str]) -> bytes:
    """Write ``manifest.json``, which makes an archive one that ``docker load`` knows."""
    return to_json(
        [
            {
                "Config": blob(built.config.digest),
                "RepoTags": list(names),
                "Layers": [blob(layer.digest) for layer in built.layers],
            }
        ]
    )


def _whole(name: str) -> str:
    """Spell a name with a host: this machine's, as podman does, if it has none."""
    host, slash, _ = name.partition("/")
    has_host = slash and (host == "localhost" or "." in host or ":" in host)
    return name if has_host else f"localhost/{name}"


def blob(digest: str) -> str:
    """Name the part that a digest stands for."""
    return f"blobs/{digest.replace(':', '/')}"


def to_json(document: object) -> bytes:
    """Write a document: the same bytes for the same facts."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
