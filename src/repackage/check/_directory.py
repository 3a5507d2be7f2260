"""A root or a venv on this machine's disk, described as a tree would be."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

import deflate

from repackage.errors import InputError
from repackage.tree import Digests, Directory, File, OnDisk, Symlink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.tree import Entry

_CHUNK = 1 << 20


def read_directory(path: Path) -> Iterator[Entry]:
    """Describe what is below a directory, sorted by raw bytes; links are not followed.

    Files are hashed as they are described, and read again only if asked for. Sockets,
    devices and pipes are left out: nothing that is installed is one.

    Raises:
        InputError: It is no directory, or something in it cannot be read.
    """
    try:
        for relative, status in sorted(_walk(path), key=lambda found: os.fsencode(found[0])):
            entry = _describe(path / relative, relative, status)
            if entry is not None:
                yield entry
    except OSError as error:
        raise InputError.of(
            f"it cannot be read: {error.strerror or error}",
            where=str(error.filename or path),
            advice="name a directory that you may read",
        ) from error


def _walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    waiting = [""]
    while waiting:
        directory = waiting.pop()
        with os.scandir(root / directory) as found:
            for item in found:
                relative = f"{directory}/{item.name}" if directory else item.name
                yield relative, item.stat(follow_symlinks=False)
                if item.is_dir(follow_symlinks=False):
                    waiting.append(relative)


def _describe(path: Path, relative: str, status: os.stat_result) -> Entry | None:
    mtime = int(status.st_mtime)
    if stat.S_ISDIR(status.st_mode):
        return Directory(path=relative, mtime=mtime)
    if stat.S_ISLNK(status.st_mode):
        target = os.readlink(path)  # noqa: PTH115 - a Path would tidy the target up
        return Symlink(path=relative, target=target, mtime=mtime)
    if not stat.S_ISREG(status.st_mode):
        return None
    return File(
        path=relative,
        mode=stat.S_IMODE(status.st_mode),
        mtime=mtime,
        size=status.st_size,
        digests=_digest(path),
        content=OnDisk(path=path),
    )


def _digest(path: Path) -> Digests:
    sha256 = hashlib.sha256()
    md5 = hashlib.md5(usedforsecurity=False)
    crc32 = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            md5.update(chunk)
            crc32 = deflate.crc32(chunk, crc32)
    return Digests(sha256=sha256.hexdigest(), md5=md5.hexdigest(), crc32=crc32)
