"""The description: a synopsis that fits a list, and a few paragraphs (policy 3.4)."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Final

from repackage_formats.deb._text import one_line, plain_lines

if TYPE_CHECKING:
    from repackage.package import Package
    from repackage_formats.deb._options import Options

_SYNOPSIS: Final = 80
_WIDTH: Final = 78
#: Enough to know what it is; the readme itself is not the description (policy 3.4.2).
_PARAGRAPHS: Final = 3
_CHARACTERS: Final = 1200
_ARTICLE: Final = re.compile(r"(a|an|the)\s+", re.IGNORECASE)
#: What stands between the name and what it is: "Flask is a ...", "black - the ...".
_SAYS: Final = re.compile(r"\s*([:\u2013\u2014]|-+\s|is\s)\s*")
_MARK: Final = re.compile(r",(?=[^\s\d])")
#: Words that a line must not begin with: it would be taken for a list, or for syntax.
_STUCK: Final = re.compile(r" (?=[.*+-])")
_BULLETS: Final = " .*+-\N{NO-BREAK SPACE}"
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
#: Lines of a readme that say nothing without their markup: headings and rules, tables,
#: lists, badges, directives, code.
_MARKUP: Final = re.compile(r"\s*([#|>=~^*_+<!`.$\[-]|:\w+:|\d+[.)])")
_UNDERLINE: Final = re.compile(r"\s*([=~^*_#`\"'+-])\1{2,}\s*")
_FENCE: Final = re.compile(r"\s*(```|~~~)")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS: Final = re.compile(r"(\*\*|__|``|`)(.+?)\1")


def description(package: Package, options: Options) -> tuple[str, tuple[str, ...]]:
    """Return the synopsis and the lines below it, blank ones between paragraphs."""
    text = options.description or package.summary
    first, _, rest = text.strip().partition("\n")
    short = synopsis(first, name=package.name)
    paragraphs = _given(rest) if rest.strip() else _readme(package.description)
    paragraphs = [each for each in paragraphs if each.strip(_BULLETS)]
    if not paragraphs or paragraphs == [text.strip()]:
        paragraphs = [f"This is {package.name}, with all that it needs beside Python itself."]
    return short, tuple(_laid_out(paragraphs))


def synopsis(text: str, *, name: str) -> str:
    """Cut a summary down to what policy 3.4.1 asks for.

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


def _given(text: str) -> list[str]:
    """Split a description of the user's into paragraphs."""
    blocks = "\n".join(plain_lines(text)).split("\n\n")
    return [paragraph for block in blocks if (paragraph := one_line(block))]


def _readme(text: str) -> list[str]:
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
