"""The facts about rpm and its distributions that are data: TOML files, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import tomli


@cache
def profile(name: str) -> dict[str, Any]:
    """Read ``profiles/<name>.toml``."""
    return tomli.loads((files(__package__) / "profiles" / f"{name}.toml").read_text("utf-8"))
