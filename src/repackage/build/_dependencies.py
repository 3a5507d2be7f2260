"""Whether what a wheel needs is bundled, or left to the system: ``[tool.repackage.dependencies]``.

Each format has its own word for that, the option ``layout``; this one word is for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from repackage.config import Choice, options_of

Provider = Literal["bundle", "system"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Dependencies:
    """The reserved table ``[tool.repackage.dependencies]``."""

    default: Provider | None = None
    """Who brings what the wheel requires: the package itself (``bundle``), or packages of the
    distribution, which it then depends on (``system``). Default: as each format's ``layout``
    has it, which bundles unless it is told otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Provided:
    """Who brings what the wheel requires, in whichever format."""

    by: Provider
    said: bool
    """Whether by whoever calls, not by the table."""
    where: str


def layout_for(options: type[object], provider: Provider) -> str | None:
    """What a format's option ``layout`` says of it; None: the format always bundles."""
    for option in options_of(options):
        match option.kind:
            case Choice(values=values) if option.key == "layout" and "system" in values:
                return "system" if provider == "system" else str(option.default)
            case _:
                pass
    return None
