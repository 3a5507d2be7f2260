"""Finding distributions among entries, as ``importlib.metadata`` would."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, replace
from math import prod
from pathlib import PurePath
from typing import TYPE_CHECKING

from packaging.tags import parse_tag

from repackage.check._egg_info import parse_requires
from repackage.check._found import Found, Origin, Unread, refuse_unread
from repackage.errors import Problem, WheelError
from repackage.metadata import parse_metadata
from repackage.tree import File, OnDisk, Zipped, parents, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from packaging.tags import Tag

    from repackage.metadata import Metadata
    from repackage.tree import Entry

#: What package managers of operating systems write into INSTALLER.
_MANAGERS = frozenset({"debian", "rpm", "dpkg", "apk", "pacman", "portage"})
#: Directories that no Python installer writes to, unless it is told to break the system.
_SYSTEM = re.compile(r"(?:^|/)usr/lib(?:64)?/python3(?:\.\d+)?/(?:site|dist)-packages$")
#: Tags that a line of WHEEL stands for; real ones stand for a dozen.
_MOST_TAGS = 10_000
_SITES = frozenset({"site-packages", "dist-packages"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Inventory:
    """Entries by path, and every distribution among them: reading those takes its time."""

    entries: Mapping[str, Entry]
    found: tuple[Found, ...]
    unread: tuple[Unread, ...]
    """Those whose metadata cannot be read."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Inventory:
        """Look through entries."""
        by_path = {entry.path: entry for entry in entries}
        found, unread = search(by_path)
        return cls(entries=by_path, found=tuple(found), unread=tuple(unread))


def found_entries(
    entries: Mapping[str, Entry], *, digests: Mapping[Path, str] | None = None
) -> list[Found]:
    """Find every distribution in the directories that Python imports from.

    ``digests`` are the SHA-256 of wheels, for a tree that still lies in them.

    Raises:
        InputError: With all metadata that cannot be read.
    """
    found, unread = search(entries, digests=digests)
    refuse_unread(unread, {one.name for one in unread})
    return found


def search(
    entries: Mapping[str, Entry], *, digests: Mapping[Path, str] | None = None
) -> tuple[list[Found], list[Unread]]:
    """Find every distribution, and those that cannot be read apart."""
    attempts = [
        _attempt(directory, file, entries, digests or {})
        for directory, file in metadata_files(entries).items()
    ]
    return (
        _without_twins([one for one in attempts if isinstance(one, Found)]),
        [one for one in attempts if isinstance(one, Unread)],
    )


def metadata_files(entries: Mapping[str, Entry]) -> dict[str, File]:
    """Find metadata by their ``.dist-info`` or ``.egg-info``, vendored ones left out.

    setuptools, for one, has some in ``setuptools/_vendor``: they are part of it.
    """
    files = {}
    for path, entry in entries.items():
        if not isinstance(entry, File):
            continue
        directory, _, name = path.rpartition("/")
        if name == ("METADATA" if directory.endswith(".dist-info") else "PKG-INFO"):
            if directory.endswith((".dist-info", ".egg-info")):
                files[directory] = entry
        elif name.endswith(".egg-info"):  # as distutils installed it
            files[path] = entry
    holders = {posixpath.dirname(directory) for directory in files}
    return {
        directory: file
        for directory, file in files.items()
        if _is_site(posixpath.dirname(directory), holders)
    }


def text_beside(entries: Mapping[str, Entry], directory: str, name: str) -> str | None:
    """Read a file of a ``.dist-info`` directory, if it is there."""
    entry = entries.get(posixpath.join(directory, name))
    return read_file(entry).decode("utf-8", "replace") if isinstance(entry, File) else None


def _is_site(directory: str, holders: set[str]) -> bool:
    """Whether a directory is imported from: by its name, or being the outermost one."""
    if posixpath.basename(directory) in _SITES or not directory:
        return True
    return holders.isdisjoint(["", *parents(directory)])


def _attempt(
    directory: str,
    file: File,
    entries: Mapping[str, Entry],
    digests: Mapping[Path, str],
) -> Found | Unread:
    try:
        return _found(directory, file, entries, digests)
    except WheelError as error:
        return Unread(where=directory, problems=error.problems)


