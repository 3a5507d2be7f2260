"""What a project says about itself, cut down to what a list of packages has room for."""

from __future__ import annotations

import re
import textwrap
from typing import Final

from repackage.text import one_line, plain_lines

_SYNOPSIS: Final = 80
#: Enough to know what it is; the readme itself is not the description (policy 3.4.2).
_PARAGRAPHS: Final = 3
_CHARACTERS: Final = 1200
_ARTICLE: Final = re.compile(r"(a|an|the)\s+", re.IGNORECASE)
#: What stands between the name and what it is: "Flask is a ...", "black - the ...".
_SAYS: Final = re.compile(r"\s*([:\u2013\u2014]|-+\s|is\s)\s*")
_MARK: Final = re.compile(r",(?=[^\s\d])")
#: Lines of a readme that say nothing without their markup: headings and rules, tables,
#: lists, badges, directives, code.
_MARKUP: Final = re.compile(r"\s*([#|>=~^*_+<!`.$\[-]|:\w+:|\d+[.)])")
_UNDERLINE: Final = re.compile(r"\s*([=~^*_#`\"'+-])\1{2,}\s*")
_FENCE: Final = re.compile(r"\s*(```|~~~)")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS: Final = re.compile(r"(\*\*|__|``|`)(.+?)\1")


def synopsis(text: str, *, name: str) -> str:
    """Cut a summary down to what lists of packages show (Debian policy 3.4.1, Fedora's guidelines).

    No leading article and no name of the package before it, no full stop behind it, at
    most 80 characters, cut between words.
    """
    start = re.compile(rf"{re.escape(name)}\b", re.IGNORECASE)
    line = _MARK.sub(", ", one_line(text))
    named = start.match(line)
    if named is not None and (said := _SAYS.match(line, named.end())):
        line = line[said.end() :]
    line = _ARTICLE.sub("", line, count=1) if _ARTICLE.match(line) else line
    line = line.strip(" .,;:-")
    if not line or line.lower() == name.lower():
        line = f"Python application called {name}"
    elif start.match(line) or " " not in line or _ARTICLE.match(line):
        line = f"Python application: {line}"
    if len(line) > _SYNOPSIS:
        line = textwrap.shorten(line, _SYNOPSIS, placeholder="") or line[:_SYNOPSIS]
    return line.rstrip(" .,;:-")


def paragraphs_of(text: str) -> list[str]:
    """Split a text at blank lines, each paragraph on one line."""
    blocks = "\n".join(plain_lines(text)).split("\n\n")
    return [paragraph for block in blocks if (paragraph := one_line(block))]


def first_paragraphs(text: str) -> list[str]:
    """Take the first paragraphs of a readme that are prose."""
    found: list[str] = []
    size = 0
    for block in _blocks(text):
        prose = one_line(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", " ".join(block))))
        if "http://" in prose or "https://" in prose or len(prose.split()) < 5:  # noqa: PLR2004 - no sentence
            continue
        size += len(prose)
        if found and size > _CHARACTERS:
            break
        found.append(textwrap.shorten(prose, _CHARACTERS, placeholder=" …"))
        if len(found) == _PARAGRAPHS:
            break
    return found


def _blocks(text: str) -> list[list[str]]:
    """Split a readme at blank lines, and leave out blocks that are markup."""
    blocks: list[list[str]] = [[]]
    fenced = False
    for line in plain_lines(text[:100_000]):
        if _FENCE.match(line):
            fenced = not fenced
            blocks.append([])
        elif not fenced and line.strip():
            blocks[-1].append(line)
        else:
            blocks.append([])
    return [block for block in blocks if block and not any(map(_is_markup, block))]


def _is_markup(line: str) -> bool:
    if _UNDERLINE.fullmatch(line) or line.startswith(("    ", "\t")):
        return True
    starts_with_text = line.lstrip().startswith(("**", "`", "[", "_", "*")) and not (
        line.lstrip().startswith(("* ", "[!", "[!["))
    )
    return _MARKUP.match(line) is not None and not starts_with_text
