"""What a distribution would be built from: an archive, a commit, a source tree."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from repackage.lock import (
    DirectUrl,
    Git,
    LocalArchive,
    LockedFile,
    RegistryPath,
    RegistryUrl,
    SourceTree,
)

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.lock import LockedPackage

#: Suffixes of the source archives that an index may have, as uv knows them.
_SUFFIXES = (
    ".tar.gz", ".zip", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz",
    ".tar.lz", ".tar.lzma", ".tar.zst",
)  # fmt: skip
#: Those that a source distribution may have (PEP 625 and its predecessors).
_STANDARD = (".tar.gz", ".zip")


def is_wheel(package: LockedPackage) -> bool:
    """Whether the source of a package is itself a wheel: there is nothing to build."""
    match package.id.source:
        case DirectUrl(url=path) | Git(path=path):
            return path.partition("?")[0].endswith(".whl")
        case LocalArchive(path=archive):
            return archive.name.endswith(".whl")
        case RegistryUrl() | RegistryPath() | SourceTree():
            return False


def has_source(package: LockedPackage) -> bool:
    """Whether there is anything to build a package from."""
    match package.id.source:
        case RegistryUrl() | RegistryPath():
            return package.sdist is not None
        case _:
            return not is_wheel(package)


def sdist_of(package: LockedPackage) -> LockedFile | None:
    """The archive that a package is built from; None for a source tree and a commit.

    Of an archive by URL or path the lock need not say more than the source.
    """
    match package.id.source:
        case DirectUrl(url=url):
            name, location = posixpath.basename(url.partition("?")[0]), url
            return package.sdist or _archive(package, name, location)
        case LocalArchive(path=path):
            return package.sdist or _archive(package, path.name, path)
        case Git(path=path) if path:
            return package.sdist or _archive(package, posixpath.basename(path), None)
        case RegistryUrl() | RegistryPath():
            return package.sdist
        case Git() | SourceTree():
            return None


def flaw_of(package: LockedPackage) -> str:
    """Why what there is cannot be built; empty if it can."""
    sdist = sdist_of(package)
    match package.id.source:
        case DirectUrl() | LocalArchive() if sdist and not sdist.filename.endswith(_STANDARD):
            return "is neither .tar.gz nor .zip"
        case RegistryUrl() | RegistryPath() if sdist and sdist.location is None:
            return "has no location"
        case RegistryUrl() | RegistryPath() if sdist and not sdist.filename.endswith(_SUFFIXES):
            return "is no archive that is known"
        case _:
            return ""


def _archive(package: LockedPackage, name: str, location: str | Path | None) -> LockedFile:
    return LockedFile(
        filename=unquote(name), location=location, hash=None, size=None, key=package.key
    )
