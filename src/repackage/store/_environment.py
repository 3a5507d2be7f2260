"""What the environment says of the store: where it is, and how large it may become."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import platformdirs

from repackage.errors import UsageError

#: Bytes of the pieces that are kept, unless the environment has another limit.
MOST_PIECES: Final = 4 << 30
_LIMIT: Final = "REPACKAGE_PIECES_SIZE"
_UNITS: Final = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}


def default_directory() -> Path:
    """Where the environment says, or else the platform."""
    named = os.environ.get("REPACKAGE_CACHE_DIR")
    return Path(named) if named else platformdirs.user_cache_path("repackage")


def most_pieces() -> int:
    """How many bytes of pieces are kept from one build to the next.

    Raises:
        UsageError: When the environment has something else than a size.
    """
    text = os.environ.get(_LIMIT)
    if not text:
        return MOST_PIECES
    try:
        return parse_size(text)
    except ValueError as error:
        raise UsageError.of(f"{error}, such as 2G; 0 keeps none", where=_LIMIT) from error


def parse_size(text: str) -> int:
    """Read a size: ``500M`` is 500 MiB.

    Raises:
        ValueError: When it is none.
    """
    found = re.fullmatch(r"([0-9]{1,15})\s*([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if found is None:
        raise ValueError(f"{text!r} is not a size")
    return int(found[1]) << _UNITS[found[2].upper()]
