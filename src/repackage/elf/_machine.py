"""How the files of a machine are recognised: facts from ``repackage/elf/machines.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from repackage.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.elf._model import Elf

#: Machines that no operating system runs on: programs for a kernel or a GPU, as data.
_COPROCESSORS = frozenset({"EM_NONE", "EM_BPF", "EM_CUDA", "EM_AMDGPU", "EM_INTELGT", "EM_VE"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """A machine that an operating system runs on, as ELF headers describe it."""

    machine: str
    bits: int
    little_endian: bool
    flags: tuple[int, int]
    """(mask, value) of ``e_flags``."""

    def runs(self, elf: Elf) -> bool:
        """Whether a file is for this machine."""
        mask, value = self.flags
        return (
            elf.machine == self.machine
            and elf.bits == self.bits
            and elf.little_endian == self.little_endian
            and elf.flags & mask == value
        )

    def is_foreign(self, elf: Elf) -> bool:
        """Whether a file is code that this machine cannot run, but another one could."""
        return elf.runs and elf.machine not in _COPROCESSORS and not self.runs(elf)

    def is_native(self, elf: Elf) -> bool:
        """Whether a file is code that this machine will load."""
        return elf.runs and self.runs(elf)


def machine_of(arch: str) -> Machine | None:
    """Describe the machine that platform tags call ``arch``; ``None`` if it is not known."""
    facts = _machines().get(arch)
    if facts is None:
        return None
    mask, value = facts.get("flags", (0, 0))
    return Machine(
        machine=facts["machine"],
        bits=facts["bits"],
        little_endian=facts["little_endian"],
        flags=(mask, value),
    )


def misfits(
    elves: Iterable[Elf], machine: Machine, *, name: str, for_all: bool
) -> Iterator[Problem]:
    """Find the files that do not belong into a package for a machine, or for all machines.

    ``name`` is what packages of the format call the machine.
    """
    for elf in elves:
        if machine.is_foreign(elf):
            yield Problem(
                what=f"the file is for {_described(elf)}, not for {name}",
                where=elf.path,
                advice=f"choose another wheel, or list it: foreign = [{elf.path!r}]",
            )
        elif for_all and machine.is_native(elf):
            yield Problem(
                what=f"a package for all architectures holds machine code for {name}",
                where=elf.path,
                advice=f"set architecture = {name!r}",
            )


def _described(elf: Elf) -> str:
    order = "little" if elf.little_endian else "big"
    return f"{elf.machine.removeprefix('EM_')} ({elf.bits} bit, {order}-endian)"


@cache
def _machines() -> dict[str, dict[str, Any]]:
    from importlib.resources import files  # lazily

    import tomli  # lazily

    text = (files("repackage.elf") / "machines.toml").read_text(encoding="utf-8")
    return tomli.loads(text)
