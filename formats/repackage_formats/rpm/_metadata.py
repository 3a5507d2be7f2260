"""Decide everything of an rpm that is no bytes: :func:`facts` is what the writer calls."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from repackage.elf import scan_all
from repackage.errors import FormatError, Problems, RepackageError
from repackage_formats.rpm import _system
from repackage_formats.rpm._architecture import check
from repackage_formats.rpm._bundled import beside, bundled, contained
from repackage_formats.rpm._bytecode import with_bytecode
from repackage_formats.rpm._distributions import rpm_of
from repackage_formats.rpm._facts import (
    Change,
    Facts,
    FileTrigger,
    Relation,
    Scriptlet,
    Slot,
    Trigger,
)
from repackage_formats.rpm._files_check import check_files
from repackage_formats.rpm._hard_links import hard_links
from repackage_formats.rpm._identity import Identity
from repackage_formats.rpm._interpreter import interpreter_requires
from repackage_formats.rpm._libraries import library_requires, private_names
from repackage_formats.rpm._licenses import license_expression
from repackage_formats.rpm._ownership import CONFIG, file_colors, file_flags, owned
from repackage_formats.rpm._relations import CONFIG as CONFIG_SENSE
from repackage_formats.rpm._relations import EQUAL, SLOTS, parse, tidy
from repackage_formats.rpm._scripts import file_triggers, interpreters, scriptlets, triggers
from repackage_formats.rpm._suitable import suited
from repackage_formats.rpm._wording import changelog, description, packager, summary, url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.elf import Elf
    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.rpm._options import Options

__all__ = [
    "Change", "Facts", "FileTrigger", "Identity", "Relation", "Scriptlet", "Slot", "Trigger",
    "facts",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What the tree was found to hold."""

    tree: Tree
    """What is owned of it."""
    elves: tuple[Elf, ...]
    libraries: tuple[Relation, ...]
    bundled: tuple[Relation, ...]
    license: str
    flags: dict[str, int]
    scriptlets: tuple[Scriptlet, ...]

    @property
    def configures(self) -> bool:
        """Whether there is a file that an administrator may edit."""
        return any(flags & CONFIG for flags in self.flags.values())


def facts(plan: Plan[Options], tree: Tree) -> Facts:
    """Decide what the header says, or tell all that is in the way.

    Raises:
        FormatError: The package cannot be made, or not for this target.
    """
    problems = Problems()
    rpm = rpm_of(plan.target)
    with _noting(problems):
        plan = replace(plan, options=suited(plan))
    identity = Identity.of(plan)
    found = _look(plan, identity, tree, problems=problems)
    requires: tuple[Relation, ...] = ()
    with _noting(problems):
        requires = tidy(_requires(plan, identity, found))
    decided = _facts(plan, identity, found, requires=requires)
    if plan.options.compile and not plan.layout.bytecode:
        with _noting(problems):
            decided = with_bytecode(decided, plan.layout, target=plan.target)
    with _noting(problems):
        check_files(decided.tree, rpm)
    problems.raise_if_any(FormatError)
    return decided


@contextmanager
def _noting(problems: Problems) -> Iterator[None]:
    """Note what is wrong, and go on: what is wrong beside it is told, too."""
    try:
        yield
    except RepackageError as error:
        problems.extend(error.problems)


def _facts(
    plan: Plan[Options], identity: Identity, found: _Found, *, requires: tuple[Relation, ...]
) -> Facts:
    options, package = plan.options, plan.package
    return Facts(
        name=identity.name,
        epoch=identity.epoch,
        version=identity.version,
        release=identity.release,
        arch=identity.arch,
        summary=summary(package, options),
        description=description(package, options),
        license=options.license or found.license,
        group=options.group,
        url=url(package, options),
        vendor=options.vendor,
        packager=packager(package, options),
        distribution=options.distribution,
        source_rpm=f"{identity.name}-{identity.version}-{identity.release}.src.rpm",
        provides=tidy(_provides(plan, identity, found)),
        requires=requires,
        conflicts=_parsed(options.conflicts, negative=True),
        obsoletes=_parsed(options.obsoletes),
        recommends=_parsed(options.recommends),
        suggests=_parsed(options.suggests),
        supplements=_parsed(options.supplements, negative=True),
        enhances=_parsed(options.enhances, negative=True),
        changelog=changelog(plan, identity),
        scriptlets=found.scriptlets,
        triggers=triggers(options),
        file_triggers=file_triggers(options),
        tree=found.tree,
        file_flags=found.flags,
        file_colors=file_colors(found.elves),
        hard_links=hard_links(
            found.tree, below=plan.layout.venv or plan.layout.purelib, flags=found.flags
        )
        if options.hard_links
        else (),
        compression=options.compression or rpm_of(plan.target).compression,
        rpm_format=options.rpm_format,
    )


