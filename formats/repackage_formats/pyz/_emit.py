"""A first line, and behind it a zip file that starts itself."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from repackage.archive import ZipWriter, note_copied
from repackage.errors import FormatError, did_you_mean
from repackage.tree import File, inline_file, sort_key
from repackage_formats.pyz._needs import native_facts, needs_of
from repackage_formats.pyz._options import LONGEST_LINE

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage.wheel import EntryPoint
    from repackage_formats.pyz._options import Options

MAIN: Final = "__main__.py"
#: What stands before the facts in ``__main__.py``, which are the rest of it.
FACTS: Final = "\nFACTS = "
_START: Final = '\nif __name__ == "__main__":\n    sys.exit(run(FACTS))\n'
_SHOWN: Final = 3
_LEVEL, _RECOMPRESSED = 6, 9


def command(plan: Plan[Options]) -> EntryPoint:
    """Choose the command that is started.

    Raises:
        FormatError: There is none, or not the one that is asked for, or several to choose from.
    """
    points = {point.name: point for point in plan.closure.root.entry_points}
    asked = plan.options.command
    name = asked or (str(plan.package.name) if str(plan.package.name) in points else "")
    if not name and len(points) == 1:
        (name,) = points
    if name in points:
        return points[name]
    if asked:
        what, advice = f"no command is called {asked!r}", did_you_mean(asked, points)
    elif points:
        what = f"it has several commands: {', '.join(sorted(points))}"
        advice = "pyz.command says which one is started"
    else:
        what = "it has no command to start"
        advice = "declare one in [project.scripts], or make a zip"
    raise FormatError.of(what, where="pyz.command", advice=advice)


def write(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the file, executable; what is wrong is told before that."""
    options = plan.options
    main = inline_file(MAIN, _main(plan, tree), mtime=plan.epoch)
    if tree.get(MAIN) is not None:
        raise FormatError.of(
            f"a wheel has a {MAIN} of its own where the application's start belongs",
            advice="make a zip, or move it into a package",
        )
    line = _first_line(plan)
    level = options.level or (_RECOMPRESSED if options.recompress else _LEVEL)
    with out.open("xb") as file:
        file.write(line)
        with ZipWriter(
            file,
            level=level,
            recompress=options.recompress,
            jobs=plan.jobs,
            offset=len(line),
        ) as archive:
            # with directories: without them, Pythons before 3.13 see no namespace packages
            for entry in sorted((*tree, main), key=sort_key):
                archive.add(entry)
    if plan.logbook is not None:
        note_copied(archive, plan.logbook)
    out.chmod(0o755)


def _first_line(plan: Plan[Options]) -> bytes:
    chosen = plan.options.interpreter
    interpreter = plan.target.interpreter if chosen == "target" else chosen
    line = f"#!{interpreter}\n".encode()
    if len(line) > LONGEST_LINE:
        raise FormatError.of(
            f"the first line would name {interpreter!r}, which is too long for it",
            where="pyz.interpreter",
            advice="take '/usr/bin/env python3'",
        )
    return line


def _main(plan: Plan[Options], tree: Tree) -> bytes:
    """Compose what Python runs: the same start for everything, and the facts."""
    needs = needs_of(tree, plan.target)
    unpack = plan.options.unpack
    if unpack == "never" and needs.machine_code:
        shown = ", ".join(needs.machine_code[:_SHOWN])
        more = len(needs.machine_code) - _SHOWN
        raise FormatError.of(
            f"machine code cannot be loaded from a zip file: {shown}"
            f"{f' and {more} more' if more > 0 else ''}",
            where="pyz.unpack",
            advice="set pyz.unpack = 'auto'",
        )
    start = command(plan)
    facts = {
        "name": f"{plan.package.name}-{plan.package.version}",
        "digest": _digest(tree),
        "module": start.module,
        "attribute": start.attribute,
        "python": list(needs.python),
        "exact": needs.exact,
        "native": native_facts(needs, plan.target),
        "unpack": unpack == "always" or bool(needs.machine_code),
    }
    source = files("repackage_formats.pyz").joinpath("_bootstrap.py").read_text("utf-8")
    lines = "".join(f"    {key!r}: {value!r},\n" for key, value in facts.items())
    return f"{source}{FACTS}{{\n{lines}}}\n{_START}".encode()


def _digest(tree: Tree) -> str:
    """Name the content: what is unpacked under it needs not be looked at again."""
    digest = hashlib.sha256()
    for entry in tree:
        fact = f"{entry.mode:o} {entry.digests.sha256}" if isinstance(entry, File) else "/"
        digest.update(f"{entry.path}\0{fact}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
