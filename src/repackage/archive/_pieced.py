"""A compressed archive, of which what has not changed is copied from an earlier build.

The bytes are the same whether there was one or not. How blocks may be joined differs
between readers; every way here was tried with dpkg, rpm, GNU tar, bsdtar and Python.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, Protocol

from repackage.archive._codec import RECOMPRESSED, Codec, codec_versions, compressor, level_of
from repackage.archive._copied import COPYING, Copying, CopyingWriter, divided, writer
from repackage.archive._gzip import GzipMembers
from repackage.archive._kept import block_key, recall
from repackage.archive._shares import shares
from repackage.archive._xz import XzStream, xz_workers
from repackage.archive._zstd_blocks import ZstdFrames, ZstdJobs, has_jobs
from repackage.format import Logbook, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from repackage.archive._shares import Share
    from repackage.archive._stream import JoinableFormat, JoiningWriter, Writable
    from repackage.format import Pieces
    from repackage.tree import Entry

#: Bytes below which a share costs more in size than it saves in time.
_LEAST: Final[Mapping[Codec, int]] = {"gz": 1 << 20, "xz": 8 << 20, "zst": 4 << 20}
_LIBRARIES: Final[Mapping[Codec, str]] = {"gz": "deflate", "xz": "lzma", "zst": "zstd"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Compression:
    """How a payload is compressed, and with what at hand."""

    codec: Codec
    level: int | None = None
    """None: what the codec's own program takes."""
    frames: Literal["one", "many"] = "one"
    """Whether its readers go on after the first zstd frame; those of debs do not."""
    jobs: int = 1
    recompress: bool = False
    """Whether wheels' deflate data are inflated and deflated anew, for the smallest gz."""
    copying: Copying = COPYING
    """Else what of them is copied; a level that is asked for is one for all data, too."""
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
            return xz_workers(self.chosen_level, self.jobs)
        return self.jobs

    @property
    def chosen_level(self) -> int:
        """The level that is meant."""
        if self.codec == "gz" and self.level is None and self.recompress:
            return RECOMPRESSED
        return level_of(self.codec, self.level)

    @property
    def copies(self) -> Copying | None:
        """What is copied; None: nothing, whatever its size."""
        anew = self.codec != "gz" or self.recompress or self.level is not None
        return None if anew else self.copying

    def form(self) -> JoinableFormat | None:
        """The format of the stream's blocks; None where there can be none."""
        level = self.chosen_level
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
        write_in_order(stream, entries, compression, archive=archive)
        return
    copying, anew, copied = divided(list(entries), compression.copies)
    with writer(stream, form, workers=compression.workers, copying=copying) as blocks:
        made = archive(blocks)
        kind = f"{made.kind} in blocks of {form.block_size}"
        logbook = compression.logbook or Logbook()
        logbook.head = blocks.size
        memory = _Memory(compression=compression, kind=kind, logbook=logbook)
        for share in shares(anew, application=application, least=compression.least):
            memory.write(share, blocks, made)
        for share in shares(copied, application=application, least=compression.least):
            memory.copy(share, blocks, made)
        made.close()
    logbook.size = blocks.size


def write_in_order(
    stream: Writable,
    entries: Iterable[Entry],
    compression: Compression,
    *,
    archive: Callable[[Writable], Archive],
) -> None:
    """Write a whole archive, compressed, that is the same whatever compresses it.

    Nothing of it is kept, and from what size of it on anything is copied is no matter.
    """
    with _plain(stream, compression) as payload:
        made = archive(payload)
        for entry in entries:
            made.add(entry)
        made.close()


@contextmanager
def _plain(stream: Writable, compression: Compression) -> Iterator[Writable]:
    """One stream, in which nothing is apart but what is copied."""
    form, copying = compression.form(), compression.copies
    if form is not None and copying is not None:
        with writer(stream, form, workers=compression.workers, copying=copying) as blocks:
            yield blocks
        return
    codec = compression.codec
    level = None if codec == "none" else compression.chosen_level
    with compressor(stream, codec, level=level, jobs=compression.jobs) as payload:
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

    def copy(self, share: Share, blocks: JoiningWriter, archive: Archive) -> None:
        """Add files whose content is copied: none is kept, as it lies in the wheels."""
        stretch = Stretch(key=share.key(*self._circumstances, "copied"), entries=share.entries)
        self.logbook.stretches.append(stretch)
        blocks.settle()
        start, before = blocks.size, archive.size
        for entry in share.entries:
            archive.add(entry)
            stretch.blocks.append(blocks.size - start)
            start = blocks.size
        blocks.settle()
        stretch.blocks[-1] += blocks.size - start  # what follows the last content
        stretch.size = archive.size - before
        if isinstance(blocks, CopyingWriter):
            origin = blocks.size - sum(stretch.blocks)
            stretch.verbatim += (replace(v, at=v.at - origin) for v in blocks.taken)
            blocks.taken.clear()

    @property
    def _pieces(self) -> Pieces | None:
        """What is kept: nothing that nobody could prove."""
        return None if self.compression.logbook is None else self.compression.pieces

    @property
    def _circumstances(self) -> tuple[str, ...]:
        chosen = self.compression
        library = _LIBRARIES[chosen.codec]
        version = f"{library} {codec_versions()[library]}"
        level = str(chosen.chosen_level)
        return (self.kind, chosen.codec, level, chosen.frames, version)

    def _remember(self, stretch: Stretch, block: bytes) -> None:
        if self._pieces is not None:
            self._pieces.keep(block_key(stretch.key, len(stretch.blocks)), block)
        stretch.blocks.append(len(block))
