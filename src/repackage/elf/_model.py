"""What one ELF file is, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Elf:
    """What one ELF file is, and what it needs."""

    path: str
    machine: str
    """As ``elf.h`` names it: ``EM_X86_64``."""
    bits: int
    little_endian: bool
    flags: int
    """``e_flags``: the float ABI on ARM, the ABI on MIPS."""
    runs: bool
    """A program or a shared library, not an object file."""
    dynamic: bool
    soname: str = ""
    needed: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    """(library, version node): ``("libc.so.6", "GLIBC_2.17")``."""
    search_paths: tuple[str, ...] = ()
    """RPATH and RUNPATH, split."""
    only_gnu_hash: bool = False
    """Its symbols are found by ``DT_GNU_HASH`` alone: the loader must know that."""
    unstripped: bool = False
    fixed: bool = False
    """A program that must be loaded at one address: not position-independent."""
    relro: bool = True
    """Relocations are read-only once the linker has done them."""
