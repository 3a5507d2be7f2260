"""Wheels and a layout to a tree: the staging root, described; written only on demand."""

from repackage.stage._add import add
from repackage.stage._materialise import materialise
from repackage.stage._model import Note, Staged, StageOptions
from repackage.stage._stage import stage

__all__ = ["Note", "StageOptions", "Staged", "add", "materialise", "stage"]
