"""From plan and tree to one zip, or to a function and its layer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from repackage.archive import ZipWriter, note_copied
from repackage.errors import ConfigError, FormatError, Problems
from repackage.tree import Directory, Tree, inline_file, parents, sort_key
from repackage_formats.zip._handler import check_handler
from repackage_formats.zip._kinds import is_runtime, kind_of, refuse_incomplete_app
from repackage_formats.zip._names import refuse_colliding
from repackage_formats.zip._sizes import refuse_too_large, warn_of_upload
from repackage_formats.zip._split import FUNCTION_NAME, LAYER_NAME, LAYER_PREFIX, split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.format import Plan, Surroundings
    from repackage.tree import Entry
    from repackage_formats.zip._options import Options

#: What is copied costs nothing; the rest is compressed as ``zip`` does by default, or well.
_LEVEL = 6
_RECOMPRESSED = 9
#: Bytes that are written at once: most members are of some kilobytes.
_BUFFER = 1 << 18


def prepared(plan: Plan[Options], surroundings: Surroundings) -> Plan[Options]:
    """Find the files that are included."""
    options = plan.options
    include = {
        path: str((surroundings.project / source).resolve())
        for path, source in options.include.items()
    }
    problems = Problems()
    for path, source in include.items():
        if not Path(source).is_file():
            problems.add(
                f"there is no file {options.include[path]!r}",
                where=f"zip.include.{path}",
                advice=f"it is looked for in {surroundings.project}, beside the lock",
            )
    problems.raise_if_any(ConfigError)
    return replace(plan, options=replace(options, include=include))


def write(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the zip, or the directory of two; what is wrong is told before that."""
    options = plan.options
    kind = kind_of(plan.target, options)
    whole = _with_included(plan, tree)
    refuse_incomplete_app(kind, whole)
    if options.colliding_names == "refuse":
        refuse_colliding(whole)
    if options.handler:
        check_handler(options.handler, whole, site=plan.layout.purelib, warn=plan.warn)
    if not options.split:
        entries = _held(whole)
        _gate(plan, entries)
        _write(plan, entries, out)
        return
    halves = split(plan, whole)
    function, layer = _held(halves.function), _held(halves.layer)
    _gate(plan, [*function, *layer])
    out.mkdir()
    _write(plan, function, out / FUNCTION_NAME)
    _write(plan, layer, out / LAYER_NAME, prefix=LAYER_PREFIX)


def _with_included(plan: Plan[Options], tree: Tree) -> Tree:
    """Add the user's own files; none takes the place of another."""
    there: dict[str, Entry] = {entry.path: entry for entry in tree}
    problems = Problems()
    added: list[Entry] = []
    for path, source in sorted(plan.options.include.items()):  # a directory's name first
        above = [there.get(each) for each in parents(path)]
        if path in there or any(each and not isinstance(each, Directory) for each in above):
            problems.add(
                f"{path!r} is there already",
                where=f"zip.include.{path}",
                advice="give it another name",
            )
        there[path] = inline_file(path, Path(source).read_bytes(), mtime=plan.epoch)
        added.append(there[path])
    problems.raise_if_any(FormatError)
    return Tree(tuple(sorted((*tree, *added), key=sort_key)))


def _held(entries: Iterable[Entry]) -> list[Entry]:
    """What is in a zip: files, and empty directories.

    Directories with something in them go without saying.
    """
    full = {above for entry in entries for above in parents(entry.path)}
    return [
        entry for entry in entries if not (isinstance(entry, Directory) and entry.path in full)
    ]


def _gate(plan: Plan[Options], entries: Iterable[Entry]) -> None:
    """Hold what is for Lambda against its limits, and against its libc."""
    if kind_of(plan.target, plan.options) != "lambda":
        return
    refuse_too_large(entries, package=str(plan.package.name))
    if not is_runtime(plan.target) and not plan.closure.pure:
        plan.warn(
            f"the target {plan.target.name} is no runtime of Lambda, which may lack the libc"
            " that wheels for it need: take --target lambda-python3.13, say"
        )


def _write(
    plan: Plan[Options], entries: Iterable[Entry], out: Path, *, prefix: str = ""
) -> None:
    options = plan.options
    level = options.level or (_RECOMPRESSED if options.recompress else _LEVEL)
    with (
        out.open("xb", buffering=_BUFFER) as file,
        ZipWriter(
            file,
            level=level,
            recompress=options.recompress,
            jobs=plan.jobs,
            zip64=kind_of(plan.target, options)
            == "flat",  # what others unpack with, none tells
        ) as archive,
    ):
        for entry in entries:
            archive.add(entry, prefix=prefix)
    if plan.logbook is not None and not options.split:
        note_copied(archive, plan.logbook)
    if kind_of(plan.target, options) == "lambda":
        warn_of_upload(out, warn=plan.warn)
