"""Source distributions as trees: unpacked as if whoever made them were hostile.

``tarfile``'s filters (PEP 706) are not in every version of Python that is supported, and
have been led out of their directory more than once. The rules here are stricter, and the
same everywhere: regular files, directories and links only, all below one directory, and
nothing is ever written below or through a link.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import posixpath
import stat
import tarfile
import zipfile
import zlib
from calendar import timegm
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, cast

from repackage.errors import FetchError
from repackage.wheel import OLDEST

if TYPE_CHECKING:
    from pathlib import Path

#: Suffixes of source distributions: of today (PEP 625), and of old ones that an index may have.
_GZIP, _BZIP2 = (".tar.gz", ".tgz"), (".tar.bz2", ".tbz")
_LZMA = (".tar.xz", ".txz", ".tar.lzma", ".tlz")
_TAR, _ZIP = ".tar", ".zip"
SUFFIXES = (*_GZIP, *_BZIP2, *_LZMA, _TAR, _ZIP)

#: The most that an archive may unpack to.
LARGEST = 4 << 30
MOST = 500_000

_CHUNK = 1 << 20


class _Hostile(Exception):  # noqa: N818 - becomes a FetchError, with the archive's name
    """A member that is not unpacked, nor anything with it."""


def unpack(archive: Path, into: Path) -> tuple[Path, int]:
    """Unpack an sdist below ``into``; return its one directory and its newest date.

    Raises:
        FetchError: It is no sdist, is damaged, or wants to be elsewhere.
    """
    if not archive.name.endswith(SUFFIXES):
        raise FetchError.of(
            "not a source distribution that can be read",
            where=archive.name,
            advice=".tar.gz and .zip are; supply a wheel with --find-links",
        )
    into.mkdir(parents=True, exist_ok=True)
    try:
        return _unpack(archive, _Unpacking(into))
    except _Hostile as hostile:
        raise FetchError.of(
            f"not unpacked: {hostile}",
            where=archive.name,
            advice="supply a wheel with --find-links, if this is trusted",
        ) from hostile
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        ValueError,
    ) as error:
        raise FetchError.of(f"is damaged: {error}", where=archive.name) from error
    except (OSError, NotImplementedError, RuntimeError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FetchError.of(f"cannot be unpacked: {reason}", where=archive.name) from error


@dataclass(slots=True)
class _Unpacking:
    """What was written so far."""

    into: Path
    newest: int = OLDEST
    size: int = 0
    files: dict[str, Path] = field(default_factory=dict)
    directories: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)
    """Made last, when nothing can be written through them any more."""

    def name(self, written: str) -> str:
        """The place of a member, refusing every one but below one directory."""
        if written.startswith("/") or "\\" in written or "\0" in written:
            raise _Hostile(f"{written!r} is no relative path")
        parts = [part for part in written.split("/") if part not in {"", "."}]
        if ".." in parts:
            raise _Hostile(f"{written!r} leads out of it")
        name = "/".join(parts)
        if len(self.files) + len(self.directories) + len(self.links) > MOST:
            raise _Hostile(f"it has more than {MOST} members")
        self._refuse_clash(name)
        return name

    def add_directory(self, name: str) -> None:
        """Make a directory, and those above it."""
        while name and name not in self.directories:
            self.directories.add(name)
            (self.into / name).mkdir(parents=True, exist_ok=True)
            name = posixpath.dirname(name)

    def add_file(self, name: str, content: IO[bytes], *, executable: bool, date: int) -> None:
        """Write a file; a later member of the same name takes its place."""
        self.add_directory(posixpath.dirname(name))
        path = self.into / name
        with path.open("wb") as file:
            while data := content.read(_CHUNK):
                self.size += len(data)
                if self.size > LARGEST:
                    raise _Hostile(f"it is larger than {LARGEST} bytes")
                file.write(data)
        path.chmod(0o755 if executable else 0o644)
        date = min(max(date, OLDEST), 0xFFFFFFFF)
        os.utime(path, (date, date))
        self.newest = max(self.newest, date)
        self.files[name] = path

    def add_link(self, name: str, target: str) -> None:
        """Note a symbolic link, whose target may only climb before it descends."""
        steps = [step for step in target.split("/") if step not in {"", "."}]
        climbs = sum(step == ".." for step in steps)
        depth = name.count("/") - 1  # its own directory, below the one at the top
        if target.startswith("/") or ".." in steps[climbs:] or climbs > depth:
            raise _Hostile(f"the link {name!r} leads out of it, to {target!r}")
        self.add_directory(posixpath.dirname(name))
        self.links[name] = target

    def finish(self) -> tuple[Path, int]:
        """Make the links; return the directory that everything is in."""
        tops = {
            name.partition("/")[0] for name in (*self.files, *self.directories, *self.links)
        }
        if len(tops) != 1 or tops & {*self.files, *self.links}:
            raise _Hostile("an sdist has all of its files in one directory")
        for name, target in self.links.items():
            (self.into / name).symlink_to(target)
        return self.into / tops.pop(), self.newest

    def _refuse_clash(self, name: str) -> None:
        """Refuse to write over a link, below a link or a file, or a file over a directory."""
        if name in self.links:
            raise _Hostile(f"{name!r} is there twice, once as a link")
        above = posixpath.dirname(name)
        while above:
            if above in self.links or above in self.files:
                raise _Hostile(f"{name!r} is below {above!r}, which is no directory")
            above = posixpath.dirname(above)


def _unpack(archive: Path, unpacking: _Unpacking) -> tuple[Path, int]:
    if archive.name.endswith(_ZIP):
        with zipfile.ZipFile(archive) as zipped:
            _unpack_zip(zipped, unpacking)
    else:
        with _opened(archive) as stream:
            with tarfile.open(fileobj=stream, mode="r:") as tar:
                _unpack_tar(tar, unpacking)
            _read_out(stream)
    return unpacking.finish()


def _unpack_tar(tar: tarfile.TarFile, unpacking: _Unpacking) -> None:
    for member in tar:
        name = unpacking.name(member.name)
        if member.isdir():
            if name in unpacking.files:
                raise _Hostile(f"{name!r} is a file and a directory")
            unpacking.add_directory(name)
        elif not name or name in unpacking.directories:
            raise _Hostile(f"{member.name!r} is a directory and something else")
        elif member.issym():
            if name in unpacking.files:
                raise _Hostile(f"{name!r} is there twice, once as a link")
            unpacking.add_link(name, member.linkname)
        elif member.islnk():
            linked = unpacking.files.get(unpacking.name(member.linkname))
            if linked is None:
                raise _Hostile(f"{name!r} is a hard link to {member.linkname!r}, no file of it")
            _copy(linked, name, unpacking)
        elif member.isreg() and (content := tar.extractfile(member)) is not None:
            executable = bool(member.mode & 0o111)
            unpacking.add_file(name, content, executable=executable, date=int(member.mtime))
        else:
            raise _Hostile(f"{name!r} is no file, directory or link")


def _opened(archive: Path) -> IO[bytes]:
    """The tar in an archive, whatever it is compressed with."""
    if archive.name.endswith(_GZIP):
        return cast("IO[bytes]", gzip.open(archive))
    if archive.name.endswith(_BZIP2):
        return cast("IO[bytes]", bz2.open(archive))
    if archive.name.endswith(_LZMA):
        return cast("IO[bytes]", lzma.open(archive))
    return archive.open("rb")


def _read_out(stream: IO[bytes]) -> None:
    """Read what follows the last member: only at the end do codecs tell of damage."""
    size = 0
    while data := stream.read(_CHUNK):
        size += len(data)
        if size > LARGEST:
            raise _Hostile(f"it is larger than {LARGEST} bytes")


def _copy(linked: Path, name: str, unpacking: _Unpacking) -> None:
    """Turn a hard link into a file of its own."""
    status = linked.stat()
    if unpacking.into / name == linked:
        raise _Hostile(f"{name!r} is a hard link to itself")
    with linked.open("rb") as content:
        executable = bool(status.st_mode & 0o111)
        unpacking.add_file(name, content, executable=executable, date=int(status.st_mtime))


def _unpack_zip(zipped: zipfile.ZipFile, unpacking: _Unpacking) -> None:
    for member in zipped.infolist():
        name = unpacking.name(member.filename)
        mode = member.external_attr >> 16
        if member.is_dir():
            unpacking.add_directory(name)
        elif not name or name in unpacking.directories:
            raise _Hostile(f"{member.filename!r} is a directory and something else")
        elif stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
            raise _Hostile(f"{name!r} is no file or directory")
        else:
            with zipped.open(member) as content:
                executable = bool(mode & 0o111)
                date = timegm((*member.date_time, 0, 0, 0))
                unpacking.add_file(name, content, executable=executable, date=date)
