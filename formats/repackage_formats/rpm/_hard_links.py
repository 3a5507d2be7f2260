"""Files that are the same, as one file with several names."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.tree import Tree


def hard_links(
    tree: Tree, *, below: str, flags: Mapping[str, int]
) -> tuple[tuple[str, ...], ...]:
    """Find the files below a directory that are the same: content, mode and date.

    Apart stay empty files, and those that rpm treats apart: configuration, licences, ghosts.
    """
    found: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for file in tree.files:
        apart = not file.size or flags.get(file.path)
        if file.path.startswith(f"{below}/") and not apart:
            found[file.digests.sha256, file.mode, file.mtime].append(file.path)
    return tuple(tuple(paths) for paths in found.values() if len(paths) > 1)
