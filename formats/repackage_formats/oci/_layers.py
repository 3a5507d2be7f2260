"""Layers laid one over the other, as a runtime unpacks them.

https://github.com/opencontainers/image-spec/blob/main/layer.md. Nothing is unpacked, so a
link that leads out of the root leads nowhere; it is followed below the root only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.archive import HardLink
from repackage.errors import InputError
from repackage.tree import Directory, Symlink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.tree import Entry

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
#: What is left of aufs: notes of its own, which mean nothing to others.
_AUFS = ".wh..wh."
#: What the kernel allows of symbolic links in one path.
_LINKS = 40


class _Node:
    """A name in the root, and what is below it; without an entry it only leads on."""

    __slots__ = ("below", "entry")

    def __init__(self, entry: Entry | None = None) -> None:
        self.entry = entry
        self.below: dict[str, _Node] = {}


class Root:
    """A root that grows by layers."""

    def __init__(self) -> None:
        self._top = _Node()

    def apply(self, layer: Iterable[Entry | HardLink]) -> None:
        """Lay a layer over what is there: what it takes away first, whatever their order."""
        added = []
        for entry in layer:
            directory, _, name = entry.path.rpartition("/")
            if name == _OPAQUE:
                self._descend(directory).below.clear()
            elif name.startswith(_WHITEOUT):
                if not name.startswith(_AUFS):
                    self._descend(directory).below.pop(name.removeprefix(_WHITEOUT), None)
            elif entry.path:
                added.append(entry)
        for entry in added:
            self._add(entry)

    def __iter__(self) -> Iterator[Entry]:
        """Yield what is there, a directory before what is in it."""
        waiting = [("", self._top)]
        while waiting:
            path, node = waiting.pop()
            if node.entry is not None:
                moved = node.entry.path != path
                yield replace(node.entry, path=path) if moved else node.entry
            prefix = f"{path}/" if path else ""
            waiting += (
                (prefix + name, node.below[name]) for name in sorted(node.below, reverse=True)
            )

    def at(self, path: str) -> Entry | None:
        """What a path itself names, no link followed; a directory that no layer lists, too."""
        node = self._top
        for name in path.split("/"):
            if isinstance(node.entry, Symlink) or name not in node.below:
                return None
            node = node.below[name]
        return node.entry or Directory(path=path, mtime=0)

    def below(self, path: str) -> list[str]:
        """The paths of what is in a directory, links on the way followed."""
        found = self._follow(path)
        return (
            sorted(f"{found[0]}/{name}".lstrip("/") for name in found[1].below) if found else []
        )

    def find(self, path: str) -> Entry | None:
        """What a path leads to, links followed, by the path where that is."""
        found = self._follow(path)
        if found is None:
            return None
        there, node = found
        return replace(node.entry or Directory(path=there, mtime=0), path=there)

    def _follow(self, path: str) -> tuple[str, _Node] | None:
        """Walk a path through links; nothing is made on the way."""
        waiting = path.split("/")[::-1]
        trail: list[tuple[str, _Node]] = [("", self._top)]
        links = 0
        while waiting:
            name = waiting.pop()
            if name == "..":
                trail = trail[:-1] or [("", self._top)]
            if name in {"", ".", ".."}:
                continue
            node = trail[-1][1].below.get(name)
            if node is None:
                return None
            if not isinstance(node.entry, Symlink):
                trail.append((name, node))
                continue
            links += 1
            if links > _LINKS:
                return None
            if node.entry.target.startswith("/"):
                trail = [("", self._top)]
            waiting += node.entry.target.split("/")[::-1]
        return "/".join(name for name, _ in trail[1:]), trail[-1][1]

    def _add(self, entry: Entry | HardLink) -> None:
        directory, _, name = entry.path.rpartition("/")
        below = self._descend(directory).below
        if isinstance(entry, HardLink):
            entry = self._linked(entry)
        if isinstance(entry, Directory) and name in below:
            there = below[name]
            if isinstance(there.entry, Directory | None):
                there.entry = entry
                return
        below[name] = _Node(entry)

    def _linked(self, link: HardLink) -> Entry:
        """Find what a hard link is another name of, in this layer or below it."""
        directory, _, name = link.target.rpartition("/")
        node = self._descend(directory).below.get(name)
        if node is None or node.entry is None or isinstance(node.entry, Directory):
            raise InputError.of(
                f"{link.path!r} is a hard link to {link.target!r}, which is no file",
                advice="the image is altered",
            )
        return replace(node.entry, path=link.path)

    def _descend(self, path: str) -> _Node:
        """Find a directory, through the links on the way, making those that are not there."""
        waiting = path.split("/")[::-1] if path else []
        trail = [self._top]
        links = 0
        while waiting:
            name = waiting.pop()
            if name in {"", "."}:
                continue
            if name == "..":
                trail = trail[:-1] or [self._top]
                continue
            node = trail[-1].below.setdefault(name, _Node())
            if isinstance(node.entry, Symlink):
                links += 1
                if links > _LINKS:
                    raise InputError.of(f"{path!r} has too many links on its way")
                if node.entry.target.startswith("/"):
                    trail = [self._top]
                waiting += node.entry.target.split("/")[::-1]
                continue
            if node.entry is not None and not isinstance(node.entry, Directory):
                node.entry = None  # a directory takes the place of a file
            trail.append(node)
        return trail[-1]
