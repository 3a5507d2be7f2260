"""Write an rpm: everything is decided in :func:`~._metadata.facts`, then written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.archive import DEFAULT_LEVELS
from repackage_formats.rpm._bytecode import with_bytecode
from repackage_formats.rpm._emit_package import write_package
from repackage_formats.rpm._metadata import facts
from repackage_formats.rpm._payload_write import CODECS

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.rpm._options import Options


def write(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Create the rpm ``out``; it is decided whole before the first byte is written."""
    decided = replace(facts(plan, tree), rpm_format=plan.options.rpm_format)
    if plan.options.bytecode:
        decided = with_bytecode(decided, prefix=plan.layout.venv, target=plan.target)
    level = plan.options.level
    if level is None:
        level = DEFAULT_LEVELS[CODECS[decided.compression]]
    write_package(decided, out, epoch=plan.epoch, level=level, jobs=plan.jobs)
