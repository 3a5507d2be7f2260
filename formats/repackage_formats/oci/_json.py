"""The documents of an image: small, of known shape, and named by their digests."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from repackage.errors import InputError

if TYPE_CHECKING:
    from repackage_formats.oci._blobs import Blobs

#: What registries and containerd allow a manifest to be, in bytes.
_LONGEST = 4 << 20
_DIGEST = re.compile(r"(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128})")


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object, of which nothing is believed."""

    where: str
    table: dict[str, Any] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """A string; empty if it is not there, or is something else."""
        value = self.table.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> list[str]:
        """An array of strings."""
        value = self.table.get(key)
        listed = value if isinstance(value, list) else []
        return [each for each in listed if isinstance(each, str)]

    def below(self, key: str) -> Document:
        """An object; empty if it is not there."""
        value = self.table.get(key)
        return Document(f"{self.where}: {key}", value if isinstance(value, dict) else {})

    def list(self, key: str) -> list[Document]:
        """An array of objects."""
        value = self.table.get(key)
        return [
            Document(f"{self.where}: {key}[{at}]", each)
            for at, each in enumerate(value if isinstance(value, list) else [])
            if isinstance(each, dict)
        ]

    def strings(self) -> dict[str, str]:
        """Its own strings, sorted by key."""
        return {
            key: value for key, value in sorted(self.table.items()) if isinstance(value, str)
        }


def blob_name(digest: str, *, where: str) -> str:
    """Name the part that a digest stands for; it can be no path of anything else."""
    found = _DIGEST.fullmatch(digest)
    if found is None:
        raise InputError.of(f"{digest[:200]!r} is not a digest", where=where)
    return f"blobs/{found[1] or found[3]}/{found[2] or found[4]}"


def read_document(blobs: Blobs, name: str, *, key: str = "") -> Document:
    """Read a part as JSON; one that is named by its digest must have it.

    With ``key``, an array is taken for an object that has it under that key.
    """
    with blobs.open(name) as stream:
        data = stream.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise InputError.of("it is longer than a manifest can be", where=name)
    _, _, rest = name.partition("blobs/")
    algorithm, _, expected = rest.partition("/")
    if expected and hashlib.new(algorithm, data).hexdigest() != expected:
        raise InputError.of(
            "its bytes do not have the digest that names it",
            where=name,
            advice="the image is truncated or altered",
        )
    try:
        table = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError.of("it is not JSON", where=name) from error
    if key and isinstance(table, list):
        table = {key: table}
    if not isinstance(table, dict):
        raise InputError.of("it is not a JSON object", where=name)
    return Document(name, table)
