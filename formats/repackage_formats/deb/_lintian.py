"""Overrides for lintian: what a bundle of wheels is on purpose, each with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from repackage.tree import Symlink
from repackage_formats.deb._findings import findings

if TYPE_CHECKING:
    from repackage.elf import Elf
    from repackage.tree import Tree

_SHARED: Final = re.compile(r"(.+/)?[^/]+\.so(\.[0-9.]+)?")
_LANGUAGE: Final = re.compile(r"usr/bin/[^/]+\.(sh|py|pl|rb|php|bash)")


def overrides(
    package: str, tree: Tree, elves: tuple[Elf, ...], *, compressed: bool = True
) -> bytes:
    """Write the overrides that a tree gives cause for; nothing if it gives none."""
    found = {**findings(tree), **_of_elves(elves, tree), **_of_links(tree)}
    if not compressed:
        for member in ("control", "data"):
            found[f"uses-no-compression-for-{member}-tarball"] = "made in a hurry, by choice"
    return "".join(f"# {found[tag]}\n{package}: {tag} *\n" for tag in sorted(found)).encode()


def _of_elves(elves: tuple[Elf, ...], tree: Tree) -> dict[str, str]:
    found: dict[str, str] = {}
    modes = {file.path: file.mode for file in tree.files}
    if elves:
        found["embedded-library"] = (
            "wheels bring their libraries: the lock pins the build that was tested"
        )
    if any(elf.unstripped for elf in elves):
        found["unstripped-binary-or-object"] = (
            "stripping breaks libraries that auditwheel patched, and RECORD's digests"
        )
    if any(_SHARED.fullmatch(elf.path) and modes[elf.path] & 0o111 for elf in elves):
        found["shared-library-is-executable"] = "modes are those of the wheel"
    if any(elf.dynamic and "libc.so.6" not in elf.needed for elf in elves):
        found["library-not-linked-against-libc"] = "built so by its project"
        found["shared-library-lacks-prerequisites"] = "built so by its project"
    if any(path.startswith("/") for elf in elves for path in elf.search_paths):
        found["custom-library-search-path"] = "left by its project, and without effect"
    if any(elf.needed and elf.fixed for elf in elves):
        found["hardening-no-pie"] = "built so by its project"
    if any(elf.needed and elf.runs and not elf.relro for elf in elves):
        found["hardening-no-relro"] = "built so by its project"
    if any(elf.runs and not elf.dynamic for elf in elves):
        found["statically-linked-binary"] = "linked so by its project"
    return found


def _of_links(tree: Tree) -> dict[str, str]:
    """Launchers that name a venv's own link to the interpreter, and commands."""
    found: dict[str, str] = {}
    for entry in tree:
        if not isinstance(entry, Symlink):
            continue
        if _LANGUAGE.fullmatch(entry.path):
            found["script-with-language-extension"] = "the project calls its command so"
        if entry.path.endswith("/bin/python"):
            found["unusual-interpreter"] = (
                "launchers run the private prefix's bin/python, so that sys.prefix is right"
            )
    return found
