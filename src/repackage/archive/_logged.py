"""Reading back a compressed archive of which a logbook says what was written where.

Every byte of it is looked at. What was copied from an earlier build has the digests that it
had when that build read it; everything else is decompressed and parsed, stretch by stretch,
each as if there were nothing else: so whatever a later build copies was proven to stand alone.
"""

from __future__ import annotations

import hashlib
import itertools
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from repackage.archive._ahead import ahead, stream_of
from repackage.archive._alone import Frame, alone
from repackage.archive._codec import damage_told
from repackage.archive._vouched import plain_but_vouched
from repackage.archive._xz import xz_end
from repackage.archive._xz_reading import Index, read_index
from repackage.errors import InputError
from repackage.tree import Directory, File, Symlink

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from repackage.archive._codec import Codec
    from repackage.format import Logbook, Stretch
    from repackage.tree import Entry

_CHUNK: Final = 1 << 18
#: A raw block of no bytes, the last one of its frame (RFC 8878, section 3.1.1.2).
_LAST_BLOCK: Final = 3


class Parse(Protocol):
    """Reads the entries of a part of an archive with somebody else's code."""

    def __call__(
        self, plain: BinaryIO, *, last: bool, vouched: Mapping[int, File]
    ) -> Iterator[Entry]:
        """Yield entries; only the last part has the end of the archive, and ends with it.

        A file that is ``vouched`` for, by where its content begins, is taken as it is if the
        archive says the same of its size; what stands there in ``plain`` is skipped.
        """
        ...


def read_stretches(
    stream: BinaryIO, codec: Codec, logbook: Logbook, *, parse: Parse
) -> Iterator[Entry]:
    """Yield the entries of a compressed archive, from where a stream is up to its end.

    Raises:
        InputError: It is damaged, or is not made up as the logbook says.
    """
    start = stream.tell()
    stream.seek(0, 2)
    size = stream.tell() - start
    if size != logbook.size:
        raise _differs(f"it is {size} bytes long, and {logbook.size} were written")
    index = _index(stream, start, logbook) if codec == "xz" else None
    archive = _Archive(stream=stream, start=start, logbook=logbook, codec=codec, index=index)
    paths: set[str] = set()
    for entry in archive.entries(parse):
        if entry.path in paths:
            raise _differs(f"{entry.path!r} is in it twice")
        paths.add(entry.path)
        yield entry


def _index(stream: BinaryIO, start: int, logbook: Logbook) -> Index:
    """Read which blocks an xz stream has."""
    index = read_index(stream, start=start, size=logbook.size)
    blocks = [size for each in logbook.stretches for size in each.blocks]
    if blocks != [each.size for each in index.records[: len(blocks)]]:
        raise _differs("its blocks are not those that were written")
    return index


