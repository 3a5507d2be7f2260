"""Gathering what an expression says, from plans, trees and what of the wheels is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError, Problems, did_you_mean
from repackage.tree import Inline, Symlink
from repackage_formats.nix._account import entry_points
from repackage_formats.nix._bound import is_bound
from repackage_formats.nix._facts import Facts
from repackage_formats.nix._sources import sources
from repackage_formats.nix._systems import system_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from repackage.format import Plan
    from repackage.tree import File, Tree
    from repackage_formats.nix._manifest import Holding
    from repackage_formats.nix._options import Options

    Builds = Sequence[tuple[Plan[Options], Tree]]

#: Directories of the application's data that programs look for below the prefix of a package.
SHARED: Final = (
    "etc",
    "share/applications",
    "share/bash-completion",
    "share/fish",
    "share/icons",
    "share/man",
    "share/metainfo",
    "share/zsh",
)


def gather(builds: Builds, holdings: Mapping[str, Holding]) -> Facts:
    """Gather the facts of all systems.

    Raises:
        FormatError: Something cannot be said in Nix.
    """
    plan = builds[0][0]
    kept: set[str] = set()
    pointed: set[str] = set()
    removed: set[str] = set()
    overlapping = False
    for each, tree in builds:
        kept |= _kept(each, tree)
        pointed |= _pointed(each, tree)
        _refuse_twins(each, holdings[system_of(each)])
        gone, doubled = _absent(holdings[system_of(each)], tree)
        removed |= gone
        overlapping = overlapping or doubled
    found = commands(builds)
    return Facts(
        plan=plan,
        sources={system_of(each): sources(each) for each, _ in builds},
        kept=tuple(sorted(kept)),
        commands=found,
        partial=any(set(found) - installed(each, tree, found) for each, tree in builds),
        pointed=tuple(sorted(pointed)),
        scripted=bool(pointed) or _scripted(holdings),
        shared=tuple(sorted({name for each, tree in builds for name in shared(each, tree)})),
        removed=tuple(sorted(removed)),
        bound=any(is_bound(each, tree) for each, tree in builds),
        overlapping=overlapping,
    )


def commands(builds: Builds) -> tuple[str, ...]:
    """List the programs that are put on the path: as the user says, or as the trees do.

    Raises:
        FormatError: There is no such program.
    """
    options = builds[0][0].options
    there = {name for plan, tree in builds for name, _ in _programs(plan, tree)}
    found = _linked(builds) if options.scripts is None else options.scripts
    problems = Problems()
    for key, wanted, known in (
        ("scripts", options.scripts or (), there),
        ("main-program", (options.main_program,), {"", *found}),
    ):
        for name in wanted:
            if name not in known:
                problems.add(
                    f"no command is called {name!r}",
                    where=key,
                    advice=did_you_mean(name, sorted(known)),
                )
    problems.raise_if_any(FormatError)
    return tuple(dict.fromkeys(found))


def installed(plan: Plan[Options], tree: Tree, names: Iterable[str]) -> set[str]:
    """Of some commands, find those that one system has."""
    return {name for name in names if tree.get(f"{plan.layout.venv}/bin/{name}")}


def _linked(builds: Builds) -> list[str]:
    """List the commands that staging put on the path."""
    return sorted(
        {
            each.path.removeprefix(f"{plan.layout.commands}/")
            for plan, tree in builds
            for each in tree
            if isinstance(each, Symlink) and each.path.startswith(f"{plan.layout.commands}/")
        }
    )


def shared(plan: Plan[Options], tree: Tree) -> list[str]:
    """List the directories of the application that programs look for elsewhere."""
    prefix, root = f"{plan.layout.venv}/", str(plan.closure.root.name)
    paths = [
        file.path[len(prefix) :]
        for file in tree.files
        if file.origin == root and file.path.startswith(prefix)
    ]
    return [each for each in SHARED if any(path.startswith(f"{each}/") for path in paths)]


def system_of(plan: Plan[Options]) -> str:
    """Call the machine of a plan as Nix does.

    Raises:
        FormatError: Nix has none such.
    """
    target = plan.target
    found = system_name(target.system, target.arch)
    if not found:
        raise FormatError.of(
            f"Nix has no system for {target.name}", advice="choose Linux with glibc, or macOS"
        )
    return found


def _programs(plan: Plan[Options], tree: Tree) -> list[tuple[str, File]]:
    prefix = f"{plan.layout.scripts}/"
    return [
        (file.path[len(prefix) :], file) for file in tree.files if file.path.startswith(prefix)
    ]


def _kept(plan: Plan[Options], tree: Tree) -> set[str]:
    root = str(plan.closure.root.name)
    return {name for name, file in _programs(plan, tree) if file.origin not in ("", root)}


def _pointed(plan: Plan[Options], tree: Tree) -> set[str]:
    """Find the scripts that staging rewrote: those of wheels lie in wheels, if it did not.

    Of a dependency's commands, launchers are among them, which name the interpreter already.
    """
    points = {point.name for point in plan.closure.root.entry_points}
    return {
        name
        for name, file in _programs(plan, tree)
        if isinstance(file.content, Inline)
        and not (file.origin == str(plan.closure.root.name) and name in points)
    }


def _refuse_twins(plan: Plan[Options], holding: Holding) -> None:
    """Refuse wheels with a script that is called like an entry point of theirs.

    Staging takes the entry point; the installer that nixpkgs has stops there (trap T5).
    """
    paths = {source.filename: source.path for source in sources(plan)}
    problems = Problems()
    for installed in holding.wheels:
        scripts = {
            member.rpartition("/")[2]
            for member in installed.left_out
            if ".data/scripts/" in member
        }
        for name in sorted(
            scripts & entry_points(paths[installed.filename]) if scripts else ()
        ):
            problems.add(
                f"it has both a script and an entry point called {name!r}, which Nix cannot install",
                where=installed.filename,
                advice="leave one of them out of the wheel",
            )
    problems.raise_if_any(FormatError)


def _scripted(holdings: Mapping[str, Holding]) -> bool:
    return any(
        ".data/scripts/" in moved.member
        for holding in holdings.values()
        for installed in holding.wheels
        for moved in installed.moved
    )


def _absent(holding: Holding, tree: Tree) -> tuple[set[str], bool]:
    """Find what wheels have and nobody gets, and whether something has two owners."""
    there = {file.path for file in tree.files}
    gone: set[str] = set()
    doubled = False
    for installed in holding.wheels:
        for member in installed.left_out:
            if ".data/" in member or _is_own(member):
                continue
            if f"{holding.site}/{member}" in there:
                doubled = True
            else:
                gone.add(_whole(member))
    return gone, doubled


def _is_own(member: str) -> bool:
    """Whether whoever installs a wheel writes the file anew."""
    return member.endswith((".dist-info/RECORD", ".dist-info/INSTALLER"))


def _whole(member: str) -> str:
    """Name the whole directory of bytecode."""
    before, cache, _ = member.partition("__pycache__/")
    return f"{before}__pycache__" if cache else member
