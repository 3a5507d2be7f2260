"""The files of a package: ``wheels`` and ``sdist``, and what each source allows them."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

from repackage.lock._digest import DIGITS
from repackage.lock._fields import Malformed, Table, converted, name, optional, version
from repackage.lock._model import (
    DirectUrl,
    Git,
    Hash,
    LocalArchive,
    LockedFile,
    RegistryPath,
    RegistryUrl,
    SourceTree,
)

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.lock._digest import Algorithm
    from repackage.lock._model import PackageId

#: Sizes are unsigned and of 64 bits.
_LARGEST = 2**64 - 1
#: Parts of a wheel's name: without and with a variant label, and with a build tag before it.
_PARTS = {5, 6}
_PARTS_AFTER_BUILD = {5, 6, 7}
_HEX = re.compile(r"[0-9a-f]+")
_NOT_PLAIN = re.compile(r"[/\\\0]|^\.\.?$")


def read_wheel(table: Table, *, of: PackageId, key: str) -> LockedFile:
    """Read an entry of ``wheels``."""
    file = _read_file(table, of=of, key=key)
    _check_hash_rule(of, has_hash=file.hash is not None)
    if not ("url" in table or "path" in table or "filename" in table):
        raise Malformed("needs one of url, path and filename")
    check_wheel_name(file.filename, of=of)
    return file


def read_sdist(table: Table, *, of: PackageId, key: str) -> LockedFile:
    """Read the ``sdist``, whose place the source may tell."""
    return _read_file(table, of=of, key=key)


def _read_file(table: Table, *, of: PackageId, key: str) -> LockedFile:
    digest = converted(table, "hash", read_hash)
    size = optional(table, "size", int)
    if size is not None and not 0 <= size <= _LARGEST:
        raise Malformed(f"{size} is not a size", key="size")
    filename, location = _place(table, of)
    check_plain(filename)
    return LockedFile(filename=filename, location=location, hash=digest, size=size, key=key)


def _place(table: Table, of: PackageId) -> tuple[str, str | Path | None]:
    """File name and location; no location where the source does not allow what is written."""
    url = optional(table, "url", str)
    if url and type(of.source) is RegistryUrl and "path" not in table:  # as nearly all are
        return last_segment(url), url
    path, written = optional(table, "path", str), optional(table, "filename", str)
    named = (url and last_segment(url)) or (path and posixpath.basename(path)) or written
    match of.source:
        case RegistryPath(path=index) if url is None and path is not None:
            return named or "", index / path
        case RegistryUrl() | RegistryPath():
            return named or "", url
        case DirectUrl(url=source):
            return named or last_segment(source), source
        case LocalArchive(path=archive):
            return written or archive.name, archive
        case other:
            inside = other.path if isinstance(other, Git) else ""
            return named or posixpath.basename(inside), None


def check_plain(filename: str) -> None:
    """Refuse a file name that leads elsewhere."""
    if _NOT_PLAIN.search(filename):
        raise Malformed(f"{filename!r} is not a plain file name")


def last_segment(url: str) -> str:
    """The last segment of a URL's path, decoded."""
    path = url.partition("#")[0].partition("?")[0] if "#" in url or "?" in url else url
    segment = path.rpartition("/")[2]
    return unquote(segment) if "%" in segment else segment


def read_hash(text: str) -> Hash:
    """Read ``algorithm:digits``."""
    algorithm, _, digest = text.partition(":")
    digest = digest.lower()
    if algorithm not in DIGITS:
        raise ValueError(f"{text!r} is not a hash of a kind that uv writes")
    known = cast("Algorithm", algorithm)
    if len(digest) != DIGITS[known] or not _HEX.fullmatch(digest):
        raise ValueError(f"{text!r} is not {DIGITS[known]} hexadecimal digits long")
    return Hash(algorithm=known, digest=digest)


def _check_hash_rule(of: PackageId, *, has_hash: bool) -> None:
    """A wheel from anywhere but an index must have a hash, one of a tree cannot have one."""
    match of.source:
        case RegistryUrl() | RegistryPath():
            return
        case SourceTree() | Git(path=""):
            if has_hash:
                raise Malformed("a source tree cannot have one", key="hash")
        case DirectUrl() | LocalArchive() | Git():
            if not has_hash:
                raise Malformed("missing: an archive needs one", key="hash")


def check_wheel_name(filename: str, *, of: PackageId) -> None:
    """Refuse a wheel of another project or version (uv does not check the project)."""
    stem, dot, _ = filename.rpartition(".whl")
    parts = stem.split("-")
    counts = _PARTS_AFTER_BUILD if parts[2:] and parts[2][:1].isdigit() else _PARTS
    if not dot or filename[len(stem) :] != ".whl" or len(parts) not in counts or "" in parts:
        raise Malformed(f"{filename!r} is not the name of a wheel")
    try:
        project, found = name(parts[0]), version(parts[1])
    except ValueError as error:
        raise Malformed(f"{filename!r} is not the name of a wheel: {error}") from error
    if project != of.name:
        raise Malformed(f"{filename!r} is a wheel of {project!r}, not of {of.name!r}")
    if found is of.version or of.version is None:  # nearly always: the same text
        return
    if found != of.version and version(found.public) != of.version:
        raise Malformed(f"{filename!r} is not a wheel of version {of.version}")
