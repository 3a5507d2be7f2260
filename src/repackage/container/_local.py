"""An image on this machine: an OCI layout, as a directory or as an archive of one."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from repackage.archive import Located, detect_codec, locate_tar
from repackage.container._document import (
    LONGEST,
    Descriptor,
    Index,
    Manifest,
    read_document,
    verify,
)
from repackage.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_DEEPEST = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A manifest or an index, as it is."""

    descriptor: Descriptor
    data: bytes
    content: Manifest | Index


@dataclass(frozen=True, slots=True)
class LocalImage:
    """A layout: its documents, and where the bytes of a blob are."""

    path: Path
    members: Mapping[str, Located] | None
    """Of an archive; None: it is a directory."""

    @classmethod
    def of(cls, path: Path) -> LocalImage:
        """Look at a directory or an archive.

        Raises:
            InputError: It is no OCI layout.
        """
        try:
            if path.is_dir():
                members = None
                is_layout = (path / "index.json").is_file()
            else:
                members = _located(path)
                is_layout = "index.json" in members
        except InputError as error:
            located = (replace(each, where=str(path)) for each in error.problems)
            raise InputError(*located) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError.of(f"cannot be read: {reason.lower()}", where=str(path)) from error
        if not is_layout:
            raise InputError.of(
                "is no OCI layout: it has no index.json",
                where=str(path),
                advice="'skopeo copy docker-archive:FILE oci:DIRECTORY' makes one",
            )
        return cls(path, members)

    def documents(self, name: str = "") -> list[Document]:
        """The documents of one image, each once, children before parents.

        Raises:
            InputError: There is none of that name, or there are several and no name.
        """
        data = self._read("index.json", LONGEST)
        listed = read_document(data, where=f"{self.path}: index.json")
        if not isinstance(listed, Index):
            raise InputError.of("is no index", where=f"{self.path}: index.json")
        root = self._chosen(listed, name)
        found: dict[str, Document] = {}
        self._collect(root, found, depth=0)
        return list(found.values())

    @contextmanager
    def open(self, blob: Descriptor) -> Iterator[BinaryIO]:
        """Open a blob.

        Raises:
            InputError: It is not there, or has another size.
        """
        with self._opened(_name(blob.digest)) as (stream, size):
            if size != blob.size:
                raise InputError.of(
                    f"the blob has {size} bytes, and {blob.size} are expected",
                    where=f"{self.path}: {blob.digest}",
                    advice="the image is truncated or altered",
                )
            yield stream

    def _chosen(self, index: Index, name: str) -> Descriptor:
        """The image that is meant; several entries of one image are one."""
        fitting = {
            each.digest: each for each in index.manifests if not name or each.name == name
        }
        names = sorted({each.name for each in index.manifests if each.name})
        if not fitting:
            what = f"there is no image called {name!r} in it" if name else "there is none in it"
            advice = did_you_mean(name, names) if name else ""
            raise InputError.of(what, where=str(self.path), advice=advice)
        if len(fitting) > 1:
            raise InputError.of(
                "there are several images in it",
                where=str(self.path),
                advice=f"--image says which: {', '.join(names) or 'none of them has a name'}",
            )
        return next(iter(fitting.values()))

    def _collect(self, wanted: Descriptor, found: dict[str, Document], *, depth: int) -> None:
        where = f"{self.path}: {wanted.digest}"
        if depth > _DEEPEST:
            raise InputError.of("its indexes are nested too deep", where=where)
        data = self._read(_name(wanted.digest), LONGEST)
        verify(data, wanted.digest, where=str(self.path))
        content = read_document(data, where=where)
        if isinstance(content, Index):
            for child in content.manifests:
                if child.digest not in found:
                    self._collect(child, found, depth=depth + 1)
        found[wanted.digest] = Document(descriptor=wanted, data=data, content=content)

    def _read(self, name: str, most: int) -> bytes:
        with self._opened(name) as (stream, size):
            if size > most:
                what = "is longer than a manifest can be"
                raise InputError.of(what, where=f"{self.path}: {name}")
            return stream.read()

    @contextmanager
    def _opened(self, name: str) -> Iterator[tuple[BinaryIO, int]]:
        """Open a part, by its name in the layout; tell its size."""
        try:
            if self.members is None:
                stream: BinaryIO = (self.path / name).open("rb")
                size = os.fstat(stream.fileno()).st_size
            else:
                member = self.members[name]
                stream = io.BufferedReader(_Part(self.path.open("rb"), member))
                size = member.size
        except (KeyError, OSError) as error:
            raise InputError.of(
                f"the image lacks its part {name!r}",
                where=str(self.path),
                advice="copy the image once more, whole",
            ) from error
        with stream:
            yield stream, size


class _Part(io.RawIOBase):
    """A part of an archive."""

    def __init__(self, archive: BinaryIO, member: Located) -> None:
        self._archive = archive
        self._left = member.size
        archive.seek(member.offset)

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """Close the archive, too."""
        self._archive.close()
        super().close()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # all that io ever gives
        """Read on; 0 only at the end."""
        data = self._archive.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)


def _located(path: Path) -> dict[str, Located]:
    with path.open("rb") as archive:
        codec = detect_codec(archive)
        if codec != "none":
            raise InputError.of(
                f"is compressed with {codec}",
                advice="decompress it first: its layers are compressed already",
            )
        found: dict[str, Located] = {}
        try:
            for member in locate_tar(archive):
                found[member.path] = member
        except InputError as error:
            if found:
                raise
            raise InputError.of(
                "is no archive of an image",
                advice="'--format oci' makes one; a layout, which is a directory, will do as well",
            ) from error
        return found


def _name(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"
