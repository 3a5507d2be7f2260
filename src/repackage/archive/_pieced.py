"""A compressed archive, of which what has not changed is copied from an earlier build.

The bytes are the same whether there was one or not. How blocks may be joined differs
between readers; every way here was tried with dpkg, rpm, GNU tar, bsdtar and Python.
"""

from __future__ import annotations

import hashlib
import struct
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, Protocol

from repackage.archive._codec import (
    Codec,
    codec_versions,
    compressor,
    level_of,
)
from repackage.archive._gzip import GzipMembers
from repackage.archive._kept import Kept
from repackage.archive._shares import shares
from repackage.archive._stream import JoiningWriter
from repackage.archive._xz import XzStream, xz_workers
from repackage.archive._zstd_blocks import ZstdFrames, ZstdJobs, has_jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from repackage.archive._shares import Share
    from repackage.archive._stream import JoinableFormat, Writable
    from repackage.format import Pieces
    from repackage.tree import Entry

#: Bytes below which a share costs more in size than it saves in time.
_LEAST: Final[Mapping[Codec, int]] = {"gz": 1 << 20, "xz": 8 << 20, "zst": 4 << 20}
_LIBRARIES: Final[Mapping[Codec, str]] = {"gz": "zlib", "xz": "lzma", "zst": "zstd"}
#: How many blocks a share has, and how many bytes of the archive.
_TABLE = struct.Struct(">LQ")


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
        memory = _Memory(compression=compression, kind=kind)
        for share in shares(entries, application=application, least=compression.least):
            memory.write(share, blocks, made)
        made.close()
    memory.settle()


@contextmanager
def _plain(stream: Writable, compression: Compression) -> Iterator[Writable]:
    """One stream, in which nothing is apart."""
    with compressor(
        stream, compression.codec, level=compression.level, jobs=compression.jobs
    ) as payload:
        yield payload


@dataclass(kw_only=True, slots=True)
class _New:
    """A share that is being compressed, block by block."""

    key: str
    blocks: int = 0
    size: int = 0
    """Bytes of the archive."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Memory:
    """What is remembered of shares: their blocks, and a table of how many there are."""

    compression: Compression
    kind: str
    new: list[_New] = field(default_factory=list)

    def write(self, share: Share, blocks: JoiningWriter, archive: Archive) -> None:
        """Copy a share that is remembered, and compress one that is not."""
        key = share.key(*self._circumstances)
        found = self._recall(key)
        if found is not None:
            plain = found.plain(self.compression.form, self.compression.codec)
            archive.pass_over(share.entries, size=found.size, data=plain)
            for block in found.blocks():
                blocks.splice(block)
            return
        new = _New(key=key)
        with blocks.apart(partial(self._remember, new)):
            before = archive.size
            for entry in share.entries:
                archive.add(entry)
            new.size = archive.size - before
        self.new.append(new)

    def settle(self) -> None:
        """Remember the shares that are complete."""
        for new in self.new:
            self._keep(f"{new.key} table", _TABLE.pack(new.blocks, new.size))

    @property
    def _circumstances(self) -> tuple[str, ...]:
        chosen = self.compression
        library = _LIBRARIES[chosen.codec]
        version = f"{library} {codec_versions()[library]}"
        level = level_of(chosen.codec, chosen.level)
        return (self.kind, chosen.codec, str(level), chosen.frames, version)

    def _remember(self, new: _New, block: bytes) -> None:
        self._keep(f"{new.key} {new.blocks}", block)
        new.blocks += 1

    def _keep(self, name: str, data: bytes) -> None:
        pieces = self.compression.pieces
        if pieces is not None:
            pieces.keep(_key(name), data)

    def _recall(self, key: str) -> Kept | None:
        """A share of an earlier build, if all of its blocks are there."""
        pieces = self.compression.pieces
        table = None if pieces is None else pieces.find(_key(f"{key} table"))
        if pieces is None or table is None:
            return None
        blocks, size = _TABLE.unpack(table.read_bytes())
        paths = [pieces.find(_key(f"{key} {number}")) for number in range(blocks)]
        found = tuple(path for path in paths if path is not None)
        return Kept(size=size, paths=found) if len(found) == blocks else None


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
