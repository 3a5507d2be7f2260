"""Tar archives read back with the standard library, trusting nothing in them."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, BinaryIO

from repackage.errors import InputError
from repackage.tree import Directory, Symlink, inline_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

    from repackage.tree import Entry

_CHUNK = 1 << 20


def read_tar(stream: BinaryIO) -> Iterator[Entry]:
    """Yield the entries of an uncompressed tar archive, one file's content at a time.

    Refused: paths that leave the root or stand twice, hard links, devices, sparse files,
    damage, and data after the end. A leading ``./`` and the root itself are dropped.
    """
    seen: set[str] = set()
    try:
        with tarfile.open(
            fileobj=stream, mode="r|", tarinfo=_Strict, errors="surrogateescape"
        ) as tar:
            for member in tar:
                path = _path(member.name)
                if path in seen:
                    raise InputError.of(f"{path!r} is in the archive twice")
                seen.add(path)
                if path:
                    yield _entry(tar, member, path)
    except tarfile.TarError as error:
        raise InputError.of(
            f"damaged tar archive: {error}", advice="the file is truncated or altered"
        ) from error
    while chunk := stream.read(_CHUNK):
        if chunk.strip(b"\0"):
            raise InputError.of("there are data after the end of the tar archive")


class _Strict(tarfile.TarInfo):
    """A header; unlike ``tarfile``'s own, a bad one is never taken for the end."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.HeaderError as error:
            # the one good end, two blocks of zeros; its class has no public name in the stubs
            if type(error).__name__ == "EOFHeaderError":
                raise
            raise tarfile.ReadError(str(error)) from error


def _path(name: str) -> str:
    if name in {".", "./"}:
        return ""
    path = name.removeprefix("./").removesuffix("/")
    if {"", ".", ".."} & set(path.split("/")):
        raise InputError.of(
            f"{name!r} is not a path below the root", advice="do not unpack this archive"
        )
    return path


def _entry(tar: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> Entry:
    mtime = int(member.mtime)
    if member.isdir():
        return Directory(path=path, mtime=mtime)
    if member.issym():
        return Symlink(path=path, target=member.linkname, mtime=mtime)
    content = tar.extractfile(member) if member.isreg() and not member.issparse() else None
    if content is None:
        raise InputError.of(f"{path!r} is neither a file, a directory nor a symbolic link")
    data = content.read()
    return inline_file(path, data, mtime=mtime, mode=member.mode & 0o7777)
