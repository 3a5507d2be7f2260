"""A layer made of a share of the tree, or found among the pieces of earlier builds."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from importlib.metadata import version as version_of
from threading import Event
from typing import TYPE_CHECKING, Final

from repackage.archive import (
    Compression,
    Copying,
    TarArchive,
    codec_versions,
    find_noted,
    keep_noted,
    proof_of,
    write_in_order,
)
from repackage.format import Stretch
from repackage.tree import Directory, File, Symlink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from typing_extensions import Buffer

    from repackage.archive import Codec, Writable
    from repackage.format import Logbook, Pieces, Plan
    from repackage.tree import Entry
    from repackage_formats.oci._options import Options
    from repackage_formats.oci._split import Share

MEDIA_TYPES: Final[Mapping[Codec, str]] = {
    "none": "application/vnd.oci.image.layer.v1.tar",
    "gz": "application/vnd.oci.image.layer.v1.tar+gzip",
    "zst": "application/vnd.oci.image.layer.v1.tar+zstd",
}

#: A layer is the same in every image that has it, large or small: so nothing but the size of
#: a file decides, and only such are copied as lose nothing by it.
_COPYING: Final = Copying(file=16 << 10, payload=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """A layer as it is stored, and where it lies until it is put in its place."""

    diff_id: str
    """Digest of the archive before it was compressed."""
    digest: str
    size: int
    media_type: str
    path: Path
    history: dict[str, str]

    @property
    def descriptor(self) -> dict[str, object]:
        """As a manifest lists it."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    diff_id: str
    digest: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Obtained:
    """What a layer has become, and what an earlier build has found it to be."""

    key: str
    facts: _Facts
    path: Path
    proven: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Makes layers."""

    compression: Compression
    pieces: Pieces | None
    scratch: Path
    created: str
    """As histories have dates."""
    logbook: Logbook | None = None

    @classmethod
    def of(cls, plan: Plan[Options], *, scratch: Path, created: str) -> Maker:
        """Make layers as a plan has them."""
        options = plan.options
        return cls(
            compression=Compression(
                codec=options.compression,
                level=options.level,
                recompress=options.recompress,
                copying=_COPYING,
                jobs=plan.jobs,
            ),
            pieces=None if options.compression == "none" else plan.pieces,
            scratch=scratch,
            created=created,
            logbook=plan.logbook,
        )

    def make(self, shares: Sequence[Share]) -> Iterator[Layer]:
        """Make the layers that are not there, in threads; they are noted in their order."""
        jobs = self.compression.jobs
        at_once = min(jobs, len(shares) or 1) if self.compression.copies else 1
        given_up = Event()
        with ThreadPoolExecutor(at_once) as pool:
            obtain = partial(self._obtained, jobs=jobs // at_once, given_up=given_up)
            try:
                yield from map(self._noted, shares, pool.map(obtain, shares))
            finally:
                given_up.set()

    def _obtained(self, share: Share, *, jobs: int, given_up: Event) -> _Obtained:
        """Find what an earlier build has made and read, or make it with so many threads."""
        key = self._key(share.tree)
        proven = self._proven(key)
        found = None if proven == () else self._found(key)
        if found is None:
            entries = _unless(given_up, share.tree)
            found, proven = self._made(entries, key, jobs=jobs), None
        facts, path = found
        return _Obtained(key=key, facts=facts, path=path, proven=proven or ())

    def _noted(self, share: Share, obtained: _Obtained) -> Layer:
        facts = obtained.facts
        self._note(share.tree, obtained)
        return Layer(
            diff_id=facts.diff_id,
            digest=facts.digest,
            size=facts.size,
            media_type=MEDIA_TYPES[self.compression.codec],
            path=obtained.path,
            history={"created": self.created, "created_by": f"repackage: {share.title}"},
        )

    def _proven(self, key: str) -> tuple[str, ...] | None:
        """What an earlier build has found it to be; none: it was part of an image that is wrong."""
        return None if self.pieces is None else proof_of(key, self.pieces)

    def _note(self, entries: Iterable[Entry], obtained: _Obtained) -> None:
        """Note what the layer holds, so that it need be read back but once."""
        if self.logbook is None or self.pieces is None:
            return
        self.logbook.stretches.append(
            Stretch(
                key=obtained.key,
                entries=tuple(entries),
                blocks=[obtained.facts.size],
                copied=bool(obtained.proven),
                proven=obtained.proven,
            )
        )

    @cached_property
    def _recipe(self) -> list[object]:
        """All that the bytes depend on, but the entries."""
        codec = self.compression.codec
        library = {"gz": "deflate", "zst": "zstd"}.get(codec, "")
        return [
            "oci layer 2",
            version_of("repackage"),
            codec,
            self.compression.chosen_level,
            self.compression.copies is not None,
            codec_versions().get(library, ""),
        ]

    def _key(self, entries: Iterable[Entry]) -> str:
        listed = [*self._recipe, *(self._fingerprint(entry) for entry in entries)]
        return hashlib.sha256(json.dumps(listed).encode()).hexdigest()

    def _found(self, key: str) -> tuple[_Facts, Path] | None:
        found = None if self.pieces is None else find_noted(key, self.pieces)
        return None if found is None else (_Facts(**found[1]), found[0])

    def _fingerprint(self, entry: Entry) -> list[object]:
        found = _fingerprint(entry)
        copied = self.compression.copies and self.compression.copies.copied(entry)
        if copied:
            found.append(hashlib.sha256(copied.compressed).hexdigest())
        return found

    def _made(self, entries: Iterable[Entry], key: str, *, jobs: int) -> tuple[_Facts, Path]:
        path = self.scratch / key
        plain = Digested(None)
        with path.open("wb") as file:
            stored = Digested(file)
            archive = partial(TarArchive, prefix="", tell=plain.pass_by)
            compression = replace(self.compression, jobs=jobs)
            write_in_order(stored, entries, compression, archive=archive)
        facts = _Facts(diff_id=plain.digest, digest=stored.digest, size=stored.size)
        if self.pieces is not None:
            path = keep_noted(key, self.pieces, path, asdict(facts))
        return facts, path


def _unless(given_up: Event, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield entries as long as anybody waits for what they are made into."""
    for entry in entries:
        if given_up.is_set():
            raise CancelledError
        yield entry


class Digested:
    """Digests what is written through it, to a stream or to none."""

    def __init__(self, stream: Writable | None) -> None:
        self._stream = stream
        self._sha256 = hashlib.sha256()
        self.size = 0

    def write(self, data: Buffer, /) -> object:
        """Write on."""
        self.pass_by(data)
        return self._stream.write(data) if self._stream else None

    def pass_by(self, data: Buffer) -> None:
        """Digest what comes to where it belongs another way."""
        self._sha256.update(data)
        self.size += len(memoryview(data))

    @property
    def digest(self) -> str:
        """Of everything so far, as images write it."""
        return f"sha256:{self._sha256.hexdigest()}"


def _fingerprint(entry: Entry) -> list[object]:
    match entry:
        case File(path=path, mode=mode, mtime=mtime, size=size, digests=digests):
            return [path, mode, mtime, size, digests.sha256]
        case Directory(path=path, mtime=mtime):
            return [path, mtime]
        case Symlink(path=path, target=target, mtime=mtime):
            return [path, target, mtime]
