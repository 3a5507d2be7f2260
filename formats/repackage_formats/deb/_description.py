"""The description: a synopsis that fits a list, and a few paragraphs (policy 3.4)."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Final

from repackage.prose import first_paragraphs, paragraphs_of, synopsis

if TYPE_CHECKING:
    from repackage.package import Package
    from repackage_formats.deb._options import Options

_WIDTH: Final = 78
#: Words that a line must not begin with: it would be taken for a list, or for syntax.
_STUCK: Final = re.compile(r" (?=[.*+-])")
_BULLETS: Final = " .*+-\N{NO-BREAK SPACE}"
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"


def description(package: Package, options: Options) -> tuple[str, tuple[str, ...]]:
    """Return the synopsis and the lines below it, blank ones between paragraphs."""
    text = options.description or package.summary
    first, _, rest = text.strip().partition("\n")
    short = synopsis(first, name=package.name)
    paragraphs = paragraphs_of(rest) if rest.strip() else first_paragraphs(package.description)
    paragraphs = [each for each in paragraphs if each.strip(_BULLETS)]
    if not paragraphs or paragraphs == [text.strip()]:
        paragraphs = [f"This is {package.name}, with all that it needs beside Python itself."]
    return short, tuple(_laid_out(paragraphs))


def _laid_out(paragraphs: list[str]) -> list[str]:
    lines: list[str] = []
    for paragraph in paragraphs:
        if lines:
            lines.append("")
        stuck = _STUCK.sub(_NO_BREAK, paragraph.replace(_NO_BREAK, " ").lstrip(_BULLETS))
        wrapped = textwrap.wrap(stuck, _WIDTH, break_on_hyphens=False)
        lines += [line.replace(_NO_BREAK, " ") for line in wrapped]
    return lines


def folded(lines: tuple[str, ...]) -> str:
    """Indent lines below a field: a blank one is `` .``, and none may begin with a dot."""
    return "".join(f" {_escaped(line)}\n" for line in lines)


def _escaped(line: str) -> str:
    if not line:
        return "."
    # policy 5.6.13: " ." and something behind it is reserved; "  ." is shown as it is
    return f" {line}" if line.startswith(".") else line
