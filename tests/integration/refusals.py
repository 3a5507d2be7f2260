"""Why uv refuses, and why we do: sentences sorted into classes that can be compared."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.errors import RepackageError


class Reason(Enum):
    """What both can refuse for."""

    PYTHON = "python"
    PLATFORM = "platform"
    CONFLICT = "conflict"
    UNDEFINED = "undefined"
    NO_FILE = "no file"
    LOCK = "unreadable lock"


_UV = {
    r"resolved to Python .* incompatible with|is incompatible with the .*Python requirement": (
        Reason.PYTHON
    ),
    r"not compatible with the lockfile's supported environments": Reason.PLATFORM,
    r"incompatible with the (declared )?conflicts|enabled simultaneously": Reason.CONFLICT,
    r"is not defined in": Reason.UNDEFINED,
    r"can't be installed because": Reason.NO_FILE,
    r"Failed to parse `uv.lock`": Reason.LOCK,
}
_OURS = {
    r"requires Python": Reason.PYTHON,
    r"supports only other environments|no fork of the lock covers": Reason.PLATFORM,
    r"cannot be chosen together": Reason.CONFLICT,
    r"has no extra|has no dependency group": Reason.UNDEFINED,
    r"no wheel|neither a wheel|source distribution|no-binary|only-binary": Reason.NO_FILE,
}


def reason_of_uv(message: str) -> Reason:
    """Tell for what uv refused."""
    # uv wraps its sentences at 80 columns
    text = " ".join(message.replace("│", " ").split())
    for pattern, reason in _UV.items():
        if re.search(pattern, text):
            return reason
    raise AssertionError(f"uv refuses in unknown words: {message}")


def reasons_of_ours(error: RepackageError) -> frozenset[Reason]:
    """Tell for what we refused; all the problems of one stage are reported at once."""
    return frozenset(_reason_of(problem.what) for problem in error.problems)


def _reason_of(what: str) -> Reason:
    for pattern, reason in _OURS.items():
        if re.search(pattern, what):
            return reason
    raise AssertionError(f"we refuse in unknown words: {what}")
