"""A layer made of a share of the tree, or found among the pieces of earlier builds."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Literal

from repackage.archive import (
    DEFAULT_LEVELS,
    TarWriter,
    codec_versions,
    compressor,
    tar_header,
    tar_padding,
)
from repackage.tree import Directory, File, Symlink, open_file
from repackage_formats.oci._members import Members, worth_copying

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from typing_extensions import Buffer

    from repackage.archive import Writable
    from repackage.format import Pieces, Plan
    from repackage.tree import Entry
    from repackage_formats.oci._options import Options
    from repackage_formats.oci._split import Share

Codec = Literal["gz", "zst", "none"]

MEDIA_TYPES = {
    "none": "application/vnd.oci.image.layer.v1.tar",
    "gz": "application/vnd.oci.image.layer.v1.tar+gzip",
    "zst": "application/vnd.oci.image.layer.v1.tar+zstd",
}


_CHUNK = 1 << 20


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


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Makes layers, one after the other."""

    codec: Codec
    level: int
    jobs: int
    pieces: Pieces | None
    scratch: Path
    created: str
    """As histories have dates."""
    copies: bool = False
    """Whether what wheels have compressed is taken over."""

    @classmethod
    def of(cls, plan: Plan[Options], *, scratch: Path, created: str) -> Maker:
        """Make layers as a plan has them."""
        options = plan.options
        return cls(
            codec=options.compression,
            level=DEFAULT_LEVELS[options.compression]
            if options.level is None
            else options.level,
            jobs=plan.jobs,
            pieces=None if options.compression == "none" else plan.pieces,
            scratch=scratch,
            created=created,
            copies=options.compression == "gz" and options.level is None,
        )

    def make(self, share: Share) -> Layer:
        """Make a layer, unless it is there."""
        key = self._key(share.tree)
        found = self._found(key)
        if found is None:
            found = self._made(share.tree, key)
        facts, path = found
        return Layer(
            diff_id=facts.diff_id,
            digest=facts.digest,
            size=facts.size,
            media_type=MEDIA_TYPES[self.codec],
            path=path,
            history={"created": self.created, "created_by": f"repackage: {share.title}"},
        )

    @cached_property
    def _recipe(self) -> list[object]:
        """All that the bytes depend on, but the entries."""
        library = {"gz": "zlib", "zst": "zstd"}.get(self.codec, "")
        return [
            "oci layer",
            version_of("repackage"),
            self.codec,
            self.level,
            self.copies,
            codec_versions().get(library, ""),
        ]

    def _key(self, entries: Iterable[Entry]) -> str:
        listed = [*self._recipe, *(self._fingerprint(entry) for entry in entries)]
        return hashlib.sha256(json.dumps(listed).encode()).hexdigest()

    def _found(self, key: str) -> tuple[_Facts, Path] | None:
        if self.pieces is None:
            return None
        path, noted = self.pieces.find(key), self.pieces.find(_beside(key))
        if path is None or noted is None:
            return None
        return _Facts(**json.loads(noted.read_bytes())), path

    def _fingerprint(self, entry: Entry) -> list[object]:
        found = _fingerprint(entry)
        if self.copies and (zipped := worth_copying(entry)) is not None:
            found.append(hashlib.sha256(zipped.compressed).hexdigest())
        return found

    @contextmanager
    def _payload(self, stored: Writable) -> Iterator[Writable]:
        if not self.copies:
            level = None if self.codec == "none" else self.level
            with compressor(stored, self.codec, level=level, jobs=self.jobs) as payload:
                yield payload
            return
        members = Members(stored, self.level)
        yield members
        members.finish()

    def _made(self, entries: Iterable[Entry], key: str) -> tuple[_Facts, Path]:
        path = self.scratch / key
        with path.open("wb") as file:
            stored = Digested(file)
            with self._payload(stored) as payload:
                plain = Digested(payload)
                with TarWriter(plain) as tar:
                    for entry in entries:
                        if isinstance(payload, Members) and worth_copying(entry):
                            _copy(entry, tar, plain, payload)
                        else:
                            tar.add(entry, prefix="")
        facts = _Facts(diff_id=plain.digest, digest=stored.digest, size=stored.size)
        if self.pieces is not None:
            note = self.scratch / _beside(key)
            note.write_text(json.dumps(asdict(facts)), encoding="ascii")
            path = self.pieces.keep(key, path)
            self.pieces.keep(_beside(key), note)
        return facts, path


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


def _copy(entry: Entry, tar: TarWriter, plain: Digested, members: Members) -> None:
    """Put a file into an archive, compressed as it is; it is read once to be verified."""
    zipped = worth_copying(entry)
    if zipped is None or not isinstance(entry, File):
        raise AssertionError(entry.path)
    header, padding = tar_header(entry, prefix=""), tar_padding(entry.size)
    tar.pass_over([entry], prefix="", size=len(header) + entry.size + len(padding))
    plain.write(header)
    with open_file(entry) as content:
        while data := content.read(_CHUNK):
            plain.pass_by(data)
    members.copy(zipped.compressed, crc32=entry.digests.crc32, size=entry.size)
    plain.write(padding)


def _beside(key: str) -> str:
    """The key of what is noted about a piece."""
    return hashlib.sha256(f"{key} facts".encode()).hexdigest()


def _fingerprint(entry: Entry) -> list[object]:
    match entry:
        case File(path=path, mode=mode, mtime=mtime, size=size, digests=digests):
            return [path, mode, mtime, size, digests.sha256]
        case Directory(path=path, mtime=mtime):
            return [path, mtime]
        case Symlink(path=path, target=target, mtime=mtime):
            return [path, target, mtime]
