"""Which reader an artifact is for: by what it holds, then by its name."""

from __future__ import annotations

import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from repackage import registry
from repackage.errors import FormatError, InputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Reader


def recognise(path: Path, *, format_name: str | None = None) -> tuple[str, Reader]:
    """Find the reader of an artifact: as said, as it looks, or as it is called.

    Raises:
        UsageError: There is none, or it cannot be told.
    """
    if format_name is not None:
        return format_name, registry.load_reader(format_name)
    found = by_content(path) or _by_name(path)
    if found is None:
        raise UsageError.of(
            "cannot tell the format from what it holds, nor from its name",
            where=str(path),
            advice=f"--format says it; installed: {', '.join(registry.readers())}",
        )
    return found


def by_content(path: Path) -> tuple[str, Reader] | None:
    """Ask every reader that can tell; who knows what is in it goes before who knows a box.

    A stranger's reader that cannot be imported is of no concern here.
    """
    claims: list[tuple[int, str, Reader]] = []
    for name in registry.readers():
        with suppress(FormatError):
            reader = registry.load_reader(name)
            recognises = getattr(reader, "recognises", None)
            if callable(recognises) and (sure := _sure(recognises(path))):
                claims.append((sure, name, reader))
    if not claims:
        return None
    _, name, reader = max(claims, key=lambda claim: (claim[0], f".{claim[1]}" in path.suffixes))
    return name, reader


def _sure(answer: object) -> int:
    return answer if isinstance(answer, int) else 0


def _by_name(path: Path) -> tuple[str, Reader] | None:
    """Take the last of its suffixes that is a format, so that it can say what is wrong."""
    known = registry.readers()
    for suffix in reversed(path.suffixes):
        if suffix[1:] in known:
            return suffix[1:], registry.load_reader(suffix[1:])
    return None


def refuse_unreadable(path: Path) -> None:
    """Say of a path that leads nowhere, or to what may not be read, what the system says.

    Raises:
        InputError: It cannot be opened.
    """
    try:
        if stat.S_ISREG(path.stat().st_mode):
            path.open("rb").close()
    except FileNotFoundError as error:
        raise InputError.of("no such file", where=str(path)) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError.of(f"cannot be read: {reason}", where=str(path)) from error
