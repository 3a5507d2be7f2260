"""Nix expressions: a directory with ``package.nix`` for ``callPackage``, and a flake.

One derivation installs every locked wheel, fetched by the lock's own hash, into an
environment in ``libexec``; its commands are links in ``bin``. One artifact serves several
systems. Paths of a tree are below the output of the derivation: there, ``/`` is ``$out``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage_formats.nix._options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from repackage.format import Layout, Plan, Served, Wheels
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Entry, Tree

__all__ = [  # noqa: RUF022 - told in order
    "Options",
    "layout",
    "filename",
    "emit",
    "read",
    "targets",
    "emit_several",
    "read_wheels",
    "describe",
    "recognises",
]


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Choose an environment in ``libexec``, as nixpkgs has what is not for the path."""
    from dataclasses import replace

    from repackage.format import app_layout
    from repackage_formats.nix._facts import pname

    name = pname(package, options)
    prefix = f"libexec/{name}"
    return replace(
        app_layout(target, prefix=prefix),
        headers=f"{prefix}/include/{target.python.command}",
        base_interpreter=f"/nix/store/python/bin/{target.python.command}",
        commands="bin" if options.scripts is None else "",
        ledger=f"share/repackage/{name}/ledger.json",
        system_data=(),
        bytecode=False,  # Nix compiles what it installs
    )


def filename(plan: Plan[Options]) -> str:
    """Name the artifact: ``app-1.0.nix``, a directory that ``import`` takes as it is."""
    from repackage_formats.nix._facts import pname, store_version

    return f"{pname(plan.package, plan.options)}-{store_version(plan.package)}.nix"


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the expression for one system."""
    emit_several([(plan, tree)], out)


def read(artifact: Path) -> Iterator[Entry]:
    """Yield what the first system gets, if all its wheels are in the artifact or beside it."""
    from repackage_formats.nix._read import read_entries  # slow to import

    return read_entries(artifact)


def targets(asked: tuple[Target, ...], options: Options) -> Served:
    """Serve all systems, the one first that was asked for; one that lacks a wheel may go."""
    from repackage_formats.nix._systems import served

    return served(asked, options)


def emit_several(builds: Sequence[tuple[Plan[Options], Tree]], out: Path) -> None:
    """Write the expression for several systems."""
    from repackage_formats.nix._emit import write

    write(builds, out)


def read_wheels(
    artifact: Path, wheels: Wheels, *, machine: str | None = None
) -> Iterator[Entry]:
    """Yield what a system gets; wheels that the artifact lacks are found among those kept."""
    from repackage_formats.nix._read import read_entries  # slow to import

    return read_entries(artifact, wheels, machine=machine)


def describe(artifact: Path) -> dict[str, str]:
    """Tell what the artifact is, and for which systems."""
    from repackage_formats.nix._read import read_facts  # slow to import

    return read_facts(artifact)


def recognises(artifact: Path) -> int:
    """Whether it is a directory with an expression, and the manifest that goes with it."""
    from repackage_formats.nix._read import is_expression  # slow to import

    return 2 * is_expression(artifact)
