"""Which architecture a package is for: what the wheels claim, and what their files say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.elf import Machine, machine_of, misfits
from repackage.errors import FormatError, Problems, did_you_mean
from repackage.target import Glibc
from repackage_formats.rpm._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.elf import Elf
    from repackage.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Architecture:
    """One of rpm's architectures, and how its files are recognised."""

    name: str
    isa: str
    """``x86-64``: what packages of it provide themselves with in brackets."""
    machine: Machine


def architecture_of(target: Target) -> Architecture:
    """Find rpm's name for the machine of a target; musl, macOS, Windows are refused.

    Raises:
        FormatError: No rpm distribution runs on it.
    """
    if not isinstance(target.system, Glibc):
        raise FormatError.of(
            f"the target {target.name!r} is no system with the GNU C library",
            advice="an rpm needs a target such as el9 or fedora-43, or a manylinux platform",
        )
    known = profile("architectures")
    machine = machine_of(target.arch)
    if target.arch not in known or machine is None:
        raise FormatError.of(
            f"rpm has no architecture for {target.arch!r}",
            advice=did_you_mean(target.arch, known),
        )
    facts = known[target.arch]
    return Architecture(name=facts["rpm"], isa=facts["isa"], machine=machine)


def check(chosen: str, architecture: Architecture, elves: Iterable[Elf]) -> None:
    """Compare what the package is said to be for with what its files are.

    Raises:
        FormatError: With every file that does not belong.
    """
    problems = Problems()
    everywhere = chosen == "noarch"
    name = architecture.name
    problems.extend(misfits(elves, architecture.machine, name=name, for_all=everywhere))
    if chosen not in {"noarch", architecture.name}:
        problems.add(
            f"the target's architecture is {architecture.name!r}",
            where="architecture",
            advice="choose the target with --target or --arch instead",
        )
    problems.raise_if_any(FormatError)
