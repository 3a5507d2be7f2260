"""The store: what was downloaded, built or verified once is not so again."""

from __future__ import annotations

import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import FetchError, StoreError, WheelError
from repackage.lock import hash_file
from repackage.scratch import temporary_directory
from repackage.store import _items, _upkeep
from repackage.store._disk import move, storing, synchronise
from repackage.store._environment import MOST_PIECES, default_directory, most_pieces
from repackage.store._lock import locked
from repackage.store._pieces import Pieces
from repackage.store._seen import Seen
from repackage.store._shelf import Shelf, key_of
from repackage.wheel import from_json, read_wheel, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.lock import Hash
    from repackage.store._upkeep import Removed, StoreInfo
    from repackage.wheel import Wheel

#: https://bford.info/cachedir/: backup programs leave such a directory out.
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# The cache of repackage.\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """The content-addressed cache on disk, for many threads and processes at once."""

    directory: Path
    """Of this version of the store, inside the cache directory."""
    most_pieces: int = MOST_PIECES
    """Bytes of pieces that a build leaves behind."""

    @classmethod
    def open(cls, directory: Path | None = None, *, limited: bool = True) -> Store:
        """Open the store at a directory, or where the environment or the platform says.

        Who neither adds pieces nor shows their limit need not have it ``limited``.

        Raises:
            StoreError: When the directory cannot be written to.
            UsageError: When the environment limits it by what is no size.
        """
        directory = (directory or default_directory()).absolute()
        limit = most_pieces() if limited else MOST_PIECES
        store = cls(directory=directory / "v1", most_pieces=limit)
        with storing(directory):
            store.scratch_directory.mkdir(parents=True, exist_ok=True)
            tag = directory / "CACHEDIR.TAG"
            if not tag.exists():
                tag.write_text(_TAG, encoding="utf-8")
            with tempfile.TemporaryFile(dir=store.scratch_directory):
                pass
        return store

    @property
    def scratch_directory(self) -> Path:
        """Where temporary files of running processes are."""
        return self.directory / "scratch"

    def shelf(self, kind: str) -> Shelf:
        """The sealed bytes of one kind."""
        return Shelf(directory=self.directory / kind, scratch=self.scratch_directory)

    @property
    def seen(self) -> Seen:
        """Digests of files that have not changed since they were hashed."""
        return Seen(shelf=self.shelf(_items.SEEN))

    @property
    def pieces(self) -> Pieces:
        """Parts of artifacts, kept from one build to the next."""
        return Pieces(
            directory=self.directory / _items.PIECES,
            scratch=self.scratch_directory,
            seals=self.shelf(_items.SEALS),
            seen=self.seen,
        )

    def prepared(self, name: str) -> Path:
        """A directory where a format keeps what it is given besides wheels."""
        path = self.directory / "prepared" / name
        with storing(path):
            path.mkdir(parents=True, exist_ok=True)
        return path

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Lend a temporary directory, in the file system of the store."""
        with storing(self.scratch_directory):
            self.scratch_directory.mkdir(parents=True, exist_ok=True)
        with temporary_directory(self.scratch_directory) as path:
            yield path

    @contextmanager
    def partial(self, key: str) -> Iterator[Path]:
        """Hold the unfinished download of a key, alone among all threads and processes.

        The file need not exist; it is kept when the download is interrupted.
        """
        path = self.directory / "partial" / key_of("partial", key)
        with locked(path.with_suffix(".lock")):
            yield path

    @contextmanager
    def workspace(self, key: str) -> Iterator[Path]:
        """Lend a temporary directory, always the same for a key, to one at a time.

        What is built in it is told its path, and may keep it.
        """
        name = key_of("workspace", key)[:16]
        with locked(self.directory / "partial" / f"{name}.lock"):
            path = self.scratch_directory / name
            with storing(path):
                shutil.rmtree(path, ignore_errors=True)  # of a process that was killed
                path.mkdir(parents=True)
            try:
                yield path
            finally:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def mirror(self, url: str) -> Iterator[Path]:
        """Hold the mirror of a repository, alone among all threads and processes.

        The directory need not exist.
        """
        path = self.directory / _items.MIRRORS / key_of("mirror", url)
        with locked(path.with_suffix(".lock")):
            yield path

    def find(self, hash: Hash | None, filename: str) -> Path | None:  # noqa: A002 - the lock's word
        """The artifact of a digest, if the store holds it undamaged.

        Without a digest there is nothing to recognise an artifact by.
        """
        sha256 = None if hash is None else self._sha256_of(hash)
        if sha256 is None:
            return None
        path = _artifact(self.directory, sha256, filename)
        try:
            found = self.seen.sha256(path)
        except OSError:
            return None
        if found != sha256:
            with storing(path):
                path.unlink(missing_ok=True)
            return None
        return path

    def put(
        self,
        temporary: Path,
        filename: str,
        *,
        hash: Hash | None = None,  # noqa: A002 - the lock's word
    ) -> Path:
        """Move a file of :meth:`scratch` or :meth:`partial` in; return where it is.

        Raises:
            FetchError: When the file has another digest than ``hash``.
        """
        with storing(temporary):
            algorithms = {"sha256"} | ({hash.algorithm} if hash else set())
            digests = hash_file(temporary, algorithms)
            if hash is not None and digests[hash.algorithm] != hash.digest:
                raise FetchError.of(
                    f"{hash.algorithm} {hash.digest} is expected, "
                    f"and the file has {digests[hash.algorithm]}",
                    where=filename,
                    advice="the file was replaced or damaged, or the lock is for another one",
                )
            path = _artifact(self.directory, digests["sha256"], filename)
            synchronise(temporary)
            temporary.chmod(0o444)
            move(temporary, path)
        if hash is not None and hash.algorithm != "sha256":
            alias = key_of("alias", hash.algorithm, hash.digest)
            self.shelf("aliases").write(alias, digests["sha256"].encode())
        return path

    def wheel(self, path: Path) -> Wheel:
        """Read a wheel as :func:`repackage.wheel.read_wheel` does, verifying it only once.

        One whose bytes were :attr:`seen` and verified under this name is not looked into.
        """
        try:
            sha256 = self.seen.sha256(path)
        except OSError:
            return read_wheel(path)  # which says what is wrong with it
        manifests = self.shelf("manifests")
        manifest = manifests.read(key_of("manifest", sha256, path.name))
        if manifest is not None:
            try:
                return from_json(manifest, path)
            except WheelError:  # of another version of this package: written anew below
                pass
        wheel = read_wheel(path)
        if wheel.sha256 == sha256:  # else it changed while it was read, and may be a mixture
            manifests.write(key_of("manifest", sha256, path.name), to_json(wheel))
        return wheel

    def info(self) -> StoreInfo:
        """What the store holds."""
        return _upkeep.info(self.directory, most_pieces=self.most_pieces)

    def prune(
        self,
        *,
        max_age_days: float | None = None,
        max_size: int | None = None,
        kind: str | None = None,
    ) -> Removed:
        """Remove what was not used for some days, then what is above a size in bytes.

        What was used longest ago goes first. Leftovers of interrupted processes go always.
        """
        limits = _upkeep.Limits(max_age_days=max_age_days, max_size=max_size, kind=kind)
        return _upkeep.prune(self.directory, limits)

    def trim(self) -> Removed:
        """Remove pieces of old where there are too many; everything else stays."""
        return _upkeep.trim(self.directory, most_pieces=self.most_pieces)

    def clear(self, *, kind: str | None = None) -> Removed:
        """Remove everything, or all of a kind, but what running processes are about to use."""
        return _upkeep.clear(self.directory, kind=kind)

    def _sha256_of(self, hash: Hash) -> str | None:  # noqa: A002 - the lock's word
        if hash.algorithm == "sha256":
            return hash.digest
        alias = self.shelf("aliases").read(key_of("alias", hash.algorithm, hash.digest))
        return None if alias is None else alias.decode("ascii")


def _artifact(store: Path, sha256: str, filename: str) -> Path:
    """Where an artifact lies, and nowhere else, whatever it is called."""
    if re.fullmatch("[0-9a-f]{64}", sha256) is None:
        raise StoreError.of(f"{sha256!r} is no SHA-256 digest", where=filename)
    if filename in {"", ".", ".."} or re.search(r"[/\\\0]", filename):
        raise StoreError.of(f"{filename!r} is not a plain file name")
    return store / "artifacts" / sha256[:2] / sha256 / filename
