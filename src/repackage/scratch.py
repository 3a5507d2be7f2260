"""Temporary directories that an interrupt leaves behind at no moment."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["temporary_directory"]


@contextmanager
def temporary_directory(
    parent: Path | None = None, *, prefix: str = "repackage-"
) -> Iterator[Path]:
    """Make a directory of one's own; it never outlives the block.

    :class:`tempfile.TemporaryDirectory` makes one before it knows that it has: who is
    interrupted between leaves it. This one names it first, and only then makes it.

    ``parent`` None: where the environment has temporary files.

    Raises:
        OSError: It cannot be made.
    """
    path = Path(parent or tempfile.gettempdir(), f"{prefix}{secrets.token_hex(8)}")
    try:
        os.mkdir(path, 0o700)  # noqa: PTH102 - an error is of whoever cannot make it
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
