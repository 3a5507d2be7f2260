"""Which architecture a package is for: what the wheels claim, and what their files say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from repackage.elf import Machine, machine_of
from repackage.errors import FormatError, Problems, did_you_mean
from repackage.lock import LockedFile
from repackage.target import Glibc
from repackage_formats.deb._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.tags import Tag

    from repackage.closure import Closure
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

    ``all`` if every wheel that was chosen is for any platform, and no marker asked for the
    machine, else the target's. A distribution of which no wheel's name is known yet (it
    comes from a source tree or an sdist) is taken for pure; :func:`check` tells if it was not.
    """
    machine = architecture_of(plan.target)
    if plan.options.architecture:
        return plan.options.architecture
    pure = all(tag.platform == "any" for tag in _tags(plan.closure))
    return "all" if pure and not plan.closure.machine_bound else machine.name


def _tags(closure: Closure) -> Iterator[Tag]:
    yield from closure.root.tags
    for pin in closure.pins:
        if isinstance(pin.artifact, LockedFile):
            try:
                yield from parse_wheel_filename(pin.artifact.filename)[3]
            except InvalidWheelFilename:
                continue  # an sdist


def check(plan: Plan[Options], elves: Iterable[Elf]) -> None:
    """Compare what the wheels' names claim with what their files are (policy 5.6.8)."""
    machine = architecture_of(plan.target)
    chosen = architecture(plan)
    problems = Problems()
    for elf in elves:
        if machine.machine.is_foreign(elf):
            problems.add(
                f"the file is for {_machine(elf)}, not for {machine.name}",
                where=elf.path,
                advice=f"choose another wheel, or list it: foreign = [{elf.path!r}]",
            )
        elif chosen == "all" and machine.machine.is_native(elf):
            problems.add(
                f"a package for all architectures holds machine code for {machine.name}",
                where=elf.path,
                advice=f"set architecture = {machine.name!r}",
            )
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


def _machine(elf: Elf) -> str:
    order = "little" if elf.little_endian else "big"
    return f"{elf.machine.removeprefix('EM_')} ({elf.bits} bit, {order}-endian)"
