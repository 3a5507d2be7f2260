"""The payload of an rpm: compressed share by share, digested before and behind the codec."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from repackage.archive import Compression, Overheard, write_shares
from repackage.tree import File
from repackage_formats.rpm._cpio_write import CpioWriter, Link
from repackage_formats.rpm._digests import ArchiveDigests, Digests, Sum
from repackage_formats.rpm._files_encode import GHOST, inodes, is_large

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from repackage.archive import Codec, Writable
    from repackage.format import Logbook, Pieces
    from repackage.tree import Entry
    from repackage_formats.rpm._facts import Facts

#: Our names of the codecs, by rpm's.
CODECS: Final[Mapping[str, Codec]] = {"gzip": "gz", "xz": "xz", "zstd": "zst", "none": "none"}
#: To be raised whenever the same entries come to be other bytes.
_VERSION: Final = "cpio of rpm 1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What a payload turned out to be: as it lies in the file, and uncompressed."""

    payload: Sum
    archive: Sum


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What a payload is compressed with, besides the codec."""

    level: int | None = None
    """None: the codec's own."""
    recompress: bool = False
    """Whether nothing is copied as it was compressed."""
    jobs: int = 1
    application: str = ""
    """Origin of the files that change with every release."""
    pieces: Pieces | None = None
    logbook: Logbook | None = None

    def compression(self, facts: Facts) -> Compression:
        """How the payload of a package is compressed with them."""
        codec = CODECS[facts.compression]
        return Compression(
            codec=codec,
            level=None if codec == "none" else self.level,
            recompress=self.recompress,
            frames="many",
            jobs=self.jobs,
            # numbers of files are no property of a share
            pieces=None if is_large(facts) else self.pieces,
            logbook=None if is_large(facts) else self.logbook,
        )


def unknown(rpm_format: Literal[4, 6]) -> Written:
    """Stand in for what is not known yet, with the same length in a header."""
    nothing = Digests(rpm_format).sum()
    return Written(payload=nothing, archive=nothing)


def write_payload(facts: Facts, stream: Writable, means: Means) -> Written:
    """Write the files of a package; memory does not grow with them.

    A frame or member follows another, which every rpm reads; xz is one stream of blocks,
    since no rpm reads a second one.
    """
    compressed = Digests(facts.rpm_format)
    archive = ArchiveDigests(facts.rpm_format)
    compression = means.compression(facts)
    linked = {path for paths in facts.hard_links for path in paths}
    write_shares(
        Overheard(stream, compressed.update),
        (entry for entry in _present(facts) if entry.path not in linked),
        compression,
        application=means.application,
        archive=lambda payload: _Archive(payload, facts, compression, digests=archive),
    )
    return Written(payload=compressed.sum(), archive=archive.sum())


def _present(facts: Facts) -> Iterator[Entry]:
    """All but ghosts, which nobody brings."""
    for entry in facts.tree:
        if not facts.file_flags.get(entry.path, 0) & GHOST:
            yield entry


class _Archive:
    """A cpio archive, which is digested whether it is written or copied."""

    kind = _VERSION

    def __init__(
        self,
        payload: Writable,
        facts: Facts,
        compression: Compression,
        *,
        digests: ArchiveDigests,
    ) -> None:
        self._facts = facts
        self._pieces, self._logbook = compression.pieces, compression.logbook
        self._digests = digests
        overheard = Overheard(payload, digests.update, copied=digests.postpone)
        self._cpio = CpioWriter(overheard, short=is_large(facts))
        self._numbers = {entry.path: number for number, entry in enumerate(facts.tree)}

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._digests.size

    def add(self, entry: Entry) -> None:
        """Write an entry."""
        self._cpio.add(entry, number=self._numbers[entry.path])

    def pass_over(
        self,
        entries: Iterable[Entry],  # noqa: ARG002 - the header has them all
        *,
        size: int,
        data: Iterator[bytes],
    ) -> None:
        """Digest what is copied, if nobody has."""
        self._digests.postpone(size, data)

    def close(self) -> None:
        """Write the files with several names, and the end."""
        pieces, logbook = self._pieces, self._logbook
        if pieces is None or logbook is None or not logbook.stretches:
            self._finish()
            return
        key = self._key(logbook)
        self._digests.settle(key, pieces, logbook)
        self._finish()
        self._digests.note(key, logbook)

    def _key(self, logbook: Logbook) -> str:
        """Digest all that the bytes of the archive depend on: stretches, and what is linked."""
        entries, numbers = self._facts.tree.entries, self._numbers
        linked = [entries[numbers[path]] for paths in self._facts.hard_links for path in paths]
        inode = inodes(self._facts)
        told = (
            *("digests", self.kind, self._facts.rpm_format, self.size),
            *(stretch.key for stretch in logbook.stretches),
            self._facts.hard_links,
            *((inode[numbers[each.path]], each.mtime) for each in linked),
            *((each.mode, each.digests.sha256) for each in linked if isinstance(each, File)),
        )
        return hashlib.sha256(ascii(told).encode()).hexdigest()

    def _finish(self) -> None:
        entries, numbers = self._facts.tree.entries, self._numbers
        inode = dict(zip(numbers, inodes(self._facts), strict=True))
        for paths in self._facts.hard_links:
            for path in paths:
                last = path == paths[-1]
                link = Link(inode=inode[path], names=len(paths), last=last)
                self._cpio.add(entries[numbers[path]], number=numbers[path], link=link)
        self._cpio.close()
