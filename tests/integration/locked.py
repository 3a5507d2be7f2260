"""Shapes made real: published, locked by uv, edited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.integration.lock_shapes import edit, publish, write_workspace
from tests.integration.uv_machines import machine
from tests.integration.uv_oracle import Oracle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.lock_shapes import Shape
    from tests.integration.simple_index import Served


def locked(
    name: str,
    shape: Shape,
    scratch: Path,
    loopback: tuple[Path, Served],
    interpreters: Path,
) -> Oracle:
    """Publish a shape, let uv lock it, and edit the lock as the shape wants."""
    root, served = loopback
    slug = re.sub(r"\W+", "-", name)
    url = f"{served.url}/{slug}"
    project = write_workspace(shape, scratch / "project", url=url)
    publish(shape, root / slug, project)
    oracle = Oracle(
        project=project, package=shape.root, session=interpreters, script=shape.script
    )
    edit(shape, oracle.lock(machine(shape.locked_with, "manylinux_2_28_x86_64")), url=url)
    return oracle
