"""TOML in another layout than uv's: everything inline, one key a line."""

from __future__ import annotations

import json
from collections.abc import Mapping


def dump(table: Mapping[str, object]) -> str:
    """Write a table."""
    return "".join(f"{json.dumps(key)} = {_value(value)}\n" for key, value in table.items())


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{json.dumps(key)} = {_value(v)}" for key, v in value.items())
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)
