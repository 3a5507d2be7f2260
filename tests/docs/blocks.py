"""What the documentation shows: fenced blocks, and the commands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command, and the output that the documentation shows below it."""

    command: str
    output: str


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language, in order."""
    found = _FENCE.findall(page.read_text(encoding="utf-8"))
    return [text for name, text in found if name == language]


def steps(page: Path) -> list[Step]:
    """Return the commands of a page's ``console`` blocks, each with its output."""
    found: list[Step] = []
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                line, _, output = output.partition("\n")
                command = f"{command[:-1]} {line.strip()}"
            found.append(Step(command=command, output=output))
    return found


def matches(shown: str, real: str) -> bool:
    """Whether a real output is the shown one, with ``...`` for anything."""
    pattern = ".*".join(map(re.escape, shown.strip().split("...")))
    return re.fullmatch(pattern, real.strip(), flags=re.DOTALL) is not None
