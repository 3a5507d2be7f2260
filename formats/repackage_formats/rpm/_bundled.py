"""What is vendored: ``bundled(python3dist(x)) = v``, by which security trackers find it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import WheelError
from repackage.metadata import parse_metadata
from repackage.tree import read_file
from repackage_formats.rpm._facts import Relation
from repackage_formats.rpm._relations import EQUAL
from repackage_formats.rpm._version import distribution_version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.metadata import Metadata
    from repackage.tree import Tree
    from repackage_formats.rpm._version import Style

_METADATA: Final = re.compile(r".+/[^/]+\.dist-info/METADATA")
#: A text for people is never this big.
_TOO_BIG: Final = 16 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Contained:
    """A distribution that lies in the tree, however deep."""

    path: str
    """Of its METADATA."""
    metadata: Metadata


def contained(tree: Tree) -> tuple[Contained, ...]:
    """Find every distribution of a tree: those that were installed, and what they vendor.

    What is vendored is data to who vendors it: unusable metadata are no reason to fail.
    """
    found: list[Contained] = []
    for file in tree.files:
        if _METADATA.fullmatch(file.path) and file.size <= _TOO_BIG:
            try:
                metadata = parse_metadata(read_file(file), where=file.path)
            except WheelError:
                continue
            found.append(Contained(path=file.path, metadata=metadata))
    return tuple(found)


def beside(found: Iterable[Contained], *, site: str, root: str) -> tuple[Contained, ...]:
    """Leave out the root wheel itself, as it is installed in ``site``."""
    return tuple(
        each
        for each in found
        if each.metadata.name != root or each.path.rsplit("/", 2)[0] != site
    )


def bundled(found: Iterable[Contained], *, style: Style) -> tuple[Relation, ...]:
    """Name what is packaged beside the root wheel (Fedora's bundling policy)."""
    relations = {
        Relation(
            name=f"bundled(python3dist({each.metadata.name}))",
            version=distribution_version(each.metadata.version, style=style),
            flags=EQUAL,
        )
        for each in found
    }
    return tuple(sorted(relations, key=lambda each: (each.name, each.version)))
