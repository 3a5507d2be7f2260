"""Everything that a store path holds: what was staged, and what starts its commands."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from repackage.elf import first_bytes
from repackage.errors import FormatError
from repackage.tree import Directory, File, Symlink, Tree, inline_file
from repackage_formats.nix_store._launcher import Launchers
from repackage_formats.nix_store._suitable import check_tree

if TYPE_CHECKING:
    from repackage.format import Plan
    from repackage.tree import Entry
    from repackage_formats.nix_store._options import S

#: Where a profile looks for commands.
COMMANDS = "bin"
#: Longer than any first line that names an interpreter, with the one before it.
_HEAD = 600


def contents(plan: Plan[S], tree: Tree) -> Tree:
    """Add a command for each script that was staged.

    Raises:
        FormatError: With all that cannot be in it, or a wheel brings something in a command's place.
    """
    check_tree(plan, tree)
    programs = [entry for entry in tree.files if _is_program(plan, entry)]
    commands = [_command(plan, file) for file in programs]
    if any(isinstance(command, File) for command in commands) and not plan.layout.venv:
        commands.append(_interpreter(plan))
    present = {entry.path for entry in tree}
    for command in commands:
        if command.path in present:
            raise FormatError.of(
                f"a wheel ships {command.path!r}, which the package itself must write",
                advice="leave it out of the wheel's data files",
            )
    directory = Directory(path=COMMANDS, mtime=plan.epoch)
    above = [directory] if commands and COMMANDS not in present else []
    return Tree.of([*tree, *above, *commands])


def _launchers(plan: Plan[S]) -> Launchers:
    return Launchers(layout=plan.layout, python=plan.target.python)


def _interpreter(plan: Plan[S]) -> File:
    """What is ``sys.executable`` where there is no environment."""
    path = f"{plan.layout.scripts}/python"
    return inline_file(path, _launchers(plan).interpreter(), mtime=plan.epoch, mode=0o755)


def _is_program(plan: Plan[S], file: File) -> bool:
    return posixpath.dirname(file.path) == plan.layout.scripts and file.mode & 0o100 != 0


def _command(plan: Plan[S], file: File) -> Entry:
    """Start a script of Python by a launcher; everything else runs where it lies."""
    name = posixpath.basename(file.path)
    path = f"{COMMANDS}/{name}"
    if not _is_python(plan, file):
        return Symlink(path=path, target=f"../{file.path}", mtime=plan.epoch)
    return inline_file(path, _launchers(plan).command(name), mtime=plan.epoch, mode=0o755)


def _is_python(plan: Plan[S], file: File) -> bool:
    """Whether staging gave it a first line with our interpreter, or what stands for one."""
    first, *more = first_bytes(file, _HEAD).split(b"\n")[:3]
    lines = [first, *(line for line in more if line.startswith(b"'''exec' "))]
    return any(plan.layout.interpreter.encode() in line for line in lines)
