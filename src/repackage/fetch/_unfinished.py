"""What has arrived of an artifact: a file of the store that a further try goes on with."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import StoreError
from repackage.fetch._digest import digest_into, hasher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import FileIO
    from pathlib import Path

    from repackage.fetch._model import Download
    from repackage.lock import Digest


@dataclass(slots=True)
class Unfinished:
    """What has arrived of an artifact so far."""

    path: Path
    download: Download
    running: Digest
    size: int = 0
    validator: str = ""
    """Of the server's file that the bytes are from (``If-Range``); empty if unknown."""
    resumed: bool = False
    """Whether bytes are from an earlier run, or from a reply that could not be validated."""

    @classmethod
    def at(cls, path: Path, download: Download) -> Unfinished:
        """Take up what an earlier run left; only a digest can tell that it is still good."""
        self = cls(path, download, hasher(download.hash))
        if download.hash is None:
            path.unlink(missing_ok=True)
        elif path.exists():
            self.size = digest_into(self.running, path)
            self.resumed = self.size > 0
        if self.size > download.limit:
            self.reset()
        return self

    @property
    def complete(self) -> bool:
        """Whether all the bytes that the lock knows of are here."""
        return self.size == self.download.size and self.size > 0

    @property
    def doubtful(self) -> bool:
        """Whether nobody could tell if the rest belonged to the same file."""
        return self.size > 0 and self.download.hash is None and not self.validator

    def reset(self) -> None:
        """Begin again with nothing."""
        self.path.unlink(missing_ok=True)
        self.running = hasher(self.download.hash)
        self.size, self.validator, self.resumed = 0, "", False

    def headers(self) -> Mapping[str, str]:
        """Ask for the rest, of the same file."""
        if self.size == 0:
            return {}
        headers = {"Range": f"bytes={self.size}-"}
        if self.validator:
            headers["If-Range"] = self.validator
        return headers

    @contextmanager
    def open(self) -> Iterator[Sink]:
        """Append to it; a full disk, or one that cannot be written, is the store's error."""
        try:
            with self.path.open("ab", buffering=0) as file:
                yield Sink(self, file)
        except OSError as error:
            raise StoreError.of(
                f"cannot be written: {error.strerror or error}",
                where=str(self.path.parent),
                advice="make room, or choose another place with --cache-dir",
            ) from error


@dataclass(frozen=True, slots=True)
class Sink:
    """Writes what arrives, and digests it on the way."""

    unfinished: Unfinished
    file: FileIO

    def write(self, chunk: bytes) -> None:
        """Write all of it, or raise."""
        view = memoryview(chunk)
        while view:
            view = view[self.file.write(view) :]
        self.unfinished.running.update(chunk)
        self.unfinished.size += len(chunk)
