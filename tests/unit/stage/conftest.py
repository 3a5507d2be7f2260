"""A small world to stage into: one target, one epoch, wheels that are really read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from repackage.format import app_layout, flat_layout
from repackage.stage import StageOptions, stage
from repackage.target import free_target
from repackage.tree import File, Tree, read_file
from repackage.wheel import read_wheel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repackage.format import Layout
    from repackage.stage import Staged

EPOCH = 1_750_000_000


@dataclass(frozen=True)
class Staging:
    """Stages wheels for CPython 3.11 on Linux, into a layout."""

    layout: Layout
    python: str = "3.11"

    def __call__(
        self,
        root: Path,
        *wheels: Path,
        epoch: int = EPOCH,
        scripts: Sequence[str] = (),
    ) -> Staged:
        return stage(
            self.layout,
            root=read_wheel(root),
            wheels=[read_wheel(wheel) for wheel in wheels],
            target=free_target(python=self.python, platform="manylinux_2_28_x86_64"),
            epoch=epoch,
            options=StageOptions(scripts=tuple(scripts)),
        )


@pytest.fixture
def app() -> Staging:
    """Stage below ``usr/lib/app``, as a deb does."""
    target = free_target(
        python="3.11", platform="manylinux_2_28_x86_64", interpreter="/usr/bin/python3.11"
    )
    return Staging(app_layout(target, prefix="usr/lib/app"))


@pytest.fixture
def flat() -> Staging:
    """Stage for ``PYTHONPATH``."""
    return Staging(flat_layout())


def text(tree: Tree, path: str) -> str:
    """Read a file of a tree."""
    entry = tree.get(path)
    assert isinstance(entry, File), f"no file {path!r}"
    return read_file(entry).decode()


def notes(staged: Staged, action: str) -> list[tuple[str, str]]:
    """List (distribution, path) of the notes of one action."""
    return [(note.distribution, note.path) for note in staged.notes if note.action == action]
