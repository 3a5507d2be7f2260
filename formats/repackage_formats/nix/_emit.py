"""From plans and trees to the files of an artifact."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from repackage.tree import read_file
from repackage.wheel import OLDEST
from repackage_formats.nix._account import Account
from repackage_formats.nix._facts import store_version
from repackage_formats.nix._flake import DEFAULT_NIX, flake_nix, readme
from repackage_formats.nix._gather import commands, gather, installed, shared, system_of
from repackage_formats.nix._manifest import NAME, Link, Manifest, to_json
from repackage_formats.nix._package import package_nix
from repackage_formats.nix._sources import WHEELS, sources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.nix._facts import Facts
    from repackage_formats.nix._gather import Builds
    from repackage_formats.nix._manifest import Holding
    from repackage_formats.nix._options import Options


def write(builds: Builds, out: Path) -> None:
    """Write the directory: expressions, wheels that lie beside them, ledgers, the manifest."""
    holdings = {system_of(plan): _holding(plan, tree, builds) for plan, tree in builds}
    facts = gather(builds, holdings)
    out.mkdir()
    _write(out / "package.nix", package_nix(facts))
    _write(out / "default.nix", DEFAULT_NIX)
    _write(out / "flake.nix", flake_nix(facts))
    _write(out / "README.md", readme(facts))
    _write(out / NAME, to_json(_manifest(facts, holdings)))
    _write_wheels(facts, out)
    for plan, tree in builds:
        _write_ledger(plan, tree, out)


def _holding(plan: Plan[Options], tree: Tree, builds: Builds) -> Holding:
    account = Account(
        site=plan.layout.purelib,
        sources=sources(plan),
        ledger=plan.layout.ledger,
        beside=_ledger(plan),
    )
    return account.holding(plan, tree, _links(plan, tree, builds))


def _links(plan: Plan[Options], tree: Tree, builds: Builds) -> list[Link]:
    """List the links that the expression makes and staging does not; ``/`` is the output."""
    mtime = max(OLDEST, plan.epoch)
    venv = plan.layout.venv
    chosen = commands(builds) if plan.options.scripts is not None else ()
    names = [f"bin/{name}" for name in sorted(installed(plan, tree, chosen))]
    return [
        Link(path=path, target=f"/{venv}/{path}", mtime=mtime)
        for path in (*names, *shared(plan, tree))
    ]


def _manifest(facts: Facts, holdings: Mapping[str, Holding]) -> Manifest:
    return Manifest(
        package=facts.pname,
        version=store_version(facts.package),
        python=facts.python,
        description=facts.description,
        systems=holdings,
    )


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def _write_wheels(facts: Facts, out: Path) -> None:
    beside = {
        source.filename: source
        for wheels in facts.sources.values()
        for source in wheels
        if not source.url and source.path.is_file()
    }
    if beside:
        (out / WHEELS).mkdir()
    for name, source in sorted(beside.items()):
        shutil.copyfile(source.path, out / WHEELS / name)


def _ledger(plan: Plan[Options]) -> str:
    return f"ledgers/{system_of(plan)}.json"


def _write_ledger(plan: Plan[Options], tree: Tree, out: Path) -> None:
    for file in tree.files:
        if file.path == plan.layout.ledger:
            path = out / _ledger(plan)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(read_file(file))
