"""The staging root, described: what will be installed, with nothing of this machine in it.

A :class:`Tree` is a sorted sequence of entries. Paths are relative to the root that the
package is installed into, use ``/`` and never start or end with it. Sorted by raw bytes,
a parent comes before its children. A file's bytes are not held: they lie in a wheel of
the store (:class:`Zipped`) unless we made them (:class:`Inline`).
"""

from repackage.tree._content import Inline, Mapped, OnDisk, Packed, Zipped
from repackage.tree._model import (
    Digests,
    Directory,
    Entry,
    File,
    Symlink,
    Tree,
    inline_file,
    origins,
    parents,
    sort_key,
)
from repackage.tree._pulled import pulled
from repackage.tree._reading import open_file, read_file

__all__ = [
    "Digests",
    "Directory",
    "Entry",
    "File",
    "Inline",
    "Mapped",
    "OnDisk",
    "Packed",
    "Symlink",
    "Tree",
    "Zipped",
    "inline_file",
    "open_file",
    "origins",
    "parents",
    "pulled",
    "read_file",
    "sort_key",
]
