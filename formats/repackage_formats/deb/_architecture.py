"""Which architecture a package is for: what the wheels claim, and what their files say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.elf import Machine, machine_of, misfits
from repackage.errors import FormatError, Problems, did_you_mean
from repackage.target import Glibc
from repackage_formats.deb._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.elf import Elf
    from repackage.format import Plan
    from repackage.target import Target
    from repackage_formats.deb._options import Options


@dataclass(frozen=True, kw_only=True, slots=True)
class Architecture:
    """One of Debian's architectures, and how its files are recognised."""

    name: str
    machine: Machine


def architecture_of(target: Target) -> Architecture:
    """Find Debian's name for the machine of a target; musl, macOS, Windows are refused."""
    if not isinstance(target.system, Glibc):
        raise FormatError.of(
            f"the target {target.name!r} is no system with the GNU C library",
            advice="a deb needs a Debian or Ubuntu target, or a manylinux platform",
        )
    known = profile("architectures")
    machine = machine_of(target.arch)
    if target.arch not in known or machine is None:
        raise FormatError.of(
            f"Debian has no architecture for {target.arch!r}",
            advice=did_you_mean(target.arch, known),
        )
    return Architecture(name=known[target.arch]["debian"], machine=machine)


def architecture(plan: Plan[Options]) -> str:
    """Name the package's architecture from the plan alone, before a wheel is opened.

    ``all`` if the closure is pure, else the target's; :func:`check` tells if it was not.
    """
    machine = architecture_of(plan.target)
    if plan.options.architecture:
        return plan.options.architecture
    return "all" if plan.closure.pure else machine.name


def check(plan: Plan[Options], elves: Iterable[Elf]) -> None:
    """Compare what the wheels' names claim with what their files are (policy 5.6.8)."""
    machine = architecture_of(plan.target)
    chosen = architecture(plan)
    problems = Problems()
    everywhere = chosen == "all"
    problems.extend(misfits(elves, machine.machine, name=machine.name, for_all=everywhere))
    if chosen not in {"all", machine.name}:
        problems.add(
            f"the target's architecture is {machine.name!r}",
            where="architecture",
            advice="choose the target with --target or --arch instead",
        )
    problems.raise_if_any(FormatError)


def native(plan: Plan[Options], elves: Iterable[Elf]) -> tuple[Elf, ...]:
    """Keep the files that this machine will load."""
    machine = architecture_of(plan.target).machine
    return tuple(elf for elf in elves if machine.is_native(elf))
