"""An interpreter as people write it: ``3.12``, ``3.12.4``, ``3.13t``, ``pypy3.11``."""

from __future__ import annotations

import re
from typing import Literal

from repackage.errors import TargetError
from repackage.target._model import Python

#: As uv takes it, too: ``cpython@3.12``, ``cp312``, ``pypy-3.11``, ``pp311``, ``3.13+freethreaded``.
_REQUEST = re.compile(
    r"(?:(cpython|cp|pypy|pp)[-@]?)?"
    r"(?:(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?|(?<=[a-z@-])(\d)(\d{1,2}))"
    r"(t|\+freethreaded)?",
    re.ASCII,
)

#: The first release of CPython that can be built without the GIL (PEP 703).
_FREE_THREADED_SINCE = 13


def parse_python(text: str) -> Python:
    """Read a version; without a micro version it is 0, the least it can be."""
    found = _REQUEST.fullmatch(text.strip().lower())
    if found is None:
        raise TargetError.of(
            f"{text!r} is not a Python version",
            advice="write it like 3.12, 3.12.4, 3.13t or pypy3.11",
        )
    major, minor = int(found[2] or found[5]), int(found[3] or found[6])
    implementation: Literal["cpython", "pypy"] = (
        "pypy" if found[1] in {"pypy", "pp"} else "cpython"
    )
    free_threaded = bool(found[7])
    if major != 3:  # noqa: PLR2004 - wheels for another Python are of another age
        raise TargetError.of(f"Python {text} is not supported", advice="only Python 3 is")
    if free_threaded and (minor < _FREE_THREADED_SINCE or implementation == "pypy"):
        raise TargetError.of(
            f"Python {text} does not exist",
            advice=f"free-threaded builds begin with 3.{_FREE_THREADED_SINCE}t, and are of CPython",
        )
    return Python(
        major=major,
        minor=minor,
        micro=int(found[4] or 0),
        implementation=implementation,
        free_threaded=free_threaded,
    )


def names_micro(text: str) -> bool:
    """Tell whether the micro version was written, or left open."""
    return text.count(".") > 1
