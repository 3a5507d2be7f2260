"""What such a file says of its start."""

from __future__ import annotations

import ast
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from repackage.archive import describe_zip
from repackage_formats.pyz._emit import FACTS, MAIN

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST = 1 << 20
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
)


def read_facts(artifact: Path) -> dict[str, str]:
    """Tell the first line, what is started, and what for."""
    told = describe_zip(artifact)
    found = facts_of(artifact)
    if not found:
        return told
    with suppress(AttributeError, LookupError, TypeError):  # others may have written it
        told |= _told(found)
    return {key: value for key, value in told.items() if value}


def _told(found: dict[str, Any]) -> dict[str, str]:
    python = ".".join(map(str, found["python"]))
    native = found["native"] or {}
    told = {}
    told["starts"] = f"{found['module']}:{found['attribute']}"
    told["python"] = python if found["exact"] else f"{python} or later"
    told["unpacks"] = "when it is first started" if found["unpack"] else "never"
    if native:
        libc = native["libc"] or [""]
        needs = f"{libc[0]} {'.'.join(map(str, libc[1:]))}".strip()
        told["machine"] = f"{native['platform']} on {native['machines'][0]}"
        told["libc"] = needs
    return told


def facts_of(artifact: Path) -> dict[str, Any]:
    """The facts that its start was given; nothing if it has another start."""
    try:
        with zipfile.ZipFile(artifact) as archive:
            if archive.getinfo(MAIN).file_size > _LONGEST:
                return {}
            source = archive.read(MAIN).decode()
        literal = source.partition(FACTS)[2].partition("\n\nif ")[0]
        found: object = ast.literal_eval(literal)
        keys = {"python", "exact", "module", "attribute", "unpack", "native"}
        return found if isinstance(found, dict) and keys <= found.keys() else {}
    except _UNREADABLE:
        return {}
