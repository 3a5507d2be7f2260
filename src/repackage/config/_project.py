"""The ``[tool.repackage]`` table of a project's ``pyproject.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomli

from repackage.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

#: Tables that are the core's; every other table is a format's.
RESERVED = ("dependencies", "policy")


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """What a ``pyproject.toml`` says about packaging, as it says it."""

    path: Path | None
    """The file; None where there is none."""
    core: Mapping[str, object]
    """Scalars, arrays and the reserved tables."""
    formats: Mapping[str, Mapping[str, object]]

    def where(self, *keys: str) -> str:
        """Name a key path for messages."""
        path = ".".join(("tool", "repackage", *keys))
        return f"{self.path}: {path}" if self.path else path


NO_PROJECT = Project(path=None, core={}, formats={})


def find_project(lock: Path) -> Project:
    """Read the ``pyproject.toml`` beside a lock, if there is one."""
    path = lock.parent / "pyproject.toml"
    return read_project(path) if path.is_file() else NO_PROJECT


def read_project(path: Path) -> Project:
    """Read a ``pyproject.toml``, or the one in a directory."""
    path = path / "pyproject.toml" if path.is_dir() else path
    table = _tool_table(path)
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    formats = {key: value for key, value in tables.items() if key not in RESERVED}
    core = {key: value for key, value in table.items() if key not in formats}
    return Project(path=path, core=core, formats=formats)


def _tool_table(path: Path) -> Mapping[str, object]:
    """Read the file, and return its ``[tool.repackage]`` or an empty table."""
    try:
        document = tomli.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError.of(
            f"cannot be read: {error.strerror}",
            where=str(path),
            advice="--project names a pyproject.toml, or the directory that holds one",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError.of(f"is not UTF-8: {error.reason}", where=str(path)) from error
    except tomli.TOMLDecodeError as error:
        where = f"{path}: line {error.lineno}, column {error.colno}"
        raise ConfigError.of(f"is not TOML: {error.msg}", where=where) from error
    tool = document.get("tool", {})
    table = tool.get("repackage", {}) if isinstance(tool, Mapping) else None
    if not isinstance(table, Mapping):
        raise ConfigError.of("is not a table", where=f"{path}: tool.repackage")
    return table
