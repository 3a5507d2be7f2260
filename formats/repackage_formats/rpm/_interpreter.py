"""What the interpreter of a target is required by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.errors import FormatError
from repackage_formats.rpm._distributions import rpm_of
from repackage_formats.rpm._facts import Relation
from repackage_formats.rpm._relations import EQUAL, is_name

if TYPE_CHECKING:
    from repackage.target import Target


def interpreter_requires(target: Target) -> tuple[Relation, ...]:
    """Name what an app layout takes its interpreter from.

    ``bin/python`` of the private prefix links to ``/usr/bin/python3.X``, and modules lie
    in ``lib/python3.X``: nothing but that minor version will do. Distributions provide
    ``python(abi)`` for the usual build of CPython only. Some provide it with a package that
    lacks modules such as sqlite3: there the whole one is required, too.

    Raises:
        FormatError: The path of the interpreter cannot be the name of a relation.
    """
    path = Relation(name=target.interpreter)
    if not is_name(path.name):
        raise FormatError.of(
            f"rpm cannot require {path.name!r}",
            where="interpreter-requires",
            advice="name what brings it: interpreter-requires = ['its-package']",
        )
    python = target.python
    if python.implementation != "cpython" or python.free_threaded:
        return (path,)
    rpm = rpm_of(target)
    whole = rpm.pythons.get(python.release) if rpm.split else None
    return (
        path,
        Relation(name="python(abi)", version=python.release, flags=EQUAL),
        *([Relation(name=whole)] if whole else []),
    )
