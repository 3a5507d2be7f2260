"""What the tree knows of each distribution in it: metadata, licences, places."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.metadata import parse_metadata
from repackage.tree import origins, parents, read_file

if TYPE_CHECKING:
    from repackage.metadata import Metadata
    from repackage.tree import File, Tree

_LICENSE: Final = re.compile(
    r"/(licenses|license_files)/.+|/(licen[cs]e|copying|copyright|notice)[^/]*", re.IGNORECASE
)
#: A text for people is never this big.
_TOO_BIG: Final = 16 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """One distribution of the tree."""

    name: str
    metadata: Metadata
    date: int
    """When its wheel was made, in seconds since the epoch."""
    licenses: tuple[File, ...]
    places: tuple[str, ...]
    """Directories and files that are its alone, as few as possible."""


def distributions(tree: Tree, *, site: str) -> tuple[Distribution, ...]:
    """List the distributions that are installed into ``site``, sorted by name.

    What a distribution has vendored, with a ``.dist-info`` deeper down, is part of it.
    """
    places = _places(tree)
    found: list[Distribution] = []
    for info, files in _by_info(tree, site).items():
        for file in files:
            if file.path != f"{info}/METADATA":
                continue
            metadata = parse_metadata(read_file(file), where=file.path)
            found.append(
                Distribution(
                    name=metadata.name,
                    metadata=metadata,
                    date=file.mtime,
                    licenses=tuple(f for f in files if _LICENSE.fullmatch(f.path, len(info))),
                    places=tuple(places[file.origin]),
                )
            )
    return tuple(sorted(found, key=lambda distribution: distribution.name))


def _by_info(tree: Tree, site: str) -> dict[str, list[File]]:
    """Group the files below each ``.dist-info`` directory of a site directory."""
    inside = re.compile(rf"(?P<info>{re.escape(site)}/[^/]+\.dist-info)/.+")
    found: dict[str, list[File]] = defaultdict(list)
    for file in tree.files:
        match = inside.fullmatch(file.path)
        if match is not None and file.size <= _TOO_BIG:
            found[match["info"]].append(file)
    return found


def _places(tree: Tree) -> dict[str, list[str]]:
    """Find, for each origin, the topmost directories that hold nothing of another one."""
    owners = origins(tree.files)
    topmost: dict[str, str | None] = {}
    places: dict[str, dict[str, None]] = defaultdict(dict)
    for file in tree.files:
        directory, slash, _ = file.path.rpartition("/")
        if directory not in topmost:
            above = parents(directory + slash)
            topmost[directory] = next((d for d in above if len(owners[d]) == 1), None)
        alone = topmost[directory]
        places[file.origin][file.path if alone is None else f"{alone}/*"] = None
    return {origin: list(found) for origin, found in places.items()}
