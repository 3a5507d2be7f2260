"""Overrides for lintian: what a bundle of wheels is on purpose, each with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from repackage.tree import File, Symlink, open_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.tree import Tree
    from repackage_formats.deb._elf import Elf

_SHARED: Final = re.compile(r"(.+/)?[^/]+\.so(\.[0-9.]+)?")
_MANUAL: Final = re.compile(r"usr/share/man/.*\.[0-9][^/.]*")
_LANGUAGE: Final = re.compile(r"usr/bin/[^/]+\.(sh|py|pl|rb|php|bash)")
_VCS: Final = re.compile(r"(.*/)?\.(git(ignore|attributes|modules|keep)|hgignore|bzrignore)")
_GZIP: Final = b"\x1f\x8b"


def overrides(package: str, tree: Tree, elves: tuple[Elf, ...]) -> bytes:
    """Write the overrides that a tree gives cause for; nothing if it gives none."""
    found = {**_of_elves(elves, tree), **_of_paths(tree), **_of_interpreter(tree)}
    return "".join(f"# {found[tag]}\n{package}: {tag} *\n" for tag in sorted(found)).encode()


def _of_interpreter(tree: Tree) -> dict[str, str]:
    """A venv's own link to the system's interpreter, and launchers that name it."""
    found: dict[str, str] = {}
    for entry in tree:
        if isinstance(entry, Symlink) and entry.target.startswith("/usr/bin/"):
            if entry.path.startswith("usr/"):
                found["absolute-symlink-in-top-level-folder"] = (
                    "bin/python links as venv makes it: to the interpreter that pyvenv.cfg names"
                )
            found["unusual-interpreter"] = (
                "launchers run the private prefix's bin/python, so that sys.prefix is right"
            )
    return found


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
    if any(elf.runs and not elf.dynamic for elf in elves):
        found["statically-linked-binary"] = "linked so by its project"
    return found


def _of_paths(tree: Tree) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in tree:
        path = entry.path
        if path.startswith("opt/"):
            found["dir-or-file-in-opt"] = "a prefix of the vendor's, as FHS 3.13 has it"
        if _VCS.fullmatch(path):
            found["package-contains-vcs-control-file"] = "a file of a wheel: RECORD has it"
        if isinstance(entry, File):
            found.update(_of_file(entry))
        elif isinstance(entry, Symlink) and _LANGUAGE.fullmatch(path):
            found["script-with-language-extension"] = "the project calls its command so"
    return found


def _of_file(file: File) -> Iterator[tuple[str, str]]:
    path = file.path
    if _MANUAL.fullmatch(path):
        yield "uncompressed-manual-page", "a file of the wheel: RECORD has its digest"
    if path.endswith(".pyc"):
        yield "package-installs-python-bytecode", "a file of a wheel: RECORD has it"
    if path.endswith((".gz", ".tgz")) and _dated(file):
        yield "package-contains-timestamped-gzip", "a file of a wheel: RECORD has its digest"


def _dated(file: File) -> bool:
    """Whether a gzip file has a date in its header (RFC 1952)."""
    with open_file(file) as stream:
        head = stream.read(8)
    return head.startswith(_GZIP) and head[4:] != bytes(4)