def _look(plan: Plan[Options], identity: Identity, tree: Tree, *, problems: Problems) -> _Found:
    """Look into the tree; what is wrong with its files is noted."""
    elves: tuple[Elf, ...] = ()
    libraries: tuple[Relation, ...] = ()
    ours = tree
    with _noting(problems):
        elves = scan_all(
            tree.files, skipped=plan.options.foreign, pieces=plan.pieces, jobs=plan.jobs
        )
    native = tuple(elf for elf in elves if identity.machine.machine.is_native(elf))
    with _noting(problems):
        check(identity.arch, identity.machine, elves)
    with _noting(problems):
        libraries = library_requires(
            native,
            private=private_names(tree, elves),
            libraries=plan.options.libraries,
            system=plan.target.system,
        )
    with _noting(problems):
        ours = owned(plan, tree)
    others = beside(contained(tree), site=plan.layout.purelib, root=plan.package.name)
    stated = (plan.package.metadata, *(each.metadata for each in others))
    return _Found(
        tree=ours,
        elves=native,
        libraries=libraries,
        bundled=bundled(others, style=rpm_of(plan.target).style),
        license=license_expression(stated),
        flags=file_flags(plan, tree, ours=ours),
        scriptlets=scriptlets(plan.options),
    )


def _provides(plan: Plan[Options], identity: Identity, found: _Found) -> Iterator[Relation]:
    """The package itself, what is vendored in it, and what the user says."""
    yield Relation(name=identity.name, version=identity.evr, flags=EQUAL)
    if identity.arch != "noarch":
        name = f"{identity.name}({identity.machine.isa})"
        yield Relation(name=name, version=identity.evr, flags=EQUAL)
    yield from _configuration(identity, found)
    yield from found.bundled
    if plan.layout.alone:
        yield from _system.provides(plan)
    yield from _parsed(plan.options.provides)


def _requires(plan: Plan[Options], identity: Identity, found: _Found) -> Iterator[Relation]:
    """The interpreter, shared libraries, what scripts run with, and what the user says."""
    options = plan.options
    given = options.interpreter_requires
    yield from interpreter_requires(plan.target) if given is None else _parsed(given)
    yield from found.libraries
    if plan.layout.alone:
        yield from _system.requires(plan)
    yield from _configuration(identity, found)
    yield from interpreters(found.scriptlets, [*triggers(options), *file_triggers(options)])
    compiles = options.compile and not plan.layout.bytecode
    if compiles and given is None:  # in %post
        yield Relation(name=plan.target.interpreter, flags=SLOTS["post"])
    yield from _parsed(options.requires)
    for slot, relations in options.requires_for.items():
        yield from _parsed(relations, flags=SLOTS[slot])


def _configuration(identity: Identity, found: _Found) -> Iterator[Relation]:
    """``config(name)``, both provided and required: its files are of this very version."""
    if found.configures:
        yield Relation(
            name=f"config({identity.name})", version=identity.evr, flags=EQUAL | CONFIG_SENSE
        )


def _parsed(
    relations: Iterable[str], *, flags: int = 0, negative: bool = False
) -> tuple[Relation, ...]:
    """Read relations of the options, which were validated."""
    parsed = (parse(each, flags, negative=negative) for each in relations)
    return tidy(each for each in parsed if each is not None)
