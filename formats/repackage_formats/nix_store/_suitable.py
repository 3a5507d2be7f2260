"""What no store path can be made of without building it there, told all at once."""

from __future__ import annotations

import re
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from repackage.closure import FromSource
from repackage.elf import first_bytes, scan_all
from repackage.errors import FormatError, Problems
from repackage.target import Windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.tags import Tag

    from repackage.closure import Closure
    from repackage.format import Plan
    from repackage.tree import File, Tree
    from repackage_formats.nix_store._options import S

_ADVICE = "the format nix builds where it is installed, and points libraries to the store there"
#: Mach-O, of either byte order.
_MACH_O = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xfe\xed\xfa\xce")


def check_plan(plan: Plan[S]) -> None:
    """Refuse what is known to be unsuitable before anything is fetched.

    Raises:
        FormatError: With every distribution that is not pure, and whatever else.
    """
    problems = Problems()
    if isinstance(plan.target.system, Windows):
        problems.add("there is no Nix on Windows", advice="choose a target with Linux or macOS")
    for filename in _bound(plan.closure):
        problems.add(
            f"{filename} is made for one kind of machine, where its libraries are not in a store",
            advice=_ADVICE,
        )
    if plan.closure.machine_bound:
        problems.add(
            "markers choose other distributions for other machines, and a store path made here"
            " is for all of them",
            advice=_ADVICE,
        )
    problems.extend(_wrong_interpreter(plan))
    problems.raise_if_any(FormatError)


def check_tree(plan: Plan[S], tree: Tree) -> None:
    """Refuse machine code, however its wheel is called.

    Raises:
        FormatError: With every file.
    """
    files = [file for file in tree.files if not _is_foreign(file, plan.options.foreign)]
    code = [elf.path for elf in scan_all(files, jobs=plan.jobs) if elf.runs]
    code += [file.path for file in files if first_bytes(file, 4) in _MACH_O]
    problems = Problems()
    for path in sorted(code):
        problems.add(
            "the file is machine code, and its libraries are not in a store",
            where=path,
            advice=f"{_ADVICE}; if nothing loads it, list it: foreign = [{path!r}]",
        )
    problems.raise_if_any(FormatError)


def _is_foreign(file: File, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(file.path, pattern) for pattern in patterns)


def _bound(closure: Closure) -> Iterator[str]:
    """Name the wheels that are for one kind of machine."""
    if _is_bound(closure.root.tags):
        yield closure.root.filename
    for pin in closure.pins:
        if isinstance(pin.artifact, FromSource):
            continue
        with suppress(InvalidWheelFilename):  # an sdist
            if _is_bound(parse_wheel_filename(pin.artifact.filename)[3]):
                yield pin.artifact.filename


def _is_bound(tags: Iterable[Tag]) -> bool:
    return any(tag.platform != "any" for tag in tags)


def _wrong_interpreter(plan: Plan[S]) -> Problems:
    """Compare the name of an interpreter with the version that the lock was walked for."""
    problems = Problems()
    path, python = plan.options.interpreter, plan.target.python
    found = re.search(r"/[a-z]*(\d+\.\d+)[a-z]*$", path)
    if found and found[1] != python.release:
        problems.add(
            f"the interpreter is a Python {found[1]}, and the target's is {python.release}",
            where="interpreter",
            advice=f"--python {found[1]} chooses a target with it",
        )
    return problems
