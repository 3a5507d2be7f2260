"""An interpreter as people write it: ``3.12``, ``3.12.4``, ``3.13t``."""

from __future__ import annotations

import re

from repackage.errors import TargetError
from repackage.target._model import Python

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(t?)", re.ASCII)

#: The first release of CPython that can be built without the GIL (PEP 703).
_FREE_THREADED_SINCE = 13


def parse_python(text: str) -> Python:
    """Read a version of CPython; without a micro version it is 0, the least it can be."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        raise TargetError.of(
            f"{text!r} is not a Python version", advice="write it like 3.12, 3.12.4 or 3.13t"
        )
    major, minor, micro = (int(number or 0) for number in found.group(1, 2, 3))
    free_threaded = bool(found[4])
    if major != 3:  # noqa: PLR2004 - wheels for another Python are of another age
        raise TargetError.of(f"Python {text} is not supported", advice="only Python 3 is")
    if free_threaded and minor < _FREE_THREADED_SINCE:
        raise TargetError.of(
            f"Python {text} does not exist",
            advice=f"free-threaded builds begin with 3.{_FREE_THREADED_SINCE}t",
        )
    return Python(major=major, minor=minor, micro=micro, free_threaded=free_threaded)


def names_micro(text: str) -> bool:
    """Tell whether the micro version was written, or left open."""
    return text.count(".") > 1
