"""Machine code in a tree: which files are ELF, what for, and what they need.

Nothing of it is ever run. pyelftools is imported where there is a file to read with it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from repackage.elf._machine import Machine, machine_of, misfits
from repackage.elf._magic import first_bytes, starts_like_elf
from repackage.elf._model import Elf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.elf._kept import Pieces
    from repackage.tree import File

__all__ = [
    "Elf",
    "Machine",
    "first_bytes",
    "machine_of",
    "misfits",
    "scan",
    "scan_all",
    "starts_like_elf",
]


def scan_all(
    files: Iterable[File],
    *,
    skipped: tuple[str, ...] = (),
    pieces: Pieces | None = None,
    jobs: int = 1,
) -> tuple[Elf, ...]:
    """Find and read the ELF files among files of any kind, as :func:`scan` does.

    With ``pieces``, what was found is kept for the next build.
    """
    candidates = [file for file in files if starts_like_elf(file)]
    if not candidates:
        return ()
    if pieces is None:
        return scan(candidates, skipped=skipped, jobs=jobs)
    from repackage.elf._kept import scan_kept  # json, where there is something to keep

    read = partial(scan, skipped=skipped, jobs=jobs)
    return scan_kept(candidates, skipped=skipped, pieces=pieces, scan=read)


def scan(
    files: Iterable[File], *, skipped: tuple[str, ...] = (), jobs: int = 1
) -> tuple[Elf, ...]:
    """Read files that begin like ELF, but those whose paths match a pattern.

    At most four of ``jobs`` threads read them. A file that only begins like one has no header, so nothing can run it, and it needs
    nothing. A damaged one is refused: what it needs cannot be known.

    Raises:
        FormatError: With every damaged file.
    """
    from repackage.elf._scan import scan as read  # pyelftools, where ELF is

    return read(files, skipped=skipped, jobs=jobs)
