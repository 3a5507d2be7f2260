"""Where ledgers are."""

from __future__ import annotations

import re

_PLACE = re.compile(r"(?:[^/]+/)*share/repackage/[^/]+/ledger\.json")


def is_ledger(path: str) -> bool:
    """Tell whether a path of an artifact or a root is one that only ledgers have."""
    return path.endswith("/ledger.json") and _PLACE.fullmatch(path) is not None
