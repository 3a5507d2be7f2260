"""A compressed archive, of which what has not changed is copied from an earlier build.

The bytes are the same whether there was one or not. How blocks may be joined differs
between readers; every way here was tried with dpkg, rpm, GNU tar, bsdtar and Python.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, Protocol

from repackage.archive._codec import (
    Codec,
    codec_versions,
    compressor,
    level_of,
)
from repackage.archive._gzip import GzipMembers
from repackage.archive._kept import block_key, recall
from repackage.archive._shares import shares
from repackage.archive._stream import JoiningWriter
from repackage.archive._xz import XzStream, xz_workers
from repackage.archive._zstd_blocks import ZstdFrames, ZstdJobs, has_jobs
from repackage.format import Logbook, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from repackage.archive._shares import Share
    from repackage.archive._stream import JoinableFormat, Writable
    from repackage.format import Pieces
    from repackage.tree import Entry

#: Bytes below which a share costs more in size than it saves in time.
_LEAST: Final[Mapping[Codec, int]] = {"gz": 1 << 20, "xz": 8 << 20, "zst": 4 << 20}
_LIBRARIES: Final[Mapping[Codec, str]] = {"gz": "zlib", "xz": "lzma", "zst": "zstd"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Compression:
    """How a payload is compressed, and with what at hand."""

    codec: Codec
    level: int | None = None
    """None: what the codec's own program takes."""
    frames: Literal["one", "many"] = "one"
    """Whether its readers go on after the first zstd frame; those of debs do not."""
    jobs: int = 1
    pieces: Pieces | None = None
    logbook: Logbook | None = None
    """Where to note what was written; without it nothing can be proven, and so nothing is kept."""

    @property
    def least(self) -> int:
        """The bytes below which a share is not worth it."""
        return _LEAST[self.codec]

    @property
    def workers(self) -> int:
        """Threads, as many as there is memory for."""
        if self.codec == "xz":
            return xz_workers(level_of("xz", self.level), self.jobs)
        return self.jobs

    def form(self) -> JoinableFormat | None:
        """The format of the stream's blocks; None where there can be none."""
        level = level_of(self.codec, self.level)
        match self.codec:
            case "gz":
                return GzipMembers(level)
            case "xz":
                return XzStream(level)
            case "zst" if self.frames == "many":
                return ZstdFrames(level)
            case "zst" if has_jobs():
                return ZstdJobs(level)
            case "zst" | "none":
                return None


class Archive(Protocol):
    """What writes entries one after the other, such as a tar."""

    @property
    def kind(self) -> str:
        """All that its bytes depend on besides its entries; another one for other bytes."""
        ...

    @property
    def size(self) -> int:
        """Bytes of the archive so far."""
        ...

    def add(self, entry: Entry) -> None:
        """Write an entry with its content; its bytes depend on nothing else."""
        ...

    def pass_over(self, entries: Iterable[Entry], *, size: int, data: Iterator[bytes]) -> None:
        """Note entries that come to be in the archive another way.

        ``data`` are their bytes, decompressed if anybody asks.
        """
        ...

    def close(self) -> None:
        """Write the end; the stream stays open."""
        ...


def write_shares(
    stream: Writable,
    entries: Iterable[Entry],
    compression: Compression,
    *,
    application: str,
    archive: Callable[[Writable], Archive],
) -> None:
    """Write a whole archive of any kind, compressed, share by share.

    ``application`` is the origin of what changes with every release.
    """
    form = compression.form()
    if form is None:
        with _plain(stream, compression) as payload:
            made = archive(payload)
            for entry in entries:
                made.add(entry)
            made.close()
        return
    with JoiningWriter(stream, form, workers=compression.workers) as blocks:
        made = archive(blocks)
        kind = f"{made.kind} in blocks of {form.block_size}"
        logbook = compression.logbook or Logbook()
        logbook.head = blocks.size
        memory = _Memory(compression=compression, kind=kind, logbook=logbook)
        for share in shares(entries, application=application, least=compression.least):
            memory.write(share, blocks, made)
        made.close()
    logbook.size = blocks.size


@contextmanager
def _plain(stream: Writable, compression: Compression) -> Iterator[Writable]:
    """One stream, in which nothing is apart."""
    with compressor(
        stream, compression.codec, level=compression.level, jobs=compression.jobs
    ) as payload:
        yield payload


@dataclass(frozen=True, kw_only=True, slots=True)
class _Memory:
    """What is remembered of shares: their blocks, which are trusted once they were read back."""

    compression: Compression
    kind: str
    logbook: Logbook

    def write(self, share: Share, blocks: JoiningWriter, archive: Archive) -> None:
        """Copy a share that is remembered, and compress one that is not."""
        stretch = Stretch(key=share.key(*self._circumstances), entries=share.entries)
        self.logbook.stretches.append(stretch)
        pieces = self._pieces
        found = None if pieces is None else recall(stretch.key, pieces)
        if found is not None:
            plain = found.plain(self.compression.form, self.compression.codec)
            archive.pass_over(share.entries, size=found.size, data=plain)
            stretch.size, stretch.proven = found.size, found.proven
            stretch.copied = True
            for block in found.blocks():
                stretch.blocks.append(len(block))
                blocks.splice(block)
            return
        with blocks.apart(partial(self._remember, stretch)):
            before = archive.size
            for entry in share.entries:
                archive.add(entry)
            stretch.size = archive.size - before

    @property
    def _pieces(self) -> Pieces | None:
        """What is kept: nothing that nobody could prove."""
        return None if self.compression.logbook is None else self.compression.pieces

    @property
    def _circumstances(self) -> tuple[str, ...]:
        chosen = self.compression
        library = _LIBRARIES[chosen.codec]
        version = f"{library} {codec_versions()[library]}"
        level = level_of(chosen.codec, chosen.level)
        return (self.kind, chosen.codec, str(level), chosen.frames, version)

    def _remember(self, stretch: Stretch, block: bytes) -> None:
        if self._pieces is not None:
            self._pieces.keep(block_key(stretch.key, len(stretch.blocks)), block)
        stretch.blocks.append(len(block))
