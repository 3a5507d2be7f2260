"""The bytecode of one distribution in one file: deflated, and where each lies behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deflate import deflate_compress

from repackage.tree import Digests, File, Mapped, Zipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: What a writer copies, where its container can hold deflate data.
LEVEL = 6
_LENGTH = 8


def bytecode_path(module: str, *, tag: str) -> str:
    """Where the bytecode of a module lies (PEP 3147)."""
    directory, _, name = module.rpartition("/")
    cache = f"{directory}/__pycache__" if directory else "__pycache__"
    return f"{cache}/{name.removesuffix('.py')}.{tag}.pyc"


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """The bytecode of a module, deflated."""

    module: str
    """Its path."""
    size: int
    digests: Digests
    deflated: bytes

    @classmethod
    def of(cls, module: str, data: bytes) -> Compiled:
        """Deflate and digest bytecode."""
        return cls(
            module=module,
            size=len(data),
            digests=Digests.of(data),
            deflated=bytes(deflate_compress(data, LEVEL)),
        )


def piece(compiled: Iterable[Compiled]) -> bytes:
    """Put the bytecode of a distribution together; modules without any are left out."""
    body = bytearray()
    index = []
    for one in compiled:
        if one.size:
            of = one.digests
            place = (len(body), len(one.deflated), one.size)
            index.append([one.module, *place, of.sha256, of.md5, of.crc32])
            body += one.deflated
    table = json.dumps(index).encode("ascii")
    return bytes(body) + table + len(table).to_bytes(_LENGTH, "little")


def unpacked(path: Path, modules: Iterable[File], *, tag: str) -> dict[str, File]:
    """Bytecode by the path of its module, as files that have the module's date and owner."""
    mapped = Mapped(path)
    with path.open("rb") as file:
        end = file.seek(-_LENGTH, 2)
        start = end - int.from_bytes(file.read(_LENGTH), "little")
        file.seek(start)
        index = json.loads(file.read(end - start))
    by_path = {module.path: module for module in modules}
    found: dict[str, File] = {}
    for module, offset, compressed_size, size, sha256, md5, crc32 in index:
        found[module] = File(
            path=bytecode_path(module, tag=tag),
            mode=0o644,
            mtime=by_path[module].mtime,
            size=size,
            digests=Digests(sha256=sha256, md5=md5, crc32=crc32),
            content=Zipped(
                wheel=mapped, offset=offset, compressed_size=compressed_size, deflated=True
            ),
            origin=by_path[module].origin,
        )
    return found
