"""Distributions that are there: found in a tree, in a directory, or as wheels."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import InputError, Problem, Problems, WheelError
from repackage.metadata import parse_metadata
from repackage.tree import File, Zipped, parents, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from repackage.metadata import Metadata
    from repackage.tree import Entry
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """What ``direct_url.json`` says (PEP 610): it came from a URL, not from an index."""

    url: str
    commit: str = ""
    editable: bool = False
    sha256: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A distribution that is there."""

    metadata: Metadata
    where: str
    """The ``.dist-info`` directory, or the wheel's file name."""
    artifact: Path | None = None
    """The wheel that it came from, if that is at hand."""
    sha256: str = ""
    """Of the artifact, if it is known without reading it."""
    origin: Origin | None = None
    ours: bool = False
    """Whether repackage installed it, which leaves ``direct_url.json`` out."""

    @property
    def name(self) -> str:
        """The normalised name."""
        return str(self.metadata.name)

    def digest(self, algorithm: str) -> str:
        """Digest the artifact as the lock does; empty if it is not at hand."""
        if algorithm == "sha256" and self.sha256:
            return self.sha256
        if self.artifact is None:
            return ""
        digest = hashlib.new(algorithm)
        with self.artifact.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()


def found_wheels(wheels: Iterable[Wheel]) -> list[Found]:
    """Take wheels for what is there."""
    return [
        Found(
            metadata=wheel.metadata,
            where=wheel.filename,
            artifact=wheel.path,
            sha256=wheel.sha256,
            ours=True,
        )
        for wheel in wheels
    ]


def found_entries(
    entries: Mapping[str, Entry], *, digests: Mapping[Path, str] | None = None
) -> list[Found]:
    """Find every ``*.dist-info/METADATA`` of a directory that Python imports from.

    ``digests`` are the SHA-256 of wheels, for a tree that still lies in them.

    Raises:
        InputError: With every METADATA that cannot be read.
    """
    problems = Problems()
    found = [
        _attempt(directory, file, entries, digests or {}, problems=problems)
        for directory, file in _metadata_files(entries).items()
    ]
    problems.raise_if_any(InputError)
    return [one for one in found if one is not None]


def _metadata_files(entries: Mapping[str, Entry]) -> dict[str, File]:
    """Find METADATA by its ``.dist-info`` directory, vendored distributions left out.

    setuptools, for one, has some in ``setuptools/_vendor``: they are part of it.
    """
    files = {}
    for path, entry in entries.items():
        directory, _, name = path.rpartition("/")
        if name == "METADATA" and directory.endswith(".dist-info") and isinstance(entry, File):
            files[directory] = entry
    holders = {posixpath.dirname(directory) for directory in files}
    return {
        directory: file
        for directory, file in files.items()
        if _is_site(posixpath.dirname(directory), holders)
    }


def _is_site(directory: str, holders: set[str]) -> bool:
    """Whether a directory is imported from: by its name, or being the outermost one."""
    if posixpath.basename(directory) in {"site-packages", "dist-packages"} or not directory:
        return True
    return holders.isdisjoint(["", *parents(directory)])


def by_name(found: Iterable[Found]) -> dict[str, list[Found]]:
    """Group what was found by normalised name."""
    grouped: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        grouped[one.name].append(one)
    return grouped


def text_beside(entries: Mapping[str, Entry], directory: str, name: str) -> str | None:
    """Read a file of a ``.dist-info`` directory, if it is there."""
    entry = entries.get(posixpath.join(directory, name))
    return read_file(entry).decode("utf-8", "replace") if isinstance(entry, File) else None


def _attempt(
    directory: str,
    file: File,
    entries: Mapping[str, Entry],
    digests: Mapping[Path, str],
    *,
    problems: Problems,
) -> Found | None:
    try:
        return _found(directory, file, entries, digests)
    except WheelError as error:
        problems.extend(error.problems)
        return None


def _found(
    directory: str, file: File, entries: Mapping[str, Entry], digests: Mapping[Path, str]
) -> Found:
    metadata = parse_metadata(read_file(file), where=file.path)
    installer = text_beside(entries, directory, "INSTALLER") or ""
    artifact = file.content.wheel.path if isinstance(file.content, Zipped) else None
    origin = _origin(text_beside(entries, directory, "direct_url.json"), where=directory)
    known = digests.get(artifact, "") if artifact is not None else ""
    return Found(
        metadata=metadata,
        where=directory,
        artifact=artifact,
        sha256=known or (origin.sha256 if origin else ""),
        origin=origin,
        ours=installer.strip() == "repackage",
    )


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
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WheelError(
            Problem(what="direct_url.json cannot be read", where=where, advice="see PEP 610")
        ) from error
    return Origin(
        url=str(url), commit=str(commit), editable=editable is True, sha256=str(sha256)
    )
