"""Manifests and indexes: JSON that names its parts by their digests."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from repackage.container._platform import Platform
from repackage.container._reference import is_digest
from repackage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What registries allow a manifest to be, in bytes.
LONGEST = 4 << 20
#: An index of more is none that anybody wrote.
_MOST = 1000

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
#: Every kind of document that is understood here.
MEDIA_TYPES = (OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_INDEX)

#: The base of an image, and what a layout calls one.
BASE_NAME = "org.opencontainers.image.base.name"
REFERENCE_NAME = "org.opencontainers.image.ref.name"


@dataclass(frozen=True, kw_only=True, slots=True)
class Descriptor:
    """A part, by what it is."""

    media_type: str
    digest: str
    size: int
    platform: Platform | None = None
    name: str = ""
    """What the layout calls it."""

    @property
    def distributable(self) -> bool:
        """Whether registries take it: some layers may come from their vendor only."""
        return "nondistributable" not in self.media_type and "foreign" not in self.media_type


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """An image: its configuration, and its layers."""

    media_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    base: str
    """The reference of the image that it is made from, if it says so."""

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """Its parts, each once."""
        parts = {part.digest: part for part in (self.config, *self.layers)}
        return tuple(parts.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """Several images, or indexes of them."""

    media_type: str
    manifests: tuple[Descriptor, ...]


def read_document(data: bytes, *, where: str) -> Manifest | Index:
    """Read a manifest or an index.

    Raises:
        InputError: It is neither.
    """
    table = _table(data, where=where)
    if "manifests" in table:
        found = tuple(_descriptors(table, "manifests", where=where))
        return Index(media_type=_text(table, "mediaType") or OCI_INDEX, manifests=found)
    if not isinstance(table.get("config"), dict) or "layers" not in table:
        raise InputError.of(
            "it is neither the manifest of an image nor an index of them",
            where=where,
            advice="images of Docker's first schema have to be pushed anew by a later Docker",
        )
    annotations = table.get("annotations")
    return Manifest(
        media_type=_text(table, "mediaType") or OCI_MANIFEST,
        config=_descriptor(table["config"], where=f"{where}: config"),
        layers=tuple(_descriptors(table, "layers", where=where)),
        base=_text(annotations, BASE_NAME) if isinstance(annotations, dict) else "",
    )


def platform_of(config: bytes, *, where: str) -> Platform:
    """Tell from its configuration what an image is for."""
    table = _table(config, where=where)
    keys = ("os", "architecture", "variant")
    system, architecture, variant = (_text(table, key) for key in keys)
    return Platform(os=system, architecture=architecture, variant=variant)


def verify(data: bytes, digest: str, *, where: str) -> None:
    """Hold a document to its digest.

    Raises:
        InputError: It has another.
    """
    found = digest_of(data, algorithm=digest.partition(":")[0])
    if found != digest:
        raise InputError.of(
            f"has other bytes than its digest says: expected {digest}, got {found}", where=where
        )


def digest_of(data: bytes, *, algorithm: str = "sha256") -> str:
    """Digest a document."""
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def _table(data: bytes, *, where: str) -> dict[str, Any]:
    try:
        table = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError.of("it is not JSON", where=where) from error
    if not isinstance(table, dict):
        raise InputError.of("it is not a JSON object", where=where)
    return table


def _descriptors(table: dict[str, Any], key: str, *, where: str) -> Iterator[Descriptor]:
    listed = table[key]
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise InputError.of(f"{key} is no array, or a very long one", where=where)
    for position, each in enumerate(listed):
        yield _descriptor(each, where=f"{where}: {key}[{position}]")


def _descriptor(table: object, *, where: str) -> Descriptor:
    match table:
        case {"digest": str(digest), "size": int(size), **more} if size >= 0:
            pass
        case _:
            raise InputError.of("it lacks a digest or a size", where=where)
    if not is_digest(digest):
        raise InputError.of(f"{digest[:200]!r} is no digest", where=where)
    annotations = more.get("annotations")
    return Descriptor(
        media_type=_text(more, "mediaType"),
        digest=digest,
        size=size,
        platform=_platform(more.get("platform")),
        name=_text(annotations, REFERENCE_NAME) if isinstance(annotations, dict) else "",
    )


def _platform(table: object) -> Platform | None:
    match table:
        case {"os": str(system), "architecture": str(architecture), **more}:
            variant = _text(more, "variant")
            return Platform(os=system, architecture=architecture, variant=variant)
        case _:
            return None


def _text(table: Mapping[Any, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""
