"""What is wrong with one wheel, collected so that all of it is reported at once."""

from __future__ import annotations

from dataclasses import replace

from repackage.errors import Problem, Problems, WheelError

#: What to do about a wheel that contradicts itself.
DAMAGED = "the wheel was damaged or tampered with: download or build it again"

#: More than this many problems help nobody; a hostile wheel can have a million.
SHOWN = 50

#: Nor does a sentence of more characters than this: it quotes what the wheel says.
LONGEST = 500


class WheelProblems(Problems):
    """The problems of one wheel file, each placed at the file or one of its members."""

    def __init__(self, filename: str) -> None:
        super().__init__()
        self.filename = filename

    def note(self, what: str, *, member: str = "", advice: str = "") -> None:
        """Note a problem of the wheel, or of one of its members."""
        self.add(what, where=self.place(member), advice=advice)

    def place(self, member: str) -> str:
        """Name the wheel, or a member of it, for a message."""
        return f"{self.filename}: {printable(member)}" if member else self.filename

    def check(self) -> None:
        """Raise :class:`WheelError` if there are any, the first of them in full."""
        shown = [_brief(problem) for problem in self._found[:SHOWN]]
        hidden = len(self._found) - len(shown)
        if hidden:
            shown.append(Problem(what=f"{hidden} more problems", where=self.filename))
        if shown:
            raise WheelError(*shown)


def _brief(problem: Problem) -> Problem:
    what = problem.what
    return problem if len(what) <= LONGEST else replace(problem, what=f"{what[:LONGEST]}…")


def printable(text: str) -> str:
    """Spell text that a terminal can be trusted with."""
    return text if text.isprintable() else ascii(text)
