"""Which layer each file is in: what changes seldom below, what changes often on top.

Decided from the lock alone: a distribution that the lock has from an index, from a commit or
from an archive is a dependency, one from a source tree is a member of the workspace, and the
wheel itself is the application. Large dependencies have a layer each, so that a new version of
one does not bring the others anew. A layer lists the directories above its files by itself,
each with the one date that depends on nothing: so its bytes depend on nothing but its files.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.closure import FromSource
from repackage.lock import SourceTree
from repackage.tree import Directory, Tree, parents
from repackage.wheel import OLDEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from repackage.closure import Pin
    from repackage.format import Plan
    from repackage.tree import Entry
    from repackage_formats.oci._options import Options

#: The size of a wheel from which a layer of its own is worth a request more.
LARGE = 1 << 20

_OTHERS = "dependencies"
_MEMBERS = "members of the workspace"
_APPLICATION = "application"
_ORDER = (_OTHERS, _MEMBERS, _APPLICATION)


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one layer holds."""

    title: str
    tree: Tree


def split(
    plan: Plan[Options], tree: Tree, *, has: Callable[[str], bool] = lambda _: False
) -> list[Share]:
    """Divide a tree into layers, the lowest first; directories that the base ``has`` are in none."""
    places = layer_of(plan)
    grouped: dict[str, list[Entry]] = defaultdict(list)
    leaves = _leaves(tree)
    for entry in leaves:
        grouped[places.get(entry.origin, _APPLICATION)].append(entry)
    dependencies = sorted(set(grouped) - set(_ORDER))
    titles = [*dependencies, *(title for title in _ORDER if title in grouped)]
    return [Share(title=title, tree=rooted(grouped[title], has=has)) for title in titles]


def layer_of(plan: Plan[Options]) -> dict[str, str]:
    """Name the layer of each distribution that is not in the application's."""
    budget = plan.options.layers
    if budget == 1:
        return {}
    pins = [pin for pin in plan.closure.pins if pin.name != plan.closure.root.name]
    members = {str(pin.name) for pin in pins if isinstance(pin.source, SourceTree)}
    dependencies = [pin for pin in pins if str(pin.name) not in members]
    apart = budget > len(_ORDER) - 1
    places = {name: _MEMBERS for name in members if apart}
    left = budget - 1 - bool(places) - 1  # the application's, the members', the others'
    large = _large(plan, dependencies)
    if len(large) == len(dependencies) == left + 1:
        left += 1  # there are no others
    own = {str(pin.name): f"{pin.name} {pin.version}" for pin in large[:left]}
    return {**places, **{str(p.name): own.get(str(p.name), _OTHERS) for p in dependencies}}


def _large(plan: Plan[Options], pins: Iterable[Pin]) -> list[Pin]:
    """Find the dependencies that are worth a layer, the largest first."""
    sizes = {pin.name: _size(pin, plan) for pin in pins}
    large = [pin for pin in pins if sizes[pin.name] >= LARGE]
    return sorted(large, key=lambda pin: (-sizes[pin.name], pin.name))


def _size(pin: Pin, plan: Plan[Options]) -> int:
    """How large a wheel is, by the lock: by its size there, or by its hash, which the file has."""
    if isinstance(pin.artifact, FromSource):
        return 0
    if pin.artifact.size is not None:
        return pin.artifact.size
    found = plan.wheels.get(pin.name)
    return found.stat().st_size if found else 0


def _leaves(tree: Tree) -> list[Entry]:
    """Leave out the directories that have something in them."""
    inner = {entry.path.rpartition("/")[0] for entry in tree}
    return [e for e in tree if not (isinstance(e, Directory) and e.path in inner)]


def rooted(entries: Iterable[Entry], *, has: Callable[[str], bool]) -> Tree:
    """Make a tree of entries and the directories above them, but those that the base has.

    Such a one would change the directory's mode, and take the place of a link to one.
    """
    listed: dict[str, Entry] = {}
    for entry in entries:
        for path in parents(entry.path):
            if path not in listed and not has(path):
                listed[path] = Directory(path=path, mtime=OLDEST)
        if isinstance(entry, Directory):
            if not has(entry.path):
                listed[entry.path] = Directory(path=entry.path, mtime=OLDEST)
        else:
            listed[entry.path] = entry
    return Tree(tuple(listed[path] for path in sorted(listed, key=_raw)))


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
