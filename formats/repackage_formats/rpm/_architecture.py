"""Which architecture a package is for: what the wheels claim, and what their files say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from repackage.elf import Machine, machine_of
from repackage.errors import FormatError, Problems, did_you_mean
from repackage.lock import LockedFile
from repackage.target import Glibc
from repackage_formats.rpm._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.tags import Tag

    from repackage.closure import Closure
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


def is_pure(closure: Closure) -> bool:
    """Whether every wheel that was chosen is for any platform, and was on each machine.

    A distribution of which no wheel's name is known yet (it comes from a source tree or
    an sdist) is taken for pure; :func:`check` tells if it was not.
    """
    pure = all(tag.platform == "any" for tag in _tags(closure))
    return pure and not closure.machine_bound


def _tags(closure: Closure) -> Iterator[Tag]:
    yield from closure.root.tags
    for pin in closure.pins:
        if isinstance(pin.artifact, LockedFile):
            try:
                yield from parse_wheel_filename(pin.artifact.filename)[3]
            except InvalidWheelFilename:
                continue  # an sdist


def check(chosen: str, architecture: Architecture, elves: Iterable[Elf]) -> None:
    """Compare what the package is said to be for with what its files are.

    Raises:
        FormatError: With every file that does not belong.
    """
    problems = Problems()
    machine = architecture.machine
    for elf in elves:
        if machine.is_foreign(elf):
            problems.add(
                f"the file is for {_machine(elf)}, not for {architecture.name}",
                where=elf.path,
                advice=f"choose another wheel, or list it: foreign = [{elf.path!r}]",
            )
        elif chosen == "noarch" and machine.is_native(elf):
            problems.add(
                f"a package for all architectures holds machine code for {architecture.name}",
                where=elf.path,
                advice=f"set architecture = {architecture.name!r}",
            )
    if chosen not in {"noarch", architecture.name}:
        problems.add(
            f"the target's architecture is {architecture.name!r}",
            where="architecture",
            advice="choose the target with --target or --arch instead",
        )
    problems.raise_if_any(FormatError)


def _machine(elf: Elf) -> str:
    order = "little" if elf.little_endian else "big"
    return f"{elf.machine.removeprefix('EM_')} ({elf.bits} bit, {order}-endian)"
