"""Editable installations: what is installed is a pointer to a source tree."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from repackage.check._search import text_beside
from repackage.tree import File, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from repackage.check._found import Found
    from repackage.tree import Entry

_POINTERS = ("__editable__", "_editable_impl_", "__editables_")


def editable(one: Found, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Say why a distribution is an editable one, at most once.

    PEP 610 has a field for it; without that file, the pointers of PEP 660 tell.
    """
    if one.origin is not None and one.origin.editable:
        yield f"it is an editable installation of {one.origin.url}"
        return
    pointer = next(_pointers(one, entries), None)
    if pointer is not None:
        yield f"it is an editable installation: {pointer} points to a source tree"


def _pointers(one: Found, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Find the ``.pth`` and ``.start`` files of a distribution that name a directory."""
    site = posixpath.dirname(one.where)
    listed = (text_beside(entries, one.where, "RECORD") or "").splitlines()
    for name in sorted(line.rsplit(",", 2)[0] for line in listed):
        if "/" in name or not name.endswith((".pth", ".start")):
            continue
        path = posixpath.join(site, name)
        entry = entries.get(path)
        if name.startswith(_POINTERS):
            yield path
        elif isinstance(entry, File):
            lines = read_file(entry).decode("utf-8", "replace").splitlines()
            if any(line.startswith("/") for line in lines):
                yield path
