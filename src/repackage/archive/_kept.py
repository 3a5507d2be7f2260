"""A share of an archive as an earlier build has left it: compressed, a file for each block."""

from __future__ import annotations

import io
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

#: What is decompressed at once: little enough to stay in a processor's cache.
_CHUNK: Final = 1 << 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Files that may be copied into an archive."""

    size: int
    """Bytes of the archive, uncompressed."""
    paths: tuple[Path, ...]

    def blocks(self) -> Iterator[bytes]:
        """Read the blocks, one after the other.

        Raises:
            StoreError: There was one, and whoever cleared the cache meanwhile has removed it.
        """
        for path in self.paths:
            try:
                block = path.read_bytes()
            except OSError as error:
                raise StoreError.of(
                    "a part of the cache is gone since the build began",
                    where=str(path),
                    advice="it was cleared meanwhile: build again",
                ) from error
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
