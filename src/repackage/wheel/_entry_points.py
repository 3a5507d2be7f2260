"""``entry_points.txt``: the launchers that a wheel asks for.

https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import configparser
import keyword
import re
from typing import TYPE_CHECKING, Literal

from repackage.wheel._model import EntryPoint
from repackage.wheel._paths import path_problems

if TYPE_CHECKING:
    from repackage.wheel._problems import WheelProblems

    Kind = Literal["console", "gui"]

_SECTIONS: dict[str, Kind] = {"console_scripts": "console", "gui_scripts": "gui"}
_REFERENCE = re.compile(r"(?P<module>[\w.]+)\s*:\s*(?P<attribute>[\w.]+)\s*(\[[^\[\]]*\])?")


def parse_entry_points(
    text: str, *, member: str, problems: WheelProblems
) -> tuple[EntryPoint, ...]:
    """Parse the scripts among the entry points; extras are ignored, as the rules say."""
    # ``installer.utils.parse_entrypoints`` asserts where this reports.
    # No section can have an empty name: none is the default of all others, as for pip.
    parser = configparser.RawConfigParser(delimiters=("=",), default_section="")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser says
    try:
        parser.read_string(text, source=member)
    except configparser.Error as error:
        problems.note(" ".join(str(error).split()).lower(), member=member)
        return ()
    found: dict[str, EntryPoint] = {}
    for section, kind in _SECTIONS.items():
        if not parser.has_section(section):
            continue
        for name, value in parser.items(section):
            point = _parse(name, value, kind=kind, member=member, problems=problems)
            if point is not None and found.setdefault(name, point) is not point:
                problems.note(f"{name!r} is both a console and a GUI script", member=member)
    return tuple(found.values())


def _parse(
    name: str, value: str, *, kind: Kind, member: str, problems: WheelProblems
) -> EntryPoint | None:
    wrong = name_problem(name)
    if wrong:
        problems.note(
            f"the script name {name!r} {wrong}",
            member=member,
            advice="nothing of this wheel can be trusted",
        )
    match = _REFERENCE.fullmatch(value)
    if match is None or not all(map(_is_dotted_name, match.group("module", "attribute"))):
        problems.note(
            f"the script {name!r} refers to {value!r}",
            member=member,
            advice="what it runs is written as 'module:function'",
        )
        return None
    if wrong:
        return None
    return EntryPoint(
        name=name, module=match["module"], attribute=match["attribute"], kind=kind
    )


def name_problem(name: str) -> str:
    """What is wrong with the name of a script, as the end of a sentence, or nothing."""
    if "/" in name or path_problems(name):
        return "is not a plain file name"
    if name.startswith("-"):
        return "looks like an option"
    return ""


def _is_dotted_name(text: str) -> bool:
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in text.split("."))
