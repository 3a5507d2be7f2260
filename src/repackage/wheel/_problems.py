"""What is wrong with one wheel, collected so that all of it is reported at once."""

from __future__ import annotations

from repackage.errors import Problem, Problems, WheelError

#: More than this many problems help nobody; a hostile wheel can have a million.
SHOWN = 50


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
        if len(self._found) > SHOWN:
            hidden = len(self._found) - SHOWN
            last = Problem(what=f"{hidden} more problems", where=self.filename)
            raise WheelError(*self._found[:SHOWN], last)
        self.raise_if_any(WheelError)


def printable(text: str) -> str:
    """Spell text that a terminal can be trusted with."""
    return text if text.isprintable() else ascii(text)
