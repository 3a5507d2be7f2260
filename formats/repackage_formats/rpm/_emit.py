"""Write an rpm: everything is decided in :func:`~._metadata.facts`, then written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage_formats.rpm._emit_package import write_package
from repackage_formats.rpm._metadata import facts
from repackage_formats.rpm._payload_write import Means

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.rpm._options import Options


def write(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Create the rpm ``out``; it is decided whole before the first byte is written."""
    decided = facts(plan, tree)
    # a level that was asked for belongs to the compression that was
    asked = decided.compression == plan.options.compression
    means = Means(
        level=plan.options.level if asked else None,
        recompress=plan.options.recompress,
        jobs=plan.jobs,
        application=str(plan.package.name),
        pieces=plan.pieces,
        logbook=plan.logbook,
    )
    write_package(decided, out, epoch=plan.epoch, means=means)
