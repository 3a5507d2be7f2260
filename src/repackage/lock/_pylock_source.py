"""Where a package of ``pylock.toml`` comes from, and its files."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName

from repackage.lock._artifacts import check_plain, check_wheel_name, last_segment, read_hash
from repackage.lock._fields import Malformed, within
from repackage.lock._model import (
    DirectUrl,
    Git,
    LocalArchive,
    LockedFile,
    PackageId,
    RegistryPath,
    RegistryUrl,
    Source,
    SourceTree,
)
from repackage.lock._sources import COMMIT, GIT_SCHEMES, SCHEME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.markers import Marker
    from packaging.pylock import (
        Package,
        PackageArchive,
        PackageDirectory,
        PackageSdist,
        PackageVcs,
        PackageWheel,
    )

    from repackage.lock._model import Hash
    from repackage.lock._sources import Sources

#: Of several digests of one file, the first of these is checked. sha256 is what the store
#: goes by, what the PEP recommends, and enough.
_PREFERRED = ("sha256", "sha512", "sha384", "blake2b", "md5")
#: hashlib's ``blake2b`` has 512 bits, a lock's 256.
_OTHER_BLAKE2B = re.compile(r"[0-9a-fA-F]{128}")

#: Every variable of PEP 508, with values that each comparison understands.
_ANY_ENVIRONMENT = {
    "implementation_name": "cpython",
    "implementation_version": "3.12.0",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "1",
    "platform_system": "Linux",
    "platform_version": "1",
    "python_full_version": "3.12.0",
    "python_version": "3.12",
    "sys_platform": "linux",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """What a package is taken from."""

    source: Source
    wheels: tuple[LockedFile, ...] = ()
    sdist: LockedFile | None = None


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reads sources and files; relative paths start from the directory of the lock."""

    sources: Sources

    def read(self, package: Package, *, key: str) -> Origin:
        """Read the one source that ``packaging`` has made sure of."""
        if package.vcs is not None:
            with within("vcs"):
                return Origin(source=self._git(package.vcs))
        if package.directory is not None:
            with within("directory"):
                return Origin(source=self._tree(package.directory))
        if package.archive is not None:
            with within("archive"):
                return self._archive(package.archive, package, f"{key}.archive")
        return self._indexed(package, key)

    def _git(self, vcs: PackageVcs) -> Git:
        if vcs.type != "git":
            raise Malformed(
                f"{vcs.type!r} is not supported, only git is",
                key="type",
                advice="build its wheel, and lock that as an archive",
            )
        if not COMMIT.fullmatch(vcs.commit_id):
            raise Malformed(f"{vcs.commit_id!r} is not a full commit", key="commit-id")
        url = vcs.url or self.sources.path(vcs.path or "").as_uri()
        if url.partition(":")[0] not in GIT_SCHEMES:
            raise Malformed(f"{url!r} has no scheme that git sources may have", key="url")
        return Git(
            url=url,
            commit=vcs.commit_id.lower(),
            subdirectory=_below(vcs.subdirectory),
            reference=f"rev={vcs.requested_revision}" if vcs.requested_revision else "",
        )

    def _tree(self, directory: PackageDirectory) -> SourceTree:
        below = _below(directory.subdirectory)
        return SourceTree(
            kind="editable" if directory.editable else "directory",
            path=self.sources.path(f"{directory.path}/{below}"),
        )

    def _archive(self, archive: PackageArchive, package: Package, key: str) -> Origin:
        path = self._path(archive)
        source: DirectUrl | LocalArchive
        if path is not None:
            source, filename = LocalArchive(path=path), path.name
        else:
            url = (archive.url or "").partition("#")[0]
            source = DirectUrl(url=url, subdirectory=_below(archive.subdirectory))
            filename = last_segment(url)
        file = self._file(archive, filename, key)
        if not filename.endswith(".whl"):
            return Origin(source=source, sdist=file)
        check_wheel_name(
            filename, of=PackageId(name=package.name, version=package.version, source=source)
        )
        return Origin(source=source, wheels=(file,))

    def _indexed(self, package: Package, key: str) -> Origin:
        wheels = []
        for number, wheel in enumerate(package.wheels or ()):
            at = f"wheels[{number}]"
            with within(at):
                wheels.append(self._file(wheel, wheel.filename, f"{key}.{at}"))
        sdist = None
        if package.sdist is not None:
            with within("sdist"):
                sdist = self._file(package.sdist, package.sdist.filename, f"{key}.sdist")
        return Origin(
            source=self._index(package.index or ""), wheels=tuple(wheels), sdist=sdist
        )

    def _index(self, index: str) -> RegistryUrl | RegistryPath:
        if not index or SCHEME.match(index):
            return RegistryUrl(url=index)
        return RegistryPath(path=self.sources.path(index))

    def _file(
        self, entry: PackageWheel | PackageSdist | PackageArchive, filename: str, key: str
    ) -> LockedFile:
        check_plain(filename)
        if entry.size is not None and entry.size < 0:
            raise Malformed(f"{entry.size} is not a size", key="size")
        return LockedFile(
            filename=filename,
            location=self._path(entry) or entry.url,
            hash=_hash(entry.hashes),
            size=entry.size,
            key=key,
        )

    def _path(self, entry: PackageWheel | PackageSdist | PackageArchive) -> Path | None:
        """The local file; of one that has a URL too, only if it is there."""
        if not entry.path:
            return None
        path = self.sources.path(entry.path)
        # a directory that cannot be read has no file, and is no error
        return path if not entry.url or os.path.isfile(path) else None  # noqa: PTH113 - see above


def check_marker(marker: Marker, context: Literal["lock_file", "requirement"]) -> str:
    """Check that a marker can be evaluated where it stands; it is kept as text."""
    try:
        marker.evaluate(_ANY_ENVIRONMENT, context=context)
    except (KeyError, UndefinedEnvironmentName) as error:  # packaging 26.1 has the former
        variable = error.args[0] if error.args else "a variable"
        raise Malformed(f"'{marker}' asks for what has no value here: {variable}") from error
    except UndefinedComparison as error:
        raise Malformed(f"'{marker}' cannot be evaluated: {error}") from error
    return str(marker)


def _hash(hashes: Mapping[str, str]) -> Hash:
    """The digest that is checked: the strongest of those that are known."""
    written = {algorithm.lower(): digest for algorithm, digest in hashes.items()}
    if _OTHER_BLAKE2B.fullmatch(written.get("blake2b", "")):
        del written["blake2b"]
    with within("hashes"):
        for algorithm in _PREFERRED:
            if algorithm in written:
                try:
                    return read_hash(f"{algorithm}:{written[algorithm]}")
                except ValueError as error:
                    raise Malformed(str(error), key=algorithm) from error
        raise Malformed(
            f"none is of a kind that is known: {', '.join(written)}",
            advice=f"known: {', '.join(_PREFERRED)}",
        )


def _below(subdirectory: str | None) -> str:
    """The place of a project in its source tree, which it cannot leave."""
    below = PurePosixPath(subdirectory or "")
    if below.is_absolute() or ".." in below.parts:
        raise Malformed(f"{subdirectory!r} leads out of the source tree", key="subdirectory")
    return "" if below == PurePosixPath() else str(below)
