"""Shapes of locks, by topic. To add one, write its index, its project and its selections."""

from __future__ import annotations

from tests.integration.lock_shapes import (
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
from tests.integration.lock_shapes._shape import Shape, edit, publish, write_workspace

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
)

SHAPES: dict[str, Shape] = {
    name: shape for topic in _TOPICS for name, shape in topic.SHAPES.items()
}

__all__ = ["SHAPES", "Shape", "edit", "publish", "write_workspace"]
