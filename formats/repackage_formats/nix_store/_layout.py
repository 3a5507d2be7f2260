"""Where files go in a store path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.format import Layout, app_layout
from repackage_formats.nix_store._launcher import program

if TYPE_CHECKING:
    from repackage.package import Package
    from repackage.target import Target
    from repackage_formats.nix_store._options import StoreOptions

#: Where a wheel's own data go that a profile or a system of NixOS gathers from store paths.
_SHARED = ("etc/", "share/man/", "share/applications/", "share/icons/", "share/metainfo/",
           "share/bash-completion/", "share/zsh/", "share/fish/")  # fmt: skip


def store_layout(package: Package, target: Target, options: StoreOptions) -> Layout:
    """Lay out ``libexec/<name>``: an environment of its interpreter, if that is known."""
    name = str(package.name)
    home = f"libexec/{name}"
    return replace(
        app_layout(target, prefix=home),
        interpreter=options.interpreter or f"/usr/bin/env {program(target.python)}",
        venv=home if options.interpreter else "",
        base_interpreter=options.interpreter,
        commands="",
        ledger=f"share/repackage/{name}/ledger.json",
        system_data=tuple((place, place) for place in _SHARED),
        bytecode=False,  # the path would depend on the Python that compiled
    )
