"""The images that there are, and which of them is meant."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import InputError, did_you_mean
from repackage.target import GOARCH
from repackage_formats.oci._json import Document, blob_name, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from repackage_formats.oci._blobs import Blobs

_NAME = "org.opencontainers.image.ref.name"
#: An index may list indexes; more than this is no index that anybody wrote.
_DEEPEST = 4
_MOST = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """An image: what it is called, for which machine it is, and its layers."""

    id: str
    """The part that is its manifest, or its configuration: one image, however it is called."""
    names: tuple[str, ...]
    config: Document
    layers: tuple[str, ...]
    """Parts, the lowest first."""

    @property
    def platform(self) -> str:
        """Such as ``linux/arm64``."""
        parts = (self.config.text(key) for key in ("os", "architecture", "variant"))
        return "/".join(filter(None, parts))


def choose(blobs: Blobs, *, arch: str | None) -> Image:
    """Choose the image for an architecture; without one, this machine's or the first.

    Raises:
        InputError: There is none, or there are several for one machine.
    """
    images = read_images(blobs)
    wanted = GOARCH.get(arch or platform.machine(), arch or "")
    fitting = [each for each in images if each.config.text("architecture") == wanted]
    if not fitting and arch is None:
        fitting = [each for each in images if each.platform == images[0].platform]
    if not fitting:
        raise InputError.of(
            f"there is no image for {arch} in it",
            advice=f"it is for {', '.join(platforms(images))}",
        )
    if len(fitting) > 1:
        names = sorted(name for each in fitting for name in each.names or ("(without a name)",))
        raise InputError.of(
            f"it holds several images: {', '.join(names)}",
            advice="copy one of them: skopeo copy oci:DIRECTORY:NAME oci-archive:ONE.tar",
        )
    return fitting[0]


def choose_for(images: Sequence[Image], runs: Callable[[Image], bool], *, name: str) -> Image:
    """Choose the image that a platform runs, of those that have a name if one is asked for.

    Raises:
        InputError: There is none, or there are several.
    """
    named = [each for each in images if not name or name in each.names]
    if not named:
        names = sorted({known for each in images for known in each.names})
        raise InputError.of(
            f"no image in it is called {name!r}", advice=did_you_mean(name, names)
        )
    fitting = [each for each in named if runs(each)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise InputError.of(
            f"it is for {', '.join(platforms(named)) or 'no platform that it names'}",
            advice="choose a base for the target's architecture, or one for several",
        )
    names = sorted(known for each in fitting for known in each.names)
    raise InputError.of(
        f"it holds several images: {', '.join(names) or 'without names'}",
        advice="name one of them, as in 'oci:DIRECTORY:NAME'",
    )


def platforms(images: Sequence[Image]) -> list[str]:
    """Name the platforms, each once."""
    return list(dict.fromkeys(image.platform for image in images))


def read_images(blobs: Blobs) -> list[Image]:
    """List the images, each once; OCI's documents have precedence over docker's."""
    if "index.json" in blobs:
        index = read_document(blobs, "index.json")
        found = list(_of_index(blobs, index, depth=0))
    elif "manifest.json" in blobs:
        saved = read_document(blobs, "manifest.json", key="images")
        found = [_of_docker(blobs, each) for each in saved.list("images")[:_MOST]]
    else:
        raise InputError.of("it has neither index.json nor manifest.json")
    by_id: dict[str, Image] = {}
    for image in found:
        known = by_id.get(image.id)
        names = (*(known.names if known else ()), *image.names)
        by_id[image.id] = Image(
            id=image.id, names=names, config=image.config, layers=image.layers
        )
    if not by_id:
        raise InputError.of("there is no image in it")
    return list(by_id.values())


def _of_index(blobs: Blobs, index: Document, *, depth: int, name: str = "") -> Iterator[Image]:
    """Follow an index; attestations, which have no platform, are no images."""
    if depth > _DEEPEST:
        raise InputError.of("its indexes are nested too deep")
    for descriptor in index.list("manifests")[:_MOST]:
        annotations = descriptor.below("annotations")
        if annotations.text("vnd.docker.reference.type"):
            continue
        called = annotations.text("io.containerd.image.name") or annotations.text(_NAME) or name
        part = blob_name(descriptor.text("digest"), where=descriptor.where)
        if part not in blobs and descriptor.table.get("platform"):
            continue  # a copy of one platform keeps the index of all
        document = read_document(blobs, part)
        if "manifests" in document.table:
            yield from _of_index(blobs, document, depth=depth + 1, name=called)
        else:
            yield _of_manifest(blobs, document, called)


def _of_manifest(blobs: Blobs, manifest: Document, name: str) -> Image:
    config = manifest.below("config")
    return Image(
        id=manifest.where,
        names=(name,) if name else (),
        config=read_document(blobs, blob_name(config.text("digest"), where=config.where)),
        layers=tuple(
            blob_name(layer.text("digest"), where=layer.where)
            for layer in manifest.list("layers")
        ),
    )


def _of_docker(blobs: Blobs, saved: Document) -> Image:
    """Read an image as ``docker save`` lists it: parts by their names in the archive."""
    config = saved.text("Config")
    return Image(
        id=config,
        names=tuple(saved.texts("RepoTags")),
        config=read_document(blobs, config),
        layers=tuple(saved.texts("Layers")),
    )
