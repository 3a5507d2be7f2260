"""Text from strangers, on its way into files that have a syntax."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_CONTACT: Final = re.compile(
    r"[^\s<>@,;:\"()\[\]\\][^<>@,;:\"()\[\]\\]* "
    r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+>"
)
_URL: Final = re.compile(r"https?://[A-Za-z0-9.\[\]:@_-]+(/[!-;=?-~]*)?")
#: Control characters, and formats such as bidirectional overrides: never shown, so they
#: can only mislead; surrogates and private use cannot be shown either.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether a text has nothing but visible characters and spaces; newlines if allowed."""
    return text.isprintable() or all(
        _visible(each) or (lines and each == "\n") for each in text
    )


def one_line(text: str) -> str:
    """Make one line of visible characters of any text; white space is a space."""
    return " ".join(_shown(text).split())


def plain_lines(text: str) -> list[str]:
    """Split a text into lines of visible characters, without blanks at their ends."""
    lines = (line.expandtabs() for line in text.splitlines())
    return [_shown(line).rstrip() for line in lines]


def is_contact(text: str) -> bool:
    """Whether a text is ``Name <mail@domain>`` as policy 5.6.2 and mail parsers want it."""
    return _CONTACT.fullmatch(text) is not None and is_plain(text)


def is_url(text: str) -> bool:
    """Whether a text is a web address in ASCII."""
    return _URL.fullmatch(text) is not None


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in _HIDDEN


def _shown(text: str) -> str:
    """Have a space for every character of white space, and none that is hidden."""
    if text.isprintable():  # as nearly every line is: then it has neither, but spaces
        return text
    return "".join(
        " " if each.isspace() else each for each in text if each.isspace() or _visible(each)
    )
