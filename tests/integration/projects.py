"""Projects written out for uv to lock, together with the wheel each would build."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.wheels import WheelFactory


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project: what stands in ``pyproject.toml``, and in METADATA of its wheel."""

    name: str = "app"
    version: str = "1.0"
    requires_python: str = ">=3.9"
    dependencies: tuple[str, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[str | Mapping[str, str], ...]] = field(default_factory=dict)
    uv: str = ""
    """Further TOML, such as ``[tool.uv]``."""
    packaged: bool = True
    """Whether it has a build system; without one it is virtual."""

    def write(self, directory: Path) -> None:
        """Write ``pyproject.toml``."""
        directory.mkdir(parents=True, exist_ok=True)
        lines = [
            "[project]",
            f"name = {json.dumps(self.name)}",
            f"version = {json.dumps(self.version)}",
            f"requires-python = {json.dumps(self.requires_python)}",
            f"dependencies = {json.dumps(self.dependencies)}",
            "[project.optional-dependencies]",
            *(
                f"{json.dumps(extra)} = {json.dumps(needs)}"
                for extra, needs in self.extras.items()
            ),
            "[dependency-groups]",
            *(f"{group} = [{_items(needs)}]" for group, needs in self.groups.items()),
        ]
        if self.packaged:
            lines += ["[build-system]", 'requires = ["hatchling"]']
            lines += ['build-backend = "hatchling.build"']
        text = "\n".join([*lines, self.uv, ""])
        (directory / "pyproject.toml").write_text(text, encoding="utf-8")

    def wheel(self, make_wheel: WheelFactory) -> Path:
        """Make the wheel that a back end would build."""
        requires = [
            *self.dependencies,
            *(
                _under(requirement, extra)
                for extra, needs in self.extras.items()
                for requirement in needs
            ),
        ]
        return make_wheel(
            self.name,
            self.version,
            requires=requires,
            extras=tuple(self.extras),
            metadata=[f"Requires-Python: {self.requires_python}"],
        )


def _under(requirement: str, extra: str) -> str:
    bare, semicolon, marker = requirement.partition(";")
    also = f" and ({marker.strip()})" if semicolon else ""
    return f"{bare.strip()} ; extra == '{extra}'{also}"


def _items(needs: tuple[str | Mapping[str, str], ...]) -> str:
    return ", ".join(
        json.dumps(need)
        if isinstance(need, str)
        else "{ "
        + ", ".join(f"{key} = {json.dumps(value)}" for key, value in need.items())
        + " }"
        for need in needs
    )
