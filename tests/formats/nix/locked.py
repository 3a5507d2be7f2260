"""A project of which every wheel and every line of the lock is a test's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from repackage.build import Asked, build, request_of
from repackage_formats import nix
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MACHINES = {
    "x86_64-linux": "manylinux_2_17_x86_64",
    "aarch64-linux": "manylinux_2_17_aarch64",
    "aarch64-darwin": "macosx_11_0_arm64",
    "x86_64-darwin": "macosx_10_12_x86_64",
}


class Told:
    """Events that remember warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, what: str) -> None:
        self.warnings.append(what)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


@dataclass
class Locked:
    """An application, and the distributions that its lock has."""

    directory: Path
    python: str = "3.11"
    entries: list[str] = field(default_factory=list)
    requires: list[str] = field(default_factory=list)
    markers: list[str] = field(default_factory=list)
    version: str = "1.0"
    told: Told = field(default_factory=Told)

    @property
    def wheelhouse(self) -> Path:
        return self.directory / "wheelhouse"

    def depend(
        self,
        name: str,
        *,
        tags: Sequence[str] = ("py3-none-any",),
        source: str = "",
        marker: str = "",
        **kind: Any,
    ) -> list[Path]:
        """Let the application depend on a distribution, with a wheel for each tag."""
        factory = WheelFactory(self.wheelhouse)
        wheels = [factory(name, "2.0", tag=tag, **kind) for tag in tags]
        listed = "".join(
            f'    {{ url = "https://files.example/{wheel.name}",'
            f' hash = "sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" }},\n'
            for wheel in wheels
        )
        source = source or '{ registry = "https://index.example/simple" }'
        entry = f'\n[[package]]\nname = "{name}"\nversion = "2.0"\nsource = {source}\n'
        if "registry" in source:
            entry += f"wheels = [\n{listed}]\n"
        self.entries.append(entry)
        self.requires.append(name)
        self.markers.append(marker)
        return wheels

    def compiled(self, name: str, *, without: str = "", **kind: Any) -> list[Path]:
        """Let it depend on what has a wheel for each kind of machine."""
        short = self.python.replace(".", "")
        tags = [
            f"cp{short}-cp{short}-{tag}" for name, tag in MACHINES.items() if name != without
        ]
        return self.depend(name, tags=tags, **kind)

    def app(self, *, scripts: dict[str, str] | None = None, **kind: Any) -> Path:
        """Build the application, and write its lock."""
        self.wheelhouse.mkdir(parents=True, exist_ok=True)
        wheel = WheelFactory(self.directory / "dist")(
            "app",
            self.version,
            requires=[
                f"{name} ; {marker}" if marker else name
                for name, marker in zip(self.requires, self.markers, strict=True)
            ],
            scripts={"app": "app:main"} if scripts is None else scripts,
            **{"metadata": ["Summary: An application", "License-Expression: MIT"], **kind},
        )
        marked = [f', marker = "{marker}"' if marker else "" for marker in self.markers]
        named = [
            f'name = "{name}"{more}' for name, more in zip(self.requires, marked, strict=True)
        ]
        depends = ", ".join(f"{{ {each} }}" for each in named)
        declared = ", ".join(
            f"{{ {each}{_path(entry)} }}"
            for each, entry in zip(named, self.entries, strict=True)
        )
        (self.directory / "uv.lock").write_text(
            f"""\
version = 1
revision = 3
requires-python = ">=3.10"

[[package]]
name = "app"
version = "{self.version}"
source = {{ editable = "." }}
dependencies = [{depends}]

[package.metadata]
requires-dist = [{declared}]
{"".join(self.entries)}"""
        )
        return wheel

    def make(
        self,
        *,
        platform: str = "manylinux_2_40_x86_64",
        out: str = "out",
        scripts_of: str = "",
        **options: Any,
    ) -> Path:
        """Make the artifact; ``options`` are the format's."""
        (wheel,) = (self.directory / "dist").glob("*.whl")
        flags = {
            "formats": ("nix",),
            "python": self.python,
            "platform": platform,
            "offline": True,
            "find-links": (str(self.wheelhouse),),
            "out-dir": str(self.directory / out),
            "scripts-of": (scripts_of,) if scripts_of else (),
        }
        request = request_of(
            Asked(
                wheel=wheel,
                lock=self.directory / "uv.lock",
                cache_dir=self.directory / "cache",
                flags=flags,
            )
        )
        request = replace(request, options={"nix": nix.Options(**options)})
        (artifact,) = build(request, events=self.told)
        return artifact.path


def _path(entry: str) -> str:
    """How the project declares what comes from a directory."""
    _, found, rest = entry.partition('source = { directory = "')
    return f', directory = "{rest.partition(chr(34))[0]}"' if found else ""
