"""One more file in a tree that is staged already: what the package says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.errors import StageError
from repackage.stage._dates import held
from repackage.tree import Directory, Tree, inline_file, parents
from repackage.wheel import OLDEST

if TYPE_CHECKING:
    from repackage.tree import Entry


def add(tree: Tree, path: str, data: bytes, *, epoch: int) -> Tree:
    """Add a file that belongs to the package itself; its dates follow the rules of `stage`.

    Raises:
        StageError: The place, or one above it, is taken.
    """
    by_path: dict[str, Entry] = {entry.path: entry for entry in tree}
    date = held(epoch, epoch=epoch)
    taken = by_path.get(path)
    for above in parents(path):
        there = by_path.get(above)
        if isinstance(there, Directory | None):
            by_path[above] = _shared(there, path=above, date=date)
        else:
            taken = there
    if taken is not None:
        raise StageError.of(
            f"{taken.origin or 'the package'} has an entry where the package itself writes"
            f" {path!r}",
            where=taken.path,
            advice="a wheel must not bring it",
        )
    by_path[path] = inline_file(path, data, mtime=date)
    return Tree.of(list(by_path.values()))


def _shared(there: Directory | None, *, path: str, date: int) -> Directory:
    """A directory that something of the package itself is below, from now on."""
    if there is None:
        return Directory(path=path, mtime=date)
    return there if not there.origin else Directory(path=path, mtime=OLDEST)
