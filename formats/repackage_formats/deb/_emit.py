"""Write a deb: everything is decided in :func:`contents`, then written front to back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.archive import ArWriter, Compression, write_tar
from repackage.elf import scan_all
from repackage.errors import FormatError, Problems
from repackage.tree import Directory, File, Tree, inline_file, parents
from repackage_formats.deb._architecture import check, native
from repackage_formats.deb._changelog import changelog
from repackage_formats.deb._control import Identity, conffiles, control, md5sums
from repackage_formats.deb._copyright import copyright_file
from repackage_formats.deb._gzip import gzipped
from repackage_formats.deb._libraries import dependencies, provided
from repackage_formats.deb._lintian import overrides
from repackage_formats.deb._manual import manual_pages
from repackage_formats.deb._scripts import scripts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.elf import Elf
    from repackage.format import Plan
    from repackage.tree import Entry
    from repackage_formats.deb._options import Options

#: deb(5): the version of the format.
_DEBIAN_BINARY = b"2.0\n"
#: Debian 11's dpkg 1.20 cannot read zst (it came with 1.21.18).
_NO_ZSTD = ("debian", "11")


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """All that a deb holds."""

    tree: Tree
    control: tuple[File, ...]


def write(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Create the deb ``out``; it is decided whole before the first byte is written."""
    _warn_of_family(plan)
    content = contents(plan, tree)
    codec = plan.options.compression
    suffix = "" if codec == "none" else f".{codec}"
    with out.open("xb") as file:
        ar = ArWriter(file, mtime=plan.epoch)
        ar.add("debian-binary", _DEBIAN_BINARY)
        root = Directory(path="", mtime=plan.epoch)
        for name, entries, pieces in (
            ("control", content.control, None),
            ("data", content.tree, plan.pieces),
        ):
            compression = Compression(
                codec=codec,
                level=plan.options.level,
                recompress=plan.options.recompress,
                jobs=plan.jobs,
                pieces=pieces,
                logbook=plan.logbook if name == "data" else None,
            )
            with ar.member(f"{name}.tar{suffix}") as member:
                write_tar(
                    member, (root, *entries), compression, application=str(plan.package.name)
                )


def contents(plan: Plan[Options], tree: Tree) -> Contents:
    """Decide every file of both members, or say all that is in the way."""
    _check_compression(plan)
    _check_paths(tree)
    elves = scan_all(
        tree.files, skipped=plan.options.foreign, pieces=plan.pieces, jobs=plan.jobs
    )
    check(plan, elves)
    ours = native(plan, elves)
    libraries = dependencies(
        ours,
        provided=provided(tree, elves),
        libraries=plan.options.libraries,
        system=plan.target.system,
    )
    identity = Identity.of(plan)
    full = _documented(plan, identity, tree=tree, elves=elves)
    files = {
        "control": control(plan, identity, tree=full, libraries=libraries),
        "md5sums": md5sums(full),
    }
    if paths := conffiles(full):
        files["conffiles"] = "".join(f"{path}\n" for path in paths).encode()
    programs = scripts(plan, tree, package=identity.package)
    return Contents(
        tree=full,
        control=tuple(
            inline_file(name, data, mtime=plan.epoch, mode=0o755 if name in programs else 0o644)
            for name, data in sorted({**files, **programs}.items())
        ),
    )


def _documented(
    plan: Plan[Options], identity: Identity, *, tree: Tree, elves: tuple[Elf, ...]
) -> Tree:
    """Add the files that every package carries, with their directories."""
    documents = dict(_documents(plan, identity, tree=tree, elves=elves))
    present = {entry.path for entry in tree}
    clashes = sorted(present & documents.keys())
    if clashes:
        raise FormatError.of(
            f"a wheel ships {clashes[0]!r}, which the package itself must write",
            advice="leave it out of the wheel's data files",
        )
    added: dict[str, Entry] = {}
    for path, data in documents.items():
        added[path] = inline_file(path, data, mtime=plan.epoch)
        for directory in parents(path):
            if directory not in present:
                added[directory] = Directory(path=directory, mtime=plan.epoch)
    return Tree.of([*tree, *added.values()])


def _documents(
    plan: Plan[Options], identity: Identity, *, tree: Tree, elves: tuple[Elf, ...]
) -> Iterator[tuple[str, bytes]]:
    package = identity.package
    documentation = f"usr/share/doc/{package}"
    yield f"{documentation}/changelog.Debian.gz", gzipped(changelog(plan, identity))
    yield f"{documentation}/copyright", copyright_file(plan, tree)
    yield from manual_pages(plan, tree)
    compressed = plan.options.compression != "none"
    if text := overrides(package, tree, elves, compressed=compressed):
        yield f"usr/share/lintian/overrides/{package}", text


def _warn_of_family(plan: Plan[Options]) -> None:
    distribution = plan.target.distribution
    if distribution is not None and distribution.family != "deb":
        plan.warn(
            f"{plan.target.name} is no distribution of debs: nothing there provides what this"
            " one depends on"
        )


def _check_compression(plan: Plan[Options]) -> None:
    distribution = plan.target.distribution
    if plan.options.compression != "zst" or distribution is None:
        return
    if (distribution.id, distribution.version) == _NO_ZSTD:
        raise FormatError.of(
            "dpkg of Debian 11 cannot read zst",
            where="compression",
            advice="choose xz, which every dpkg reads",
        )


def _check_paths(tree: Tree) -> None:
    """Refuse what dpkg does: its list of files has a path a line (dpkg's tarfn.c)."""
    problems = Problems()
    for entry in tree:
        if "\n" in entry.path:
            problems.add(
                f"dpkg cannot install the path {entry.path!r}",
                where=entry.origin,
                advice="no name of a file may have a newline",
            )
    problems.raise_if_any(FormatError)
