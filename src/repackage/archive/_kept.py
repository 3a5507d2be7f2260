"""A share of an archive as an earlier build has left it: compressed, a file for each block.

Blocks alone are found by nobody. What makes a share findable is its proof: a table of the
digests that its blocks had when they were read back out of a finished artifact, by a reader
of somebody else's, and all of their entries were right. So what was written wrong, or in a
build that failed or was killed, is compressed again.
"""

from __future__ import annotations

import hashlib
import io
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.archive._ahead import ahead
from repackage.archive._codec import decompressor
from repackage.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from repackage.archive._codec import Codec
    from repackage.archive._stream import JoinableFormat
    from repackage.format import Logbook, Pieces

#: What is decompressed at once: little enough to stay in a processor's cache.
_CHUNK: Final = 1 << 18
#: A proof: bytes of the archive, and then the digest of each block.
_SIZE: Final = struct.Struct(">Q")
_DIGEST: Final = 32


def block_key(key: str, number: int) -> str:
    """The key of a block of a share."""
    return hashlib.sha256(f"{key} {number}".encode()).hexdigest()


def recall(key: str, pieces: Pieces) -> Kept | None:
    """A share of an earlier build, if it is proven and all of its blocks are there."""
    table = _table(key, pieces)
    if not table:
        return None
    (size,) = _SIZE.unpack_from(table)
    proven = _digests(table)
    paths = [pieces.find(block_key(key, number)) for number in range(len(proven))]
    found = tuple(path for path in paths if path is not None)
    if len(found) < len(proven):
        return None
    return Kept(size=size, paths=found, proven=tuple(proven))


def proof_of(key: str, pieces: Pieces) -> tuple[str, ...] | None:
    """The digests that were proven; none: it is distrusted; None: nobody has read it yet."""
    table = _table(key, pieces)
    return None if table is None else tuple(_digests(table))


def _table(key: str, pieces: Pieces) -> bytes | None:
    proof = pieces.find(_proof_key(key))
    if proof is None:
        return None
    table = proof.read_bytes()
    return table if len(table) >= _SIZE.size else b""


def _digests(table: bytes) -> list[str]:
    return [table[at : at + _DIGEST].hex() for at in range(_SIZE.size, len(table), _DIGEST)]


def trust(logbook: Logbook, pieces: Pieces) -> None:
    """Let later builds copy what was new and is proven; called when all else is right, too."""
    for stretch in logbook.stretches:
        if stretch.proven and not stretch.copied:
            digests = b"".join(map(bytes.fromhex, stretch.proven))
            pieces.keep(_proof_key(stretch.key), _SIZE.pack(stretch.size) + digests)
    for key, told in logbook.found.items():
        pieces.keep(key, told)


def distrust(logbook: Logbook, pieces: Pieces) -> None:
    """Let be made again what is in an artifact that is not as it should be.

    Whether it was copied, or is new and was not read to be right: a layer that nobody has proven is found, too.
    """
    for stretch in logbook.stretches:
        if stretch.copied or not (stretch.proven or stretch.verbatim):
            pieces.keep(_proof_key(stretch.key), b"")
    for key in logbook.believed:
        pieces.keep(key, b"")


def _proof_key(key: str) -> str:
    return hashlib.sha256(f"{key} proof".encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Files that may be copied into an archive."""

    size: int
    """Bytes of the archive, uncompressed."""
    paths: tuple[Path, ...]
    proven: tuple[str, ...]
    """SHA-256 of each, as it was when it was read back."""

    def blocks(self) -> Iterator[bytes]:
        """Read the blocks, one after the other.

        Raises:
            StoreError: One is not what was proven, or whoever cleared the cache meanwhile
                has removed it.
        """
        for path, proven in zip(self.paths, self.proven, strict=True):
            try:
                block = path.read_bytes()
            except OSError as error:
                raise StoreError.of(
                    "a part of the cache is gone since the build began",
                    where=str(path),
                    advice="it was cleared meanwhile: build again",
                ) from error
            if hashlib.sha256(block).hexdigest() != proven:
                with suppress(OSError):
                    path.unlink()  # so that nobody finds it again
                raise StoreError.of(
                    "a part of the cache is not what an earlier build has left there",
                    where=str(path),
                    advice="it was removed: build again; the disk may be failing",
                )
            yield block

    def plain(self, form: Callable[[], JoinableFormat | None], codec: Codec) -> Iterator[bytes]:
        """Decompress the blocks, each as a stream of its own, of which ``form`` makes one."""
        with ahead(self._plain(form, codec)) as chunks:
            yield from chunks

    def _plain(
        self, form: Callable[[], JoinableFormat | None], codec: Codec
    ) -> Iterator[bytes]:
        for block in self.blocks():
            stream = form()
            if stream is not None:
                head = stream.start()
                stream.adopt(block)
                with decompressor(io.BytesIO(head + block + stream.finish()), codec) as plain:
                    while data := plain.read(_CHUNK):
                        yield data
