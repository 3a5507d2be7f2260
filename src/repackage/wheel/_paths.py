"""The rules for the names of the members of a wheel."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.wheel._problems import WheelProblems


def check_paths(paths: Iterable[str], problems: WheelProblems) -> None:
    """Note every path that would escape, every duplicate, and every file used as a directory.

    A path that ends in ``/`` is a directory.
    """
    counted = Counter(paths)
    for path, times in counted.items():
        for what in path_problems(path.removesuffix("/")):
            problems.note(what, member=path, advice="nothing of this wheel can be trusted")
        if times > 1:
            problems.note(f"the archive has {times} members of this name", member=path)
    files = {path for path in counted if not path.endswith("/")}
    above = {parent for path in counted for parent in _parents(path)}
    for path in sorted(files & above):
        problems.note("the path is both a file and a directory", member=path)


def path_problems(path: str) -> list[str]:
    """What is wrong with a relative path, as text; nothing if it stays where it belongs."""
    found = []
    if not path:
        return ["the path is empty"]
    if any(unicodedata.category(character) == "Cc" for character in path):
        found.append("the path has a control character")
    if "\\" in path:
        found.append("the path has a backslash")
    if path.startswith("/"):
        found.append("the path is absolute")
    if path[1:2] == ":" and path[0].isascii() and path[0].isalpha():
        found.append("the path names a drive")
    components = path.lstrip("/").split("/")
    if ".." in components:
        found.append("the path leaves the directory that it is installed into")
    if "." in components or "" in components:
        found.append("the path has an empty component")
    return found


def _parents(path: str) -> Iterable[str]:
    position = path.find("/")
    while position != -1:
        yield path[:position]
        position = path.find("/", position + 1)
