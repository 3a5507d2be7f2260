"""Whether the user that an image runs as is somebody: numbers always are, names if the base says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.errors import Problem
from repackage.tree import File, open_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage_formats.oci._layers import Root

#: A file of users is never so long.
_LONGEST = 1 << 20


def unknown_users(root: Root, user: str) -> Iterator[Problem]:
    """Find names that no runtime could look up: it would not start the image."""
    for name, kind, path in zip(
        user.split(":"), ("user", "group"), ("etc/passwd", "etc/group"), strict=False
    ):
        if not name.isdecimal() and name not in _names(root, path):
            yield Problem(
                what=f"the base has no {kind} {name!r}",
                where="user",
                advice="give numbers, such as '65532:65532'",
            )


def _names(root: Root, path: str) -> set[str]:
    there = root.find(path)
    if not isinstance(there, File):
        return set()
    with open_file(there) as stream:
        lines = stream.read(_LONGEST).decode("utf-8", "replace").splitlines()
    return {line.partition(":")[0] for line in lines}
