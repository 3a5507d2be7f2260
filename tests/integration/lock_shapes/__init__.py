"""Shapes of locks, by topic. To add one, write its index, its project and its selections."""

from __future__ import annotations

from tests.integration.lock_shapes import (
    choices,
    conflicts,
    extras,
    files,
    forks,
    groups,
    markers,
    plain,
    refusals,
    scripts,
    sources,
    workspaces,
)
from tests.integration.lock_shapes._shape import Release, Shape, edit, publish, write_workspace

_TOPICS = (
    plain,
    markers,
    extras,
    forks,
    conflicts,
    groups,
    workspaces,
    scripts,
    sources,
    refusals,
    files,
    choices,
)

SHAPES: dict[str, Shape] = {
    name: shape for topic in _TOPICS for name, shape in topic.SHAPES.items()
}

__all__ = ["SHAPES", "Release", "Shape", "edit", "publish", "write_workspace"]
