"""Nix without a network, a daemon or anything of the user's, and what stands in for nixpkgs."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The programs that scenarios of Nix need.
TOOLS = ("nix", "nix-build", "nix-instantiate")

NIXPKGS = Path(__file__).with_name("nixpkgs")
SYSTEM = f"{platform.machine()}-linux"
RELEASE = f"3.{sys.version_info.minor}"
PYTHON = f"python3{sys.version_info.minor}"

_CONFIGURATION = """\
build-users-group =
sandbox = false
substitute = false
substituters =
max-jobs = 1
experimental-features = nix-command flakes
"""


@dataclass(frozen=True, kw_only=True)
class Nix:
    """A configuration, a store and a home of its own."""

    directory: Path

    @classmethod
    def at(cls, directory: Path) -> Nix:
        """Set everything up in a directory."""
        for name in ("conf", "home", "wheelhouse"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        (directory / "conf" / "nix.conf").write_text(_CONFIGURATION)
        nix = cls(directory=directory)
        if not nix.nixpkgs.exists():
            _write_nixpkgs(nix)
        return nix

    @property
    def wheelhouse(self) -> Path:
        """Where wheels are fetched from."""
        return self.directory / "wheelhouse"

    @property
    def nixpkgs(self) -> Path:
        """What stands in for nixpkgs, for this machine."""
        return self.directory / "nixpkgs"

    def try_(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of Nix, come what may."""
        environment = {
            **{name: value for name, value in os.environ.items() if name != "NIX_PATH"},
            "HOME": str(self.directory / "home"),
            "NIX_CONF_DIR": str(self.directory / "conf"),
            "NIX_STATE_DIR": str(self.directory / "state"),
            "NIX_STORE_DIR": str(self.directory / "store"),
            "NIX_LOG_DIR": str(self.directory / "log"),
        }
        return subprocess.run(
            [str(each) for each in command],
            env=environment,
            cwd=self.directory,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *command: str | Path) -> str:
        """Run a program of Nix that is to succeed."""
        done = self.try_(*command)
        if done.returncode:
            raise AssertionError(f"{command[0]} failed ({done.returncode}):\n{done.stderr}")
        return done.stdout.strip()

    def expression(self, artifact: Path, more: str = "", *, system: str = SYSTEM) -> str:
        """Call an artifact's package, and go on with what comes of it."""
        called = f'(import {self.nixpkgs} {{ system = "{system}"; }}).callPackage {artifact}'
        return f"({called}/package.nix {{ }}){more}"

    def build(self, artifact: Path, *options: str | Path, more: str = "") -> Path:
        """Build an artifact's package; say where it is."""
        expression = self.expression(artifact, more)
        return Path(self.run("nix-build", "--no-out-link", *options, "-E", expression))

    def evaluated(self, expression: str) -> Any:
        """Evaluate an expression."""
        command = ("nix-instantiate", "--eval", "--strict", "--json", "-E", expression)
        return json.loads(self.run(*command))

    def supply(self, wheels: Iterable[Path]) -> None:
        """Put wheels where they are fetched from."""
        for wheel in wheels:
            if not (self.wheelhouse / wheel.name).exists():
                shutil.copyfile(wheel, self.wheelhouse / wheel.name)


def _write_nixpkgs(nix: Nix) -> None:
    """Copy the stand-in, and say what this machine has: an interpreter, and the installer."""
    directory = nix.nixpkgs
    shutil.copytree(NIXPKGS, directory)
    site = f"lib/python{RELEASE}/site-packages"
    spec = find_spec("installer")
    assert spec is not None
    assert spec.origin is not None
    shutil.copytree(
        Path(spec.origin).parent,
        directory / "installer" / site / "installer",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    prefix = Path(sys.base_prefix)
    (directory / "machine.nix").write_text(
        f"""\
{{
  wheelhouse = "{nix.wheelhouse}";
  attribute = "{PYTHON}";
  python = {{
    outPath = "{prefix}";
    interpreter = "{prefix}/bin/python{RELEASE}";
    sitePackages = "{site}";
    pythonVersion = "{RELEASE}";
    pkgs.installer = builtins.path {{
      name = "installer";
      path = ./installer;
    }};
  }};
}}
"""
    )