def _found(
    directory: str, file: File, entries: Mapping[str, Entry], digests: Mapping[Path, str]
) -> Found:
    installer = (text_beside(entries, directory, "INSTALLER") or "").strip()
    artifact = file.content.wheel.path if isinstance(file.content, Zipped) else None
    origin = _origin(text_beside(entries, directory, "direct_url.json"), where=directory)
    known = digests.get(artifact, "") if artifact is not None else ""
    return Found(
        metadata=_metadata(directory, file, entries),
        where=directory,
        artifact=artifact,
        sha256=known or (origin.sha256 if origin else ""),
        origin=origin,
        ours=installer == "repackage",
        external=_external(directory, file, entries, installer=installer),
        tags=_tags(text_beside(entries, directory, "WHEEL") or "", where=directory),
    )


def _metadata(directory: str, file: File, entries: Mapping[str, Entry]) -> Metadata:
    metadata = parse_metadata(read_file(file), where=file.path)
    requires = text_beside(entries, directory, "requires.txt")
    if requires is None or not directory.endswith(".egg-info") or metadata.requires_dist:
        return metadata
    return replace(metadata, requires_dist=parse_requires(requires, where=directory))


def _external(
    directory: str, file: File, entries: Mapping[str, Entry], *, installer: str
) -> bool:
    """Whether a package manager installed it.

    Debian leaves INSTALLER out up to release 12 and writes its name since, Fedora writes
    ``rpm``; RECORD is no sign: Debian 12 ships it, though PEP 627 would have it left out.
    """
    if installer:
        return installer in _MANAGERS
    path = file.path
    if isinstance(file.content, OnDisk):
        path = PurePath(file.content.path.absolute()).as_posix()
    depth = directory.count("/") - file.path.count("/") - 1
    site = "/".join(path.split("/")[:depth])
    if _SYSTEM.search(site):
        return True
    if directory.endswith(".egg-info"):  # what 'setup.py install --record' leaves, pip too
        return posixpath.join(directory, "installed-files.txt") not in entries
    return posixpath.join(directory, "RECORD") not in entries


def _expanded(compressed: str) -> Iterable[Tag]:
    """Expand a compressed set of tags (:pep:`425`), of which a line can hold billions."""
    if prod(part.count(".") + 1 for part in compressed.split("-")) > _MOST_TAGS:
        raise ValueError(compressed)
    return parse_tag(compressed)


def _tags(text: str, *, where: str) -> frozenset[Tag]:
    """Read the tags of a WHEEL file."""
    lines = (line.partition(":") for line in text.splitlines())
    try:
        return frozenset(
            tag
            for key, _, value in lines
            if key.strip().lower() == "tag"
            for tag in _expanded(value.strip())
        )
    except ValueError as error:
        raise WheelError(
            Problem(what="a tag of WHEEL cannot be read", where=where, advice="see PEP 425")
        ) from error


def _without_twins(found: Iterable[Found]) -> list[Found]:
    """Drop an ``.egg-info`` beside the ``.dist-info`` of the same version: one installation.

    Debian's cryptography has both.
    """
    listed = list(found)
    real = {
        (one.site, one.name, one.metadata.version)
        for one in listed
        if not one.where.endswith(".egg-info")
    }
    return [
        one
        for one in listed
        if not one.where.endswith(".egg-info")
        or (one.site, one.name, one.metadata.version) not in real
    ]


def _origin(text: str | None, *, where: str) -> Origin | None:
    if text is None:
        return None
    try:
        table = json.loads(text)
        url = table["url"]
        commit = table.get("vcs_info", {}).get("commit_id", "")
        archive = table.get("archive_info", {})
        editable = table.get("dir_info", {}).get("editable", False)
        sha256 = archive.get("hashes", {}).get("sha256", "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WheelError(
            Problem(what="direct_url.json cannot be read", where=where, advice="see PEP 610")
        ) from error
    return Origin(
        url=str(url), commit=str(commit), editable=editable is True, sha256=str(sha256)
    )
