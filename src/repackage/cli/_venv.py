"""A virtual environment knows which interpreter it is for: that is the target to judge by."""

from __future__ import annotations

import platform
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: ``version`` of venv (PEP 405 leaves it open), ``version_info`` of uv and virtualenv.
_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)", re.MULTILINE)


def targeting_of(directory: Path) -> dict[str, object]:
    """The keys of ``[tool.repackage]`` that describe the target of a virtual environment.

    Nothing for a directory that is none, or on a machine without the GNU C library.
    """
    try:
        text = (directory / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    found = _VERSION.search(text)
    library, version = platform.libc_ver()
    if found is None or library != "glibc":
        return {}
    glibc = "_".join(version.split(".")[:2])
    return {"python": found[1], "platform": f"manylinux_{glibc}_{platform.machine()}"}
