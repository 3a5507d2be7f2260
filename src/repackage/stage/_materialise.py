"""A tree, written to a directory: what ``--stage-dir`` asks for."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from repackage.errors import OutputError
from repackage.scratch import temporary_directory
from repackage.tree import Directory, File, Symlink, open_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.tree import Tree

_NOT_PARTS = {"", ".", ".."}


def materialise(tree: Tree, directory: Path, *, jobs: int = 1) -> None:
    """Write a tree to a directory, which must not exist or be empty.

    Everything is written to a scratch directory beside it, which then takes its name:
    a directory appears whole or not at all. No link is ever followed, because nothing
    but what is written here is in the scratch directory, and a parent of an entry is
    always a directory of the tree.
    """
    _refuse_outsiders(tree)
    with _failures(directory):
        _refuse_occupied(directory)
        directory.parent.mkdir(parents=True, exist_ok=True)
        with temporary_directory(directory.parent, prefix=f".{directory.name}.") as scratch:
            scratch.chmod(0o700)  # whatever the umask
            _fill(scratch, tree, jobs=jobs)
            scratch.replace(directory)


def _fill(scratch: Path, tree: Tree, *, jobs: int) -> None:
    for entry in tree:
        if isinstance(entry, Directory):
            (scratch / entry.path).mkdir()
            (scratch / entry.path).chmod(entry.mode)  # whatever the umask
    if jobs > 1:
        with ThreadPoolExecutor(jobs) as pool:
            for _ in pool.map(lambda file: _write(scratch, file), tree.files):
                pass
    else:
        for file in tree.files:
            _write(scratch, file)
    for entry in tree:
        if isinstance(entry, Symlink):
            link = scratch / entry.path
            link.symlink_to(entry.target)
            os.utime(link, (entry.mtime, entry.mtime), follow_symlinks=False)
    for entry in tree:  # last, because what is made in a directory changes its date
        if isinstance(entry, Directory):
            os.utime(scratch / entry.path, (entry.mtime, entry.mtime))
    scratch.chmod(0o755)


def _write(scratch: Path, file: File) -> None:
    """Write a file with exactly its mode and date, whatever the umask."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(scratch / file.path, flags, 0o600)
    with os.fdopen(handle, "wb") as written, open_file(file) as content:
        shutil.copyfileobj(content, written, 1 << 18)
        written.flush()
        os.fchmod(handle, file.mode)
        os.utime(handle, (file.mtime, file.mtime))


def _refuse_outsiders(tree: Tree) -> None:
    """Refuse paths that lead out of the directory; a tree of ours has none."""
    for entry in tree:
        if not _NOT_PARTS.isdisjoint(entry.path.split("/")):
            raise OutputError.of(
                f"{entry.path!r} leads out of the directory",
                advice="the tree is at fault; nothing was written",
            )


def _refuse_occupied(directory: Path) -> None:
    if not directory.exists() and not directory.is_symlink():
        return
    if directory.is_symlink() or not directory.is_dir() or any(directory.iterdir()):
        raise OutputError.of(
            "it exists and is not an empty directory",
            where=str(directory),
            advice="name a directory that does not exist yet",
        )


@contextmanager
def _failures(directory: Path) -> Iterator[None]:
    """Tell a failure of the disk as what it means for the user."""
    try:
        yield
    except OSError as error:
        raise OutputError.of(
            f"the staging root cannot be written: {error.strerror or error}",
            where=str(directory),
            advice="nothing is left of it; make room or choose another directory",
        ) from error
