"""The interpreter that launchers name: is it in the image, and is it the target's?"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from repackage.elf import machine_of, scan_all
from repackage.errors import FormatError, Problem
from repackage.tree import Directory, File
from repackage_formats.oci._bundle import PLACE
from repackage_formats.oci._libc import lacking, libraries_of, needed_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.format import Plan
    from repackage.target import Target
    from repackage_formats.oci._layers import Root
    from repackage_formats.oci._options import Options

_NAMED = re.compile(r"(?:python|pypy)(\d+\.\d+t?)(?:d|-.*)?")
_LIBRARY = re.compile(r"(?:python|pypy)(\d+\.\d+t?)")
#: Where interpreters are in images that many start from.
_LIKELY = ("usr/bin", "usr/local/bin", "opt/python/bin", "usr/libexec/platform-python")


def interpreter_path(options: Options, target: Target) -> str:
    """Say where the interpreter is: asked for, bundled, or where the target has it."""
    bundled = f"/{PLACE}/bin/{target.python.command}"
    return options.python or (bundled if options.interpreter else target.interpreter)


def interpreter_problems(root: Root, plan: Plan[Options]) -> Iterator[Problem]:
    """Find out whether the interpreter is there, and of the target's version and machine."""
    path = interpreter_path(plan.options, plan.target)
    python = plan.target.python
    there = root.find(path)
    if not isinstance(there, File) or not there.mode & 0o111:
        yield Problem(
            what=f"there is no interpreter {path}",
            where="interpreter" if _is_bundled(plan.options, path) else "base",
            advice=_elsewhere(root, plan),
        )
        return
    wanted = python.command.removeprefix("python").removeprefix("pypy")
    versions = _versions(root, there)
    if versions and wanted not in versions:
        yield Problem(
            what=f"{path} is Python {' or '.join(sorted(versions))}, and the target's is {wanted}",
            where="base",
            advice=f"choose another base, or the target with --python {min(versions)}",
        )
    yield from _unfit(there, root, plan.target)


def _is_bundled(options: Options, path: str) -> bool:
    return bool(options.interpreter) and path.startswith(f"/{PLACE}/")


def _elsewhere(root: Root, plan: Plan[Options]) -> str:
    """Look where interpreters are in other images, or what else is bundled."""
    target = plan.target
    if _is_bundled(plan.options, interpreter_path(plan.options, target)):
        names = map(posixpath.basename, root.below(f"{PLACE}/bin"))
        others = [name for name in names if _LIBRARY.fullmatch(name)]
        has = f"it has {', '.join(others)}: " if others else ""
        return f"{has}bundle an archive with bin/{target.python.command}"
    found = [
        f"/{directory}/{target.python.command}"
        for directory in _LIKELY
        if isinstance(root.find(f"{directory}/{target.python.command}"), File)
    ]
    if found:
        return f"it has {found[0]}: set the option python = {found[0]!r}"
    return f"choose a base with {target.python.command}, or bundle one with 'interpreter'"


def _versions(root: Root, interpreter: File) -> set[str]:
    """Read the version in the interpreter's name, else in those of the libraries beside it."""
    directory, name = posixpath.split(interpreter.path)
    if found := _NAMED.fullmatch(name):
        return {found[1]}
    prefix = posixpath.dirname(directory)
    return {
        found[1]
        for library in ("lib", "lib64")
        for entry in root.below(f"{prefix}/{library}")
        if isinstance(root.find(entry), Directory)
        and (found := _LIBRARY.fullmatch(posixpath.basename(entry)))
    }


def _unfit(interpreter: File, root: Root, target: Target) -> Iterator[Problem]:
    """Look into the program itself: for which machine it is, and with which C library."""
    machine = machine_of(target.arch)
    try:
        elves = scan_all([interpreter])
    except FormatError as error:
        yield from error.problems
        return
    for elf in elves:
        if machine is not None and machine.is_foreign(elf):
            yield Problem(
                what=f"/{elf.path} is for {elf.machine.removeprefix('EM_')}, not {target.arch}",
                where="base",
                advice="the base's configuration says otherwise: it is put together wrongly",
            )
        elif (wanted := needed_by(elf)) is not None:
            yield from lacking(f"/{elf.path}", wanted, libraries_of(root))
