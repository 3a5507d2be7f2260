"""What makes a prefix a virtual environment, and its commands reachable."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from repackage.errors import Problem
from repackage.tree import Symlink, inline_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.format import Layout
    from repackage.target import Target
    from repackage.tree import Entry

#: Where everybody's programs are: no place for another ``python`` (trap T36).
_PUBLIC = frozenset({"bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin"})


def venv(layout: Layout, target: Target, *, mtime: int) -> list[Entry]:
    """Write ``pyvenv.cfg`` (PEP 405) and the links that are the interpreter.

    ``version`` stops at the minor release: the system updates the rest by itself.
    """
    if not layout.venv:
        return []
    home = posixpath.dirname(layout.base_interpreter)
    lines = (
        f"home = {home}",
        "include-system-site-packages = false",
        f"version = {target.python.release}",
    )
    text = "".join(f"{line}\n" for line in lines)
    python, base = f"{layout.scripts}/python", layout.base_interpreter.removeprefix("/")
    major, release = target.python.major, target.python.release
    return [
        inline_file(f"{layout.venv}/pyvenv.cfg", text.encode(), mtime=mtime),
        Symlink(path=python, target=_link(layout.scripts, base), mtime=mtime),
        Symlink(path=f"{python}{major}", target="python", mtime=mtime),
        Symlink(path=f"{python}{release}", target="python", mtime=mtime),
    ]


def misplaced(layout: Layout) -> list[Problem]:
    """Find an environment whose ``python`` everybody, or it itself, would take for the system's."""
    if not layout.venv:
        return []
    base = posixpath.dirname(layout.base_interpreter).removeprefix("/")
    if layout.scripts != base and layout.scripts not in _PUBLIC:
        return []
    return [
        Problem(
            what=f"an environment in /{layout.venv} would take the place of the system's Python",
            advice="choose a prefix of its own, such as /opt/app",
        )
    ]


def commands(layout: Layout, scripts: Iterable[str], *, mtime: int) -> list[Entry]:
    """Link the commands of the package to its scripts."""
    if not layout.commands:
        return []
    return [
        Symlink(
            path=f"{layout.commands}/{posixpath.basename(script)}",
            target=_link(layout.commands, script),
            mtime=mtime,
        )
        for script in scripts
    ]


def _link(directory: str, target: str) -> str:
    """Point relatively within a top-level directory, absolutely out of it.

    See Debian policy 10.5: so the link holds when either directory is itself a link.
    """
    if directory.partition("/")[0] != target.partition("/")[0]:
        return f"/{target}"
    return posixpath.relpath(f"/{target}", f"/{directory}")
