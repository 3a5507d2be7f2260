"""``requires.txt`` of an ``.egg-info``: what came before Requires-Dist.

The form is setuptools' own: sections ``[extra]``, ``[:marker]`` and ``[extra:marker]``, and
a requirement on each line below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from repackage.errors import Problem, WheelError

if TYPE_CHECKING:
    from collections.abc import Iterator


def parse_requires(text: str, *, where: str) -> tuple[Requirement, ...]:
    """Parse the requirements, the section of each as its marker.

    Raises:
        WheelError: With every line that is none.
    """
    found, problems = [], []
    for line, marker in _lines(text):
        spelt = f"{line} ; {marker}" if marker else line
        try:
            found.append(Requirement(spelt))
        except InvalidRequirement:
            what = f"requires.txt has {line!r}, which is no requirement"
            problems.append(Problem(what=what, where=where))
    if problems:
        raise WheelError(*problems)
    return tuple(found)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("["):
            section = _marker(line.strip("[]"))
        elif not line.startswith("#"):
            yield line, section


def _marker(section: str) -> str:
    extra, _, condition = section.partition(":")
    parts = [f"({condition})"] if condition else []
    parts += [f"extra == '{extra}'"] if extra else []
    return " and ".join(parts)
