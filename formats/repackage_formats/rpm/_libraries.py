"""The shared libraries that files need, as rpm's own generator names them (elfdeps.c).

``libc.so.6(GLIBC_2.17)(64bit)`` is a capability that glibc's package provides. What the
tree brings itself is not required, and nothing of it is provided: it is private.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError, Problems
from repackage.target import Glibc
from repackage.tree import File, Symlink
from repackage_formats.rpm._facts import Relation
from repackage_formats.rpm._relations import FOUND, is_name, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from repackage.elf import Elf
    from repackage.target import System
    from repackage.tree import Tree

_GLIBC: Final = re.compile(r"GLIBC_(\d+)\.(\d+)(\.\d+)?")
_C_LIBRARY: Final = "libc.so.6"
_ELF64: Final = 64


def private_names(tree: Tree, elves: Iterable[Elf]) -> frozenset[str]:
    """Names by which the tree itself brings libraries: file names and sonames."""
    names = {
        entry.path.rpartition("/")[2] for entry in tree if isinstance(entry, (File, Symlink))
    }
    return frozenset(names | {elf.soname for elf in elves if elf.soname})


def library_requires(
    elves: Iterable[Elf],
    *,
    private: frozenset[str],
    libraries: Mapping[str, str],
    system: System,
) -> tuple[Relation, ...]:
    """Name what the files of a machine need of others, sorted; or say all that fails.

    ``libraries`` has other relations for some sonames; an empty one is not required.

    Raises:
        FormatError: Files were built for musl, or for a newer glibc.
    """
    problems = Problems()
    found: dict[Relation, None] = {}
    for elf in elves:
        _check(elf, private=private, libraries=libraries, system=system, problems=problems)
        for name in _names(elf, skipped=private | libraries.keys()):
            found[Relation(name=name, flags=FOUND)] = None
        for soname in elf.needed:
            relation = parse(libraries.get(soname, ""))
            if relation is not None and soname not in private:
                found[relation] = None
    problems.raise_if_any(FormatError)
    return tuple(sorted(found, key=lambda each: (each.name, each.version)))


def _names(elf: Elf, *, skipped: frozenset[str]) -> Iterator[str]:
    """Name what one file needs, as elfdeps does."""
    mark = "(64bit)" if elf.bits == _ELF64 else ""
    for soname in elf.needed:
        if soname not in skipped:
            yield f"{soname}(){mark}" if mark else soname
    for soname, node in elf.versions:
        if soname not in skipped:
            yield f"{soname}({node}){mark}"
    if elf.only_gnu_hash:
        yield "rtld(GNU_HASH)"


def _check(
    elf: Elf,
    *,
    private: frozenset[str],
    libraries: Mapping[str, str],
    system: System,
    problems: Problems,
) -> None:
    for soname in sorted({*elf.needed, *(library for library, _ in elf.versions)}):
        if soname in private or soname in libraries:
            continue
        if soname.startswith(("libc.musl-", "ld-musl-")):
            problems.add(
                f"needs {soname!r}: it was built for musl",
                where=elf.path,
                advice="choose a manylinux wheel instead of a musllinux one",
            )
    for name in _names(elf, skipped=private | libraries.keys()):
        if not is_name(name):
            problems.add(
                f"needs a library that rpm cannot name: {name!r}",
                where=elf.path,
                advice=f"if it is data, list it: foreign = [{elf.path!r}]",
            )
    for soname, node in elf.versions:
        if soname == _C_LIBRARY and isinstance(system, Glibc):
            _check_glibc(elf, node, system, problems)


def _check_glibc(elf: Elf, node: str, system: Glibc, problems: Problems) -> None:
    match = _GLIBC.fullmatch(node)
    if node == "GLIBC_PRIVATE":
        problems.add(
            f"needs {node!r} of glibc, which is private to it",
            where=elf.path,
            advice="choose another wheel of its distribution",
        )
    elif match and (int(match[1]), int(match[2])) > (system.major, system.minor):
        problems.add(
            f"needs glibc {match[1]}.{match[2]}, the target has {system.major}.{system.minor}",
            where=elf.path,
            advice="the wheel's tag says otherwise: choose another wheel",
        )
