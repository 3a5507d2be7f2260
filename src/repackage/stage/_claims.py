"""What one distribution claims of the tree, collected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.errors import Problem
from repackage.stage._model import Claim, Note

if TYPE_CHECKING:
    from repackage.format import Layout
    from repackage.stage._model import Action
    from repackage.stage._share import Share
    from repackage.tree import File


class Claims:
    """The claims of one share on a layout, with the notes and problems they met."""

    def __init__(self, share: Share, layout: Layout) -> None:
        self.share = share
        self.layout = layout
        self.made: list[Claim] = []
        self.notes: list[Note] = []
        self.problems: list[Problem] = []

    def add(self, path: str, file: File, *, command: bool = False) -> None:
        """Claim a path for a file."""
        self.made.append(Claim(file=replace(file, path=path), command=command))

    def note(self, path: str, action: Action, reason: str) -> None:
        """Note what is done otherwise than the wheel has it."""
        self.notes.append(
            Note(distribution=self.share.name, path=path, action=action, reason=reason)
        )

    def refuse(self, what: str, *, advice: str) -> None:
        """Note a problem with this wheel."""
        self.problems.append(Problem(what=what, where=self.share.wheel.filename, advice=advice))
