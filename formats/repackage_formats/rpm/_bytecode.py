"""Bytecode: compiled where the package is installed, owned by it, and gone with it."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError
from repackage.tree import Directory, Tree, inline_file, sort_key
from repackage_formats.rpm._facts import Relation, Scriptlet
from repackage_formats.rpm._files_encode import GHOST
from repackage_formats.rpm._ownership import is_system_directory
from repackage_formats.rpm._relations import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.format import Layout
    from repackage.target import Python, Target
    from repackage.tree import Entry, File
    from repackage_formats.rpm._facts import Facts

#: RPMSENSE_INTERP and RPMSENSE_SCRIPT_POST: needed to run ``%post``.
_FOR_POST: Final = 1 << 8 | 1 << 10
_SHELL: Final = ("/bin/sh",)
# The dates of files are those of their wheels, so a module may change and keep date and
# size: -f compiles it anew all the same. Neither a file that this Python cannot compile,
# a template say, nor a missing interpreter is a reason for the installation to fail.
_POST: Final = """\
(umask 022; {interpreter} -I -m compileall -q -f {library} >/dev/null 2>&1) || :
"""
# Beside what belongs to others, only what is listed is compiled.
_POST_ALONE: Final = """\
(umask 022; {interpreter} -I -m compileall -q -f -i - >/dev/null 2>&1 <<'END OF MODULES'
{modules}
END OF MODULES
) || :
"""


def with_bytecode(facts: Facts, layout: Layout, *, target: Target) -> Facts:
    """Compile the modules in ``%post``, and list what comes of it.

    What is listed as a ghost is not brought, but removed with the package, also if it is
    a run as root that compiled it; what an upgrade does not have any more goes with it.
    """
    library = layout.purelib if layout.alone else f"{layout.venv}/lib"
    modules = [
        file
        for file in facts.tree.files
        if file.path.startswith(f"{library}/") and file.path.endswith(".py")
    ]
    ghosts = tuple(_ghosts(facts.tree, modules, tag=cache_tag(target.python)))
    if not ghosts:
        return facts
    interpreter = quote(target.interpreter)
    if layout.alone:
        listed = "\n".join(f"/{file.path}" for file in modules)
        script = _POST_ALONE.format(interpreter=interpreter, modules=listed)
    else:
        script = _POST.format(interpreter=interpreter, library=quote(f"/{library}"))
    return replace(
        facts,
        tree=Tree(tuple(sorted((*facts.tree, *ghosts), key=sort_key))),
        file_flags={**facts.file_flags, **{ghost.path: GHOST for ghost in ghosts}},
        scriptlets=_before_post(facts.scriptlets, script),
        requires=tidy((*facts.requires, Relation(name=_SHELL[0], flags=_FOR_POST))),
    )


def cache_tag(python: Python) -> str:
    """What an interpreter puts into the names of its bytecode; free threads do not show."""
    name = "pypy" if python.implementation == "pypy" else "cpython-"
    return f"{name}{python.major}{python.minor}"


def _ghosts(tree: Tree, modules: Iterable[File], *, tag: str) -> Iterator[Entry]:
    """Name the bytecode of every module, and the directories that it lies in."""
    there = {entry.path for entry in tree}
    nothing = inline_file("", b"", mtime=0)
    for file in modules:
        directory, _, name = file.path.rpartition("/")
        cache = f"{directory}/__pycache__"
        if cache not in there and not is_system_directory(cache):
            there.add(cache)
            yield Directory(path=cache, mtime=file.mtime, origin=file.origin)
        path = f"{cache}/{name.removesuffix('.py')}.{tag}.pyc"
        if path not in there:
            yield replace(nothing, path=path, mtime=file.mtime, origin=file.origin)


def _before_post(scriptlets: tuple[Scriptlet, ...], script: str) -> tuple[Scriptlet, ...]:
    """Put a script before the ``%post`` that there may be."""
    others = tuple(scriptlet for scriptlet in scriptlets if scriptlet.slot != "post")
    body = script
    for post in scriptlets:
        if post.slot == "post":
            if post.program != _SHELL or not post.body:
                raise FormatError.of(
                    "modules are compiled by a script for /bin/sh, and yours is none",
                    where="scriptlets.post",
                    advice="call your program from a script for /bin/sh, or set compile = false",
                )
            body += post.body
    return (*others, Scriptlet(slot="post", body=body, program=_SHELL))
