"""The Nix language, as far as it is written here: values in, text in RFC 166 style out.

A text from outside becomes part of an expression only as a value that is written here, so
that nothing in it can be taken for code.
See https://nix.dev/manual/nix/stable/language/ and https://github.com/NixOS/rfcs/pull/166.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

STEP: Final = "  "

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*")
#: Words that the language takes for itself; ``or`` is one only in some places.
KEYWORDS: Final = frozenset(
    {"assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"}
)
_PATH: Final = re.compile(r"[A-Za-z0-9._+-]+(/[A-Za-z0-9._+-]+)*")
_SHELL_WORD: Final = re.compile(r"[A-Za-z0-9_./+-][A-Za-z0-9_./+=:@%-]*")
_SHELL_TEXT: Final = re.compile(r"[A-Za-z0-9_./+=:@%, -]+")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED: Final = re.compile(r'[\\"\n\r\t]|\$(?=\{)')
#: What a string of Nix cannot hold: NUL, and what UTF-8 has no bytes for.
_IMPOSSIBLE: Final = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Code:
    """An expression that is written already, by us; its further lines are indented from 0."""

    text: str


@dataclass(frozen=True, slots=True)
class Path:
    """A file beside the expression, by its relative path."""

    relative: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function, applied to a set of arguments."""

    function: str
    arguments: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Indented:
    """A text in lines between two pairs of quotes: shell, written by us."""

    lines: tuple[str, ...]


Value = str | Code | Path | Call | Indented | tuple["Value", ...] | Mapping[str, "Value"]


def render(value: Value, indent: str = "") -> str:
    """Write a value; lines after the first begin with ``indent``."""
    match value:
        case Indented(lines=lines):
            return _indented(lines, indent)
        case Call(function=function, arguments=arguments):
            return f"{function} {render(arguments, indent)}"
        case tuple():
            return _list(value, indent)
        case Mapping():
            return _set(value, indent)
        case _:
            return _simple(value, indent)


def _simple(value: str | Code | Path, indent: str) -> str:
    match value:
        case str():
            return string(value)
        case Code(text=text):
            return text.replace("\n", f"\n{indent}").replace(f"\n{indent}\n", "\n\n")
        case Path(relative=relative):
            return _path(relative)


def string(text: str) -> str:
    """Write a text as a string that evaluates to it, whatever is in it."""
    possible = _IMPOSSIBLE.sub("\ufffd", text)
    escaped = _ESCAPED.sub(lambda found: _ESCAPES.get(found[0], "\\$"), possible)
    return f'"{escaped}"'


def attribute(name: str) -> str:
    """Write the name of an attribute, in quotes where it would not be read as one."""
    return name if is_identifier(name) else string(name)


def is_identifier(text: str) -> bool:
    """Whether a text is a variable's name."""
    return _IDENTIFIER.fullmatch(text) is not None and text not in KEYWORDS


def is_attribute_path(text: str) -> bool:
    """Whether a text names an attribute of a variable: ``cudaPackages.libcublas``."""
    return all(is_identifier(part) for part in text.split("."))


def word(text: str) -> str:
    """Write a text as one word of shell, inside of :class:`Indented`."""
    if _SHELL_WORD.fullmatch(text):
        return text
    if _SHELL_TEXT.fullmatch(text):
        return f"'{text}'"
    return f"${{lib.escapeShellArg {string(text)}}}"


def comment(text: str) -> str:
    """Write a line that says something to people."""
    return f"# {' '.join(text.split())}"


def _path(relative: str) -> str:
    if _PATH.fullmatch(relative):
        return f"./{relative}"
    directory, _, name = relative.rpartition("/")
    return f"./{directory} + {string(f'/{name}')}"


def _indented(lines: tuple[str, ...], indent: str) -> str:
    inner = indent + STEP
    body = "".join(f"{inner}{line}\n" if line else "\n" for line in lines)
    return f"''\n{body}{indent}''"


def _list(items: tuple[Value, ...], indent: str) -> str:
    if not items:
        return "[ ]"
    inner = indent + STEP
    rendered = [_item(item, inner) for item in items]
    if len(items) == 1 and "\n" not in rendered[0]:
        return f"[ {rendered[0]} ]"
    return "\n".join(["[", *(f"{inner}{each}" for each in rendered), f"{indent}]"])


def _item(item: Value, indent: str) -> str:
    """Write an item of a list: an application is one only in brackets."""
    match item:
        case Call():
            return f"({render(item, indent)})"
        case Code(text=text) if " " in text:
            return f"({render(item, indent)})"
        case _:
            return render(item, indent)


def _set(bindings: Mapping[str, Value], indent: str) -> str:
    if not bindings:
        return "{ }"
    inner = indent + STEP
    lines = [f"{inner}{binding(name, value, inner)}" for name, value in bindings.items()]
    return "\n".join(["{", *lines, f"{indent}}}"])


def binding(name: str, value: Value, indent: str = "") -> str:
    """Write what gives a value to a name."""
    return f"{attribute(name)} = {render(value, indent)};"
