"""Relations between packages: ``libc6 (>= 2.17) | libc6.1`` (policy 7.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from repackage.errors import FormatError

if TYPE_CHECKING:
    from repackage.target import Target

_ALTERNATIVE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9+.-]+)(:(?P<arch>[a-z0-9-]+))?"
    r"( ?\( ?(?P<operator><<|<=|=|>=|>>) ?(?P<version>([0-9]+:)?[0-9][A-Za-z0-9.+~-]*) ?\))?"
)
_INTERPRETER = re.compile(r"/usr/bin/(python3\.[0-9]+|pypy3)")


def relation_problem(relation: str, *, provides: bool = False) -> str:
    """Say what is wrong with one relation of a list, or nothing.

    A package that is provided is a name, perhaps with ``(= version)``, without a choice.
    """
    for alternative in relation.split("|"):
        match = _ALTERNATIVE.fullmatch(alternative.strip(" "))
        if match is None:
            return f"{relation!r} is not a relation"
        if provides and ("|" in relation or match["operator"] not in {None, "="}):
            return f"{relation!r} cannot be provided"
    return ""


def normalised(relation: str) -> str:
    """Spell a valid relation the usual way: ``a (>= 1) | b``."""
    return " | ".join(
        _spelled(match)
        for alternative in relation.split("|")
        if (match := _ALTERNATIVE.fullmatch(alternative.strip(" ")))
    )


def _spelled(match: re.Match[str]) -> str:
    name = f"{match['name']}:{match['arch']}" if match["arch"] else match["name"]
    if not match["operator"]:
        return name
    return f"{name} ({match['operator']} {match['version']})"


def interpreter_packages(target: Target, *, pure: bool, compiled: bool) -> tuple[str, ...]:
    """Name the packages that an app layout takes its interpreter from.

    ``bin/python`` of the private prefix links to ``/usr/bin/python3.X``, and modules lie
    in ``lib/python3.X``: nothing but the package ``python3.X`` will do, and it needs no
    bounds, because its name is the minor version. It survives a change of the default.
    ``python3`` brings ``py3compile`` and ``py3clean``; any version of it serves, as they
    take the interpreter from ``-V``. A bound such as ``python3 (<< 3.12)`` would only
    shut out releases that have ``python3.X`` beside their default. Where bytecode is shipped
    ``compiled``, neither is called, and it is of the minor version that is named already.

    ``:any`` admits an interpreter of a foreign architecture, which machine code cannot
    be loaded by.
    """
    match = _INTERPRETER.fullmatch(target.interpreter)
    if match is None:
        raise FormatError.of(
            f"no package is known that brings {target.interpreter!r}",
            where="interpreter-packages",
            advice="name it: interpreter-packages = ['its-package']",
        )
    interpreter = f"{match[1]}:any" if pure else match[1]
    return (interpreter,) if compiled else (interpreter, "python3:any")
