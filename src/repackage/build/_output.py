"""The output directory: scratch beside the target, fsync, rename; or nothing at all."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from repackage.errors import OutputError
from repackage.scratch import temporary_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What to do about a system's refusal.
ADVICE = {
    errno.ENOSPC: "free some space, or choose another disk with --out-dir",
    errno.EDQUOT: "free some space, or choose another disk with --out-dir",
    errno.EFBIG: "no larger file is allowed here: see 'ulimit -f', or choose another disk",
    errno.ENOENT: "choose another directory with --out-dir",
    errno.EACCES: "choose another directory with --out-dir",
    errno.EPERM: "choose another directory with --out-dir",
    errno.EROFS: "choose another directory with --out-dir",
    errno.ENOTDIR: "--out-dir names a directory",
    errno.EEXIST: "--out-dir names a directory",
}


@contextmanager
def scratch_directory(directory: Path) -> Iterator[Path]:
    """Make a hidden directory in the output directory; it never outlives the block.

    The output directory is made, too, where it is missing, and removed again if the
    block fails. What the system refuses in the block is an :class:`OutputError`.
    """
    with (
        translated(directory),
        _made(directory),
        temporary_directory(directory, prefix=".repackage-") as scratch,
    ):
        yield scratch


@contextmanager
def translated(directory: Path) -> Iterator[None]:
    """Turn what the system refuses into an error with advice."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        where = error.filename or directory
        raise OutputError.of(
            f"cannot be written: {reason}",
            where=str(where),
            advice=ADVICE.get(error.errno or 0, ""),
        ) from error


@contextmanager
def _made(directory: Path) -> Iterator[None]:
    """Make a directory and its parents; if the block fails, take away what was made.

    What others have put there meanwhile stays.
    """
    missing = [each for each in (directory, *directory.parents) if not each.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for each in missing:
                each.rmdir()
        raise


def settle(made: Path) -> tuple[int, str]:
    """Give what was made its final mode and let the disk have it; return size and digest.

    Modes do not depend on the umask; the digest of a directory is empty.
    """
    if made.is_dir():
        inside = [each for each in made.rglob("*") if not each.is_symlink()]
        for each in (made, *inside):
            _settle_mode(each)
        return sum(file.stat().st_size for file in inside if file.is_file()), ""
    _settle_mode(made)
    digest = sha256()
    with made.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
        os.fsync(file.fileno())
        return file.tell(), digest.hexdigest()


def _settle_mode(path: Path) -> None:
    """Let everybody read a file, and execute it if its owner may; and enter a directory."""
    executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
    path.chmod(0o755 if executable else 0o644)


def publish(made: Path, path: Path) -> None:
    """Put what was made in its place at once; what had the same name is replaced."""
    if path.is_dir() and not path.is_symlink():
        os.replace(path, made.with_name(f"{made.name}.replaced"))  # noqa: PTH105 - as below
    os.replace(made, path)  # noqa: PTH105 - the rename that never fails on a file that exists
