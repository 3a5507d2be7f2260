"""Which entries a package owns, and what rpm is to do with each of them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase, translate
from functools import cache
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError, Problems
from repackage.tree import Directory, File, Tree, inline_file, sort_key
from repackage_formats.rpm._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.elf import Elf
    from repackage.format import Plan
    from repackage.tree import Entry
    from repackage_formats.rpm._options import Options

# Bits of rpmfileAttrs.
CONFIG: Final = 1 << 0
DOCUMENTATION: Final = 1 << 1
NOREPLACE: Final = 1 << 4
GHOST: Final = 1 << 6
LICENSE: Final = 1 << 7

_LICENSE_FILE: Final = re.compile(
    r".*/[^/]+\.dist-info/((licenses|license_files)/.+|(licen[cs]e|copying|copyright|notice)[^/]*)",
    re.IGNORECASE,
)
_ELF64: Final = 64


def is_system_directory(path: str) -> bool:
    """Whether a directory belongs to the system, and to no package of an application."""
    return _system_directories().fullmatch(path) is not None


@cache
def _system_directories() -> re.Pattern[str]:
    return re.compile(
        "|".join(translate(each) for each in profile("filesystem")["directories"])
    )


def owned(plan: Plan[Options], tree: Tree) -> Tree:
    """Leave out directories of the system, and add what comes to be at run time.

    Raises:
        FormatError: A file is in the tree that is said to come to be later.
    """
    entries = [entry for entry in tree if not _is_foreign(entry)]
    present = {entry.path for entry in tree}
    ghosts = tuple(_ghosts(plan))
    problems = Problems()
    for ghost in ghosts:
        if ghost.path in present:
            problems.add(
                f"{ghost.path!r} is in the tree, so it cannot be a ghost",
                where="ghosts",
                advice="leave it out: what is shipped is owned",
            )
    problems.raise_if_any(FormatError)
    entries += ghosts
    # a package need not own every parent of what it owns
    return Tree(tuple(sorted(entries, key=sort_key)))


def _is_foreign(entry: Entry) -> bool:
    return isinstance(entry, Directory) and is_system_directory(entry.path)


def _ghosts(plan: Plan[Options]) -> Iterator[Entry]:
    """Describe the files of ``ghosts``: nothing of them is shipped."""
    for absolute in dict.fromkeys(plan.options.ghosts):
        yield inline_file(absolute.removeprefix("/"), b"", mtime=plan.epoch)


def file_flags(plan: Plan[Options], tree: Tree, *, ours: Tree) -> dict[str, int]:
    """Say what is configuration, documentation, a licence, or a ghost."""
    shipped = {entry.path for entry in tree}
    found: dict[str, int] = {}
    for entry in ours:
        flags = _flags(plan.options, entry) if entry.path in shipped else GHOST
        if flags:
            found[entry.path] = flags
    return found


def _flags(options: Options, entry: Entry) -> int:
    if not isinstance(entry, File):
        return 0
    path = f"/{entry.path}"
    if _matches(path, options.config):
        return CONFIG | NOREPLACE
    if _LICENSE_FILE.fullmatch(entry.path):
        return LICENSE
    return DOCUMENTATION if _matches(path, options.documentation) else 0


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def file_colors(elves: Iterable[Elf]) -> dict[str, int]:
    """Tell 32 bits (1) from 64 bits (2), for systems that hold both."""
    return {elf.path: 2 if elf.bits == _ELF64 else 1 for elf in elves}