@dataclass(frozen=True, kw_only=True, slots=True)
class _Archive:
    """An archive as it lies in an artifact."""

    stream: BinaryIO
    start: int
    logbook: Logbook
    codec: Codec
    index: Index | None
    """Of xz, which tells where blocks begin."""

    def entries(self, parse: Parse) -> Iterator[Entry]:
        """Go through all stretches, and the tail."""
        position, number = self.logbook.head, 0
        for stretch in self.logbook.stretches:
            behind = number + len(stretch.blocks)
            if stretch.copied:
                self._compare(stretch, position)
                yield from stretch.entries
            else:
                frame = self._frame(number, behind)
                yield from self._read(stretch, position, frame=frame, parse=parse)
            position += sum(stretch.blocks)
            number = behind
        yield from self._tail(position, parse, frame=self._frame(number, None))

    def _compare(self, stretch: Stretch, position: int) -> None:
        """Hold what was copied against what an earlier build has proven."""
        digests: list[str] = []
        for _ in self._chunks(stretch.blocks, position, digests):
            pass
        if not digests or tuple(digests) != stretch.proven:
            raise _differs("what was copied from the cache is not what was proven there")

    def _read(
        self, stretch: Stretch, position: int, *, frame: Frame, parse: Parse
    ) -> Iterator[Entry]:
        """Read what is new, and note that it is as it should be."""
        digests: list[str] = []
        vouched: dict[int, File] = {}
        with self._opened(stretch, position, frame, digests, vouched) as plain:
            there = parse(plain, last=False, vouched=vouched)
            for expected, found in itertools.zip_longest(stretch.entries, there):
                if found is None or expected is None or _facts(found) != _facts(expected):
                    raise _unlike(expected, found)
                yield expected
            if plain.read(1):
                raise _differs("there is something between its entries")
        if not stretch.verbatim:  # of which no piece is kept
            if len(digests) < len(stretch.blocks):
                raise _differs("it ends before its blocks do")
            stretch.proven = tuple(digests)

    @contextmanager
    def _opened(
        self,
        stretch: Stretch,
        position: int,
        frame: Frame,
        digests: list[str],
        vouched: dict[int, File],
    ) -> Iterator[BinaryIO]:
        """Decompress a stretch, but for what wheels vouch for."""
        if not stretch.verbatim:
            with alone(self._chunks(stretch.blocks, position, digests), frame) as plain:
                yield plain
            return

        def read(at: int, size: int) -> Iterator[bytes]:
            return self._bytes(position + at, size)

        chunks = plain_but_vouched(stretch, read, vouched)
        with damage_told("gz"), ahead(chunks) as data:
            yield stream_of(data)

    def _tail(self, position: int, parse: Parse, *, frame: Frame) -> Iterator[Entry]:
        """Read what follows the last stretch: the end of the archive, and of the stream."""
        size = self.logbook.size - position - self._end
        if size < 0:
            raise _differs("its parts are longer than it is")
        with alone(self._bytes(position, size), frame) as plain:
            yield from parse(plain, last=True, vouched={})
            if plain.read(1):
                raise _differs("there is something behind its end")

    @property
    def _end(self) -> int:
        """Bytes that follow the last block of the stream."""
        if self.index is not None:
            return self.index.size
        return _LAST_BLOCK if self.codec == "zst" and self.logbook.head else 0

    def _frame(self, first: int, behind: int | None) -> Frame:
        """What a stream of some blocks alone would have around them."""
        head = self._part(0, self.logbook.head)
        if self.index is None:
            end = self._part(self.logbook.size - self._end, self._end)
        else:
            records = self.index.records[first:behind]
            end = xz_end((each.unpadded, each.uncompressed) for each in records)
        return Frame(codec=self.codec, head=head, end=end)

    def _part(self, position: int, size: int) -> bytes:
        self.stream.seek(self.start + position)
        return self.stream.read(size) if size else b""

    def _chunks(
        self, blocks: Sequence[int], position: int, digests: list[str]
    ) -> Iterator[bytes]:
        """Yield the bytes of blocks, and add the digest of each."""
        for size in blocks:
            digest = hashlib.sha256()
            for chunk in self._bytes(position, size):
                digest.update(chunk)
                yield chunk
            digests.append(digest.hexdigest())
            position += size

    def _bytes(self, position: int, size: int) -> Iterator[bytes]:
        self.stream.seek(self.start + position)
        while size:
            chunk = self.stream.read(min(size, _CHUNK))
            if not chunk:
                raise _differs("it ends before its end")
            size -= len(chunk)
            yield chunk


def _facts(entry: Entry) -> tuple[object, ...]:
    """What of an entry is in every archive."""
    match entry:
        case File(path=path, mode=mode, mtime=mtime, size=size, digests=digests):
            return path, mode, mtime, size, digests.sha256
        case Directory(path=path, mtime=mtime):
            return path, mtime
        case Symlink(path=path, mtime=mtime, target=target):
            return path, mtime, target, ""


def _unlike(expected: Entry | None, found: Entry | None) -> InputError:
    if expected is not None and found is not None and expected.path == found.path:
        return _differs(f"{expected.path!r} differs")
    if expected is not None:
        return _differs(f"{expected.path!r} is missing")
    path = "" if found is None else found.path
    return _differs(f"{path!r} is in it, and was not written")


def _differs(what: str) -> InputError:
    return InputError.of(
        f"when it is read back, {what}",
        advice="the disk, the cache or the memory is not to be trusted: build again",
    )
