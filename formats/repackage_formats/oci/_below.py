"""The layers of a base, taken over as they are."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from typing import TYPE_CHECKING, BinaryIO

from repackage.archive import compressor, detect_codec
from repackage.errors import InputError
from repackage_formats.oci._make import MEDIA_TYPES, Digested, Layer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.archive import Writable
    from repackage_formats.oci._blobs import Blobs
    from repackage_formats.oci._make import Maker
    from repackage_formats.oci._prepared import Prepared

_CHUNK = 1 << 20


def base_layers(prepared: Prepared, maker: Maker) -> Iterator[Layer]:
    """Take the layers of the base; their uncompressed bytes were held to their digests before.

    What is named by its digest stays as it is, so that a registry that has the base has them.
    What docker saved is named otherwise and never compressed: it is compressed as ours are.
    """
    if prepared.image is None or prepared.blobs is None:
        return
    diff_ids = prepared.image.config.below("rootfs").texts("diff_ids")
    for part, diff_id in zip(prepared.image.layers, diff_ids, strict=True):
        yield _taken(prepared.blobs, part, diff_id, maker)


def _taken(blobs: Blobs, part: str, diff_id: str, maker: Maker) -> Layer:
    expected = part.removeprefix("blobs/sha256/") if part.startswith("blobs/") else ""
    with blobs.open(part) as stream:
        codec = detect_codec(stream)
        if codec == "none" and not expected:
            return _compressed(stream, part, diff_id, maker)
        media_type = MEDIA_TYPES.get(codec)
        if media_type is None:
            raise InputError.of(
                f"a layer of the base is compressed with {codec}, which no image may have",
                where=part,
            )
        path = blobs.file(part)
        with nullcontext() if path else _copy_path(maker, part).open("wb") as file:
            stored = Digested(file)
            _pass(stream, stored)
    if expected and stored.digest != f"sha256:{expected}":
        raise InputError.of(
            "its bytes do not have the digest that names it",
            where=part,
            advice="the base is truncated or altered",
        )
    return Layer(
        diff_id=diff_id,
        digest=stored.digest,
        size=stored.size,
        media_type=media_type,
        path=path or _copy_path(maker, part),
        history={},
    )


def _compressed(stream: BinaryIO, part: str, diff_id: str, maker: Maker) -> Layer:
    """Compress a layer as ours are."""
    path = _copy_path(maker, part)
    with path.open("wb") as file:
        stored = Digested(file)
        chosen = maker.compression
        level = None if chosen.codec == "none" else chosen.chosen_level
        with compressor(stored, chosen.codec, level=level, jobs=chosen.jobs) as payload:
            _pass(stream, payload)
    return Layer(
        diff_id=diff_id,
        digest=stored.digest,
        size=stored.size,
        media_type=MEDIA_TYPES[maker.compression.codec],
        path=path,
        history={},
    )


def _pass(stream: BinaryIO, to: Writable) -> None:
    while data := stream.read(_CHUNK):
        to.write(data)


def _copy_path(maker: Maker, part: str) -> Path:
    """Where what is not a file by itself is put; names of parts may be anything."""
    return maker.scratch / hashlib.sha256(part.encode()).hexdigest()
