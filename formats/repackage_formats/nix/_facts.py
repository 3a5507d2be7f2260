"""What an expression says, gathered from plans and trees; how it is written comes later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError, Problems, did_you_mean
from repackage.text import is_url, one_line
from repackage.tree import Inline, Symlink
from repackage_formats.nix._sources import sources
from repackage_formats.nix._systems import system_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.format import Plan
    from repackage.package import Package
    from repackage.tree import File, Tree
    from repackage_formats.nix._manifest import Holding
    from repackage_formats.nix._options import Options
    from repackage_formats.nix._sources import Source

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
#: Labels of ``Project-URL`` that name a list of changes, normalised.
_CHANGES: Final = ("changelog", "changes", "whatsnew", "history", "releasenotes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that the files of an artifact say."""

    plan: Plan[Options]
    """Of the first system."""
    sources: Mapping[str, Sequence[Source]]
    """The wheels of each system, the application's first."""
    kept: tuple[str, ...]
    """Programs of dependencies that are installed; of the application, all are."""
    commands: tuple[str, ...]
    """Programs that are put on the path."""
    pointed: tuple[str, ...]
    """Scripts of the application whose first line is to name the interpreter."""
    shared: tuple[str, ...]
    """Directories of the environment that programs look for below the prefix of the package."""
    removed: tuple[str, ...]
    """Files of wheels that are not installed, from the site directory."""
    overlapping: bool
    """Whether two wheels bring one file."""

    @property
    def package(self) -> Package:
        """What is packaged."""
        return self.plan.package

    @property
    def options(self) -> Options:
        """What the user chose."""
        return self.plan.options

    @property
    def pname(self) -> str:
        """What Nix calls it."""
        return pname(self.package, self.options)

    @property
    def python(self) -> str:
        """Attribute of the interpreter."""
        return self.options.python or self.own_python

    @property
    def own_python(self) -> str:
        """Attribute of the interpreter that the wheels were chosen for."""
        python = self.plan.target.python
        name = "pypy" if python.implementation == "pypy" else "python"
        threads = "FreeThreading" if python.free_threaded else ""
        return f"{name}{python.major}{python.minor}{threads}"

    @property
    def compiled(self) -> bool:
        """Whether a wheel for Linux may hold machine code."""
        return any(
            not source.filename.endswith("-any.whl")
            for system, wheels in self.sources.items()
            if system.endswith("-linux")
            for source in wheels
        )

    @property
    def native(self) -> bool:
        """Whether a wheel for any system may hold machine code."""
        every = (source for wheels in self.sources.values() for source in wheels)
        return not all(source.filename.endswith("-any.whl") for source in every)

    @property
    def portable(self) -> bool:
        """Whether every wheel is for any machine, and so for any later Python."""
        every = (source for wheels in self.sources.values() for source in wheels)
        return all(source.filename.endswith("-none-any.whl") for source in every)

    @property
    def main_program(self) -> str:
        """The command that ``nix run`` starts; empty: there is none."""
        wanted = self.options.main_program or self.pname
        return wanted if wanted in self.commands else next(iter(self.commands), "")

    @property
    def description(self) -> str:
        """One line."""
        return one_line(self.options.description or self.package.summary)

    @property
    def homepage(self) -> str:
        """An address in the web, or nothing."""
        found = self.options.homepage or self.package.homepage
        return found if is_url(found) else ""

    @property
    def changelog(self) -> str:
        """An address in the web, or nothing."""
        named = {
            "".join(filter(str.isalnum, label)).lower(): url for label, url in self.package.urls
        }
        found = [self.options.changelog, *(named.get(label, "") for label in _CHANGES)]
        return next((url for url in found if is_url(url)), "")

    @property
    def modules(self) -> tuple[str, ...]:
        """Modules that the application's commands import."""
        points = self.plan.closure.root.entry_points
        return tuple(sorted({point.module for point in points}))


def pname(package: Package, options: Options) -> str:
    """What Nix calls a package."""
    return options.package or str(package.name)


def store_version(package: Package) -> str:
    """Spell a version as the name of a store path can have it: an epoch is ``1_``."""
    return str(package.version).replace("!", "_")


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
        gone, doubled = _absent(holdings[system_of(each)], tree)
        removed |= gone
        overlapping = overlapping or doubled
    return Facts(
        plan=plan,
        sources={system_of(each): sources(each) for each, _ in builds},
        kept=tuple(sorted(kept)),
        commands=commands(builds),
        pointed=tuple(sorted(pointed)),
        shared=tuple(sorted({name for each, tree in builds for name in shared(each, tree)})),
        removed=tuple(sorted(removed)),
        overlapping=overlapping,
    )


def commands(builds: Builds) -> tuple[str, ...]:
    """List the programs that are put on the path: as the user says, or as the trees do.

    Raises:
        FormatError: There is no such program.
    """
    plan = builds[0][0]
    if plan.options.scripts is None:
        prefix = f"{plan.layout.commands}/"
        links = {each.path for _, tree in builds for each in tree if isinstance(each, Symlink)}
        return tuple(sorted(path[len(prefix) :] for path in links if path.startswith(prefix)))
    there = {name for each, tree in builds for name, _ in _programs(each, tree)}
    problems = Problems()
    for name in plan.options.scripts:
        if name not in there:
            problems.add(
                f"no command is called {name!r}",
                where="scripts",
                advice=did_you_mean(name, sorted(there)),
            )
    problems.raise_if_any(FormatError)
    return tuple(dict.fromkeys(plan.options.scripts))


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
        (file.path[len(prefix) :], file)
        for file in tree.files
        if file.path.startswith(prefix)
    ]


def _kept(plan: Plan[Options], tree: Tree) -> set[str]:
    root = str(plan.closure.root.name)
    return {name for name, file in _programs(plan, tree) if file.origin not in ("", root)}


def _pointed(plan: Plan[Options], tree: Tree) -> set[str]:
    """Find the scripts that staging rewrote: those of wheels lie in wheels, if it did not."""
    root = plan.closure.root
    points = {point.name for point in root.entry_points}
    return {
        name
        for name, file in _programs(plan, tree)
        if file.origin == str(root.name)
        and name not in points
        and isinstance(file.content, Inline)
    }


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
