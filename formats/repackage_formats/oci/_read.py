"""Read an image: choose one, lay its layers one over the other, and hold it to its digests."""

from __future__ import annotations

import hashlib
import io
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from repackage.archive import Intake, decompressor, detect_codec, read_layer, reading_ahead
from repackage.errors import InputError
from repackage_formats.oci._blobs import Blobs, blobs_of
from repackage_formats.oci._images import Image, choose, platforms, read_images
from repackage_formats.oci._json import read_document
from repackage_formats.oci._layers import Root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from repackage.archive import HardLink
    from repackage.tree import Entry

    #: Reads a layer by its part and the digest of its uncompressed bytes.
    Reads = Callable[[Blobs, str, str, Intake], Iterator[Entry | HardLink]]

#: A tar archive's last padding, and its end.
_END = 512 + 2 * 512
#: What is read at a time.
_CHUNK = 1 << 18


def read_entries(artifact: Path, *, arch: str | None) -> Iterator[Entry]:
    """Yield the root of an image, sorted; devices are left out."""
    blobs = blobs_of(artifact)
    image = choose(blobs, arch=arch)
    return iter(read_root(blobs, image, Intake(size_of(artifact))))


def read_root(blobs: Blobs, image: Image, intake: Intake, *, read: Reads | None = None) -> Root:
    """Lay the layers of an image one over the other, each held to its digest."""
    read = read or whole_layer
    digests = image.config.below("rootfs").texts("diff_ids")
    if len(digests) != len(image.layers):
        raise InputError.of(
            f"the image has {len(image.layers)} layers, and its configuration {len(digests)}",
            advice="it is no image of a root",
        )
    root = Root()
    for name, digest in zip(image.layers, digests, strict=True):
        root.apply(read(blobs, name, digest, intake))
    return root


def read_facts(artifact: Path) -> dict[str, str]:
    """Tell what an image is called, what it is for, and how it is run."""
    blobs = blobs_of(artifact)
    image = choose(blobs, arch=None)
    run = image.config.below("config")
    facts = {
        "names": ", ".join(image.names),
        "platform": image.platform,
        "platforms": ", ".join(platforms(read_images(blobs))),
        "created": image.config.text("created"),
        "author": image.config.text("author"),
        "layers": str(len(image.layers)),
        "entrypoint": " ".join(run.texts("Entrypoint")),
        "command": " ".join(run.texts("Cmd")),
        "user": run.text("User"),
        "directory": run.text("WorkingDir"),
        "environment": ", ".join(run.texts("Env")),
        **{f"label {key}": value for key, value in run.below("Labels").strings().items()},
    }
    return {key: value for key, value in facts.items() if value}


def read_digests(artifact: Path) -> dict[str, str]:
    """Tell the digests that an image is known by: its manifest's or index's, its configurations'."""
    blobs = blobs_of(artifact)
    first = read_document(blobs, "index.json").list("manifests")[0]
    configs = {
        f"image ID ({image.platform})": image.config.where.removeprefix("blobs/")
        for image in read_images(blobs)
    }
    known = {name: part.replace("/", ":") for name, part in configs.items()}
    return {"digest": first.text("digest"), **known}


def whole_layer(
    blobs: Blobs, name: str, digest: str, intake: Intake
) -> Iterator[Entry | HardLink]:
    """Read a layer to its end, and hold its uncompressed bytes to the digest."""
    algorithm, _, expected = digest.partition(":")
    if algorithm not in {"sha256", "sha512"}:
        raise InputError.of(f"{digest[:200]!r} is not a digest", where=name)
    with _opened(blobs, name, algorithm) as layer, reading_ahead(layer) as plain:
        again = partial(_opened, blobs, name, algorithm)
        yield from read_layer(plain, again=again, intake=intake)
        if layer.raw.hexdigest() != expected:
            raise InputError.of(
                "the layer is not the one that the image's configuration names",
                where=name,
                advice="the image is truncated or altered",
            )


@contextmanager
def _opened(blobs: Blobs, name: str, algorithm: str) -> Iterator[_Buffered]:
    """Open a layer, decompressed."""
    with blobs.open(name) as blob, decompressor(blob, detect_codec(blob)) as stream:
        yield _Buffered(_Layer(stream, algorithm), _CHUNK)


class _Layer(io.RawIOBase):
    """A layer that is digested as it is read, and that always has an end.

    umoci for one writes layers without the last padding and the two blocks of zeros; what
    reads them in Go does not mind. A layer that was cut off has not the digest.
    """

    def __init__(self, stream: BinaryIO, algorithm: str) -> None:
        self._stream = stream
        self._digest = hashlib.new(algorithm)
        self._end = bytes(_END)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # all that io ever gives
        """Read on; 0 only at the end."""
        data = self._stream.read(len(buffer))
        self._digest.update(data)
        if not data:
            data, self._end = self._end[: len(buffer)], self._end[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def hexdigest(self) -> str:
        """Digest what was read."""
        return self._digest.hexdigest()


class _Buffered(io.BufferedReader):
    """The same, buffered."""

    raw: _Layer


def size_of(artifact: Path) -> int:
    """What an image occupies, compressed."""
    if artifact.is_file():
        return artifact.stat().st_size
    return sum(file.stat().st_size for file in artifact.rglob("*") if file.is_file())
