"""What a user may decide about an application that is one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from repackage.errors import ConfigError, Problems
from repackage.text import is_plain

#: The most that every kernel reads of a first line, ``#!`` and newline included.
LONGEST_LINE: Final = 127
_LEVELS: Final = range(1, 10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Options of the format ``pyz``."""

    command: str = ""
    """The command of the wheel that is started. Default: the one that is called like the project, else the only one."""
    interpreter: str = "/usr/bin/env python3"
    """What the first line names; ``target`` stands for the target's own, such as ``/usr/bin/python3.11``."""
    unpack: Literal["auto", "always", "never"] = "auto"
    """``auto``: run in place unless there is machine code, which cannot be loaded from a zip file; then, unpack into the user's cache when it is first started. ``always``: for packages that look for their data beside ``__file__``. ``never``: refuse machine code."""
    recompress: bool = False
    """Compress anew, at level 9 unless ``level`` says otherwise, what wheels hold compressed."""
    level: int | None = None
    """How hard to compress, 1 to 9, what is not copied as it is. Default: 6."""

    def __post_init__(self) -> None:
        """Refuse what could not be written, all at once."""
        problems = Problems()
        interpreter = self.interpreter
        if interpreter != "target" and not (
            interpreter.startswith("/") and is_plain(interpreter)
        ):
            problems.add(
                f"{interpreter!r} is no interpreter for a first line",
                where="interpreter",
                advice="an absolute path, such as '/usr/bin/python3', or 'target'",
            )
        elif len(f"#!{interpreter}\n".encode()) > LONGEST_LINE:
            problems.add(
                f"a first line has {LONGEST_LINE} bytes at most",
                where="interpreter",
                advice="take '/usr/bin/env python3'",
            )
        if self.level is not None and self.level not in _LEVELS:
            problems.add(
                f"there is no level {self.level}",
                where="level",
                advice=f"{_LEVELS[0]} to {_LEVELS[-1]}",
            )
        problems.raise_if_any(ConfigError)
