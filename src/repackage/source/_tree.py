"""A source tree of this machine, copied: building in a copy leaves the original clean."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from repackage.errors import FetchError
from repackage.lock import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What tools leave behind in a tree, and what no wheel is made of.
_LEFT_OUT = frozenset(
    {
        ".git", ".hg", ".svn", ".bzr", "__pycache__", ".tox", ".nox", ".venv",
        ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis",
    }
)  # fmt: skip

#: What setuptools leaves at the top and takes up again, be it stale or not; and artifacts.
_STALE = (
    "build/lib", "build/lib.*", "build/bdist.*", "build/temp.*", "*.egg-info",
    "dist/*.whl", "dist/*.tar.gz", "dist/*.zip", "dist/*.deb", "dist/*.rpm",
)  # fmt: skip

#: What tells virtual environments and caches, by whatever name; the store may be one of them.
_MARKS = ("pyvenv.cfg", "CACHEDIR.TAG")


def copy_tree(tree: Path, into: Path) -> str:
    """Copy a source tree; return the digest of what was copied.

    Raises:
        FetchError: It cannot be read.
    """
    digest = hashlib.sha256()
    try:
        into.mkdir(parents=True)
        for path in _paths(tree):
            below = path.relative_to(tree).as_posix()
            for part in (below, *_copy(path, into / below, tree=tree)):
                digest.update(f"{len(os.fsencode(part))}:".encode() + os.fsencode(part))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        where = str(error.filename or tree)
        raise FetchError.of(
            f"the source tree cannot be copied: {reason}", where=where
        ) from error
    return digest.hexdigest()


def _paths(tree: Path) -> Iterator[Path]:
    """What belongs to a tree, in the order of names; a link is not followed."""
    for parent, directories, files in os.walk(tree, onerror=_complain):
        kept = [name for name in directories if not _is_left_out(tree, Path(parent, name))]
        directories[:] = sorted(kept, key=os.fsencode)
        for name in sorted([*directories, *files], key=os.fsencode):
            path = Path(parent, name)
            if not _is_left_out(tree, path):
                yield path


def _is_left_out(tree: Path, path: Path) -> bool:
    if path.name in _LEFT_OUT or path.name.endswith((".pyc", ".pyo")):
        return True
    below = path.relative_to(tree).as_posix()
    depth = below.count("/")
    if any(fnmatchcase(below, stale) and stale.count("/") == depth for stale in _STALE):
        return True
    return path.is_dir() and any((path / mark).is_file() for mark in _MARKS)


def _copy(path: Path, to: Path, *, tree: Path) -> tuple[str, str]:
    """Copy one entry; return its kind and its content."""
    if path.is_symlink() and (link := _link(path, to, tree=tree)) is not None:
        return "link", link
    if path.is_dir():
        to.mkdir()
        return "directory", ""
    if not path.is_file():
        return "left out", ""  # a socket or a pipe of some program at work there
    shutil.copyfile(path, to)
    status = path.stat()
    executable = bool(status.st_mode & 0o111)
    to.chmod(0o755 if executable else 0o644)
    os.utime(to, ns=(status.st_mtime_ns, status.st_mtime_ns))
    return ("program" if executable else "file"), sha256_of(to)


def _link(path: Path, to: Path, *, tree: Path) -> str | None:
    """Copy a link; None for one to a file beyond the tree, which is copied itself.

    A directory beyond the tree may hold anything: nothing vouches for its being unchanged,
    so that what is built with it is never taken from the store.
    """
    target = os.readlink(path)  # noqa: PTH115 - as written: a Path would tidy it
    found = path.resolve()
    if found.is_relative_to(tree.resolve()) and not os.path.isabs(target):  # noqa: PTH117 - text
        to.symlink_to(target)
        return target
    if path.is_file():
        return None
    to.symlink_to(found)
    return secrets.token_hex()


def _complain(error: OSError) -> None:
    raise error
