"""The systems of Nix, and the machines of ours that they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.format import Served
from repackage.target import Glibc, MacOS, free_target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.target import Python, System, Target
    from repackage_formats.nix._options import Options


@dataclass(frozen=True, kw_only=True, slots=True)
class NixSystem:
    """What Nix calls a kind of machine, and how wheels call it."""

    linux: bool
    arch: str
    """As platform tags of wheels have it."""

    def platform(self, options: Options) -> str:
        """The platform tag of the newest wheel that such a machine can use."""
        if self.linux:
            return f"manylinux_{options.glibc.replace('.', '_')}_{self.arch}"
        return f"macosx_{options.macos.replace('.', '_')}_{self.arch}"


#: In the order in which ``flake.nix`` names them.
SYSTEMS: Final[Mapping[str, NixSystem]] = {
    "x86_64-linux": NixSystem(linux=True, arch="x86_64"),
    "aarch64-linux": NixSystem(linux=True, arch="aarch64"),
    "aarch64-darwin": NixSystem(linux=False, arch="arm64"),
    "x86_64-darwin": NixSystem(linux=False, arch="x86_64"),
}


def served(asked: tuple[Target, ...], options: Options) -> Served:
    """Take the system of the first machine that was asked for, and then the others.

    Of a machine only its kind and the release of its Python are taken: what else there is,
    nixpkgs decides, not a distribution.
    """
    first = system_name(asked[0].system, asked[0].arch)
    others = [name for name in SYSTEMS if name in options.systems and name != first]
    names = [first, *others] if first in options.systems else others
    return Served(
        targets=tuple(_target(name, asked[0].python, options) for name in names),
        may_leave_out=True,
        needs="tree",
    )


def system_name(system: System, arch: str) -> str:
    """Call a machine as Nix does; empty: Nix has none such that wheels are for."""
    match system:
        case Glibc():
            wanted = NixSystem(linux=True, arch=arch)
        case MacOS():
            wanted = NixSystem(linux=False, arch=arch)
        case _:
            return ""
    return next((name for name, known in SYSTEMS.items() if known == wanted), "")


def _target(name: str, python: Python, options: Options) -> Target:
    implementation = "pypy" if python.implementation == "pypy" else ""
    version = f"{implementation}{python.release}{'t' if python.free_threaded else ''}"
    return free_target(python=version, platform=SYSTEMS[name].platform(options))
