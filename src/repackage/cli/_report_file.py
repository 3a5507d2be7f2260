"""A report that goes to a file: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from repackage.errors import OutputError


def write_report(path: Path, text: str) -> None:
    """Write beside the file and rename, so that nobody reads half of a report.

    Raises:
        OutputError: The system refuses.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".repackage-", dir=path.absolute().parent)
        try:
            with open(handle, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - a descriptor
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError.of(
            f"cannot be written: {reason}", where=str(path), advice="--output names a file"
        ) from error


def _umask() -> int:
    """What others may not do with a file that is made here; a report is no secret."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
