"""Which scripts of a wheel are installed, and what their first line says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.stage._launcher import reserved, rewritten
from repackage.stage._model import join
from repackage.tree import inline_file, open_file, read_file

if TYPE_CHECKING:
    from repackage.stage._claims import Claims
    from repackage.tree import File

#: ELF, Mach-O (four byte orders and sizes, and universal) and PE.
_PROGRAMS = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"MZ",
)

_LONGEST_MAGIC = 4


def claim_launcher(claims: Claims, name: str, launcher: bytes) -> None:
    """Claim a launcher for an entry point, if the script is wanted."""
    if _may_have(claims, name):
        file = inline_file(
            name, launcher, mtime=claims.share.mtime, mode=0o755, origin=claims.share.name
        )
        claims.add(join(claims.layout.scripts, name), file, command=True)


def claim_script(claims: Claims, name: str, file: File) -> None:
    """Claim a file of ``.data/scripts``; a dependency's programs are private (see `stage`)."""
    if name in {point.name for point in claims.share.wheel.entry_points}:
        claims.note(name, "dropped", "the entry point of the same name takes its place")
        return
    private = claims.layout.venv and not _wanted(claims) and _is_program(file)
    if not (_may_be_named(claims, name) if private else _may_have(claims, name)):
        return
    script = _pointed_here(claims, name, replace(file, mode=0o755))
    command = not private and "/" not in name
    claims.add(join(claims.layout.scripts, name), script, command=command)


def _wanted(claims: Claims) -> bool:
    return claims.share.root or claims.share.scripts


def _may_have(claims: Claims, name: str) -> bool:
    if not claims.layout.scripts:
        claims.note(name, "skipped", "this layout has no scripts")
    elif not _wanted(claims):
        claims.note(name, "skipped", "scripts of dependencies are not asked for")
    else:
        return _may_be_named(claims, name)
    return False


def _may_be_named(claims: Claims, name: str) -> bool:
    if not reserved(name.rpartition("/")[2]):
        return True
    claims.refuse(
        f"the script {name!r} of {claims.share.name} has the name of an interpreter or"
        " an environment's tool",
        advice="it would hide the system's own; rename it in the project",
    )
    return False


def _pointed_here(claims: Claims, name: str, file: File) -> File:
    """Name our interpreter in a Python script; only what begins with ``#!`` is read."""
    if not _head(file).startswith(b"#!"):
        return file
    before = read_file(file)
    after = rewritten(before, interpreter=claims.layout.interpreter)
    if after is None or after == before:
        return file
    claims.note(name, "edited", "its first line names the interpreter of this package")
    return inline_file(file.path, after, mtime=file.mtime, mode=file.mode, origin=file.origin)


def _is_program(file: File) -> bool:
    """Whether the bytes are a machine's, not an interpreter's."""
    return _head(file).startswith(_PROGRAMS)


def _head(file: File) -> bytes:
    with open_file(file) as opened:
        return opened.read(_LONGEST_MAGIC)
