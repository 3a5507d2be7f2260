"""Bytecode beside modules, of whoever has the module."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.format import Layout
    from repackage.stage._merge import Merged
    from repackage.stage._model import Compile


def with_bytecode(merged: Merged, layout: Layout, compiled: Compile | None) -> Merged:
    """Compile the modules that were kept; each RECORD with a module has its bytecode, too."""
    if compiled is None or merged.problems:
        return merged
    sites = tuple(f"{site}/" if site else "" for site in (layout.purelib, layout.platlib))
    modules = [
        kept.file
        for path, kept in merged.kept.items()
        if path.endswith(".py") and path.startswith(sites)
    ]
    made = {
        file.path: replace(merged.kept[module], file=file, command=False)
        for module, file in compiled(modules).items()
    }
    return replace(merged, kept={**merged.kept, **made})
