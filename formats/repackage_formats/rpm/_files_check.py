"""What rpm cannot hold of a tree: told before a byte is written, all of it at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError, Problems
from repackage.tree import Symlink
from repackage_formats.rpm._files_encode import file_size
from repackage_formats.rpm._header_encode import MOST_ELEMENTS
from repackage_formats.rpm._header_tags import LARGE

if TYPE_CHECKING:
    from repackage.tree import Entry, Tree
    from repackage_formats.rpm._distributions import Rpm

#: rpmcpio.c: the longest name in a payload, which begins with "." and "/".
_LONGEST: Final = 4096 - 2
#: PATH_MAX of Linux, with the zero at the end.
_LONGEST_TARGET: Final = 4095
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def check_files(tree: Tree, rpm: Rpm | None = None) -> None:
    """Refuse names, links, dates and sizes that rpm cannot hold; ``rpm`` is the target's.

    Raises:
        FormatError: With every problem, each with its origin.
    """
    problems = Problems()
    entries = tree.entries
    if len(entries) > MOST_ELEMENTS:
        problems.add(
            f"there are {len(entries)} files, and rpm has numbers for {MOST_ELEMENTS}",
            advice="make packages of parts of the application",
        )
    for entry in entries:
        for what, advice in _problems(entry):
            problems.add(what, where=entry.origin, advice=advice)
        if rpm is not None and file_size(entry) >= LARGE and not rpm.can("large files"):
            problems.add(
                f"{entry.path!r} has {file_size(entry)} bytes, and rpm {rpm.version} of the"
                " target takes 4 GiB",
                where=entry.origin,
                advice="leave it out, or choose a newer target",
            )
    problems.raise_if_any(FormatError)


def _problems(entry: Entry) -> list[tuple[str, str]]:
    found = _name_problems(entry.path, most=_LONGEST)
    if isinstance(entry, Symlink):
        advice = f"{entry.path!r} leads there"
        found += [
            (what, advice) for what, _ in _name_problems(entry.target, most=_LONGEST_TARGET)
        ]
        if not entry.target:
            found.append((f"{entry.path!r} leads nowhere", "a link needs a target"))
    if not 0 <= entry.mtime <= LARGE:
        found.append((f"{entry.path!r} has the date {entry.mtime}", "rpm ends in 2106"))
    return found


def _name_problems(path: str, *, most: int) -> list[tuple[str, str]]:
    if _SURROGATE.search(path):
        return [(f"rpm cannot hold the path {path!r}", "names of files must be UTF-8")]
    if _CONTROL.search(path):
        return [
            (
                f"rpm cannot hold the path {path!r}",
                "no name of a file may have control characters",
            )
        ]
    length = len(path.encode())
    if length > most:
        return [(f"the path {path[:60]!r}… has {length} bytes", f"rpm takes {most}")]
    return []
