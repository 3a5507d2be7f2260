"""Where :mod:`installer` puts what a wheel holds: into claims on paths of a tree."""

from __future__ import annotations

import os
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, BinaryIO

from installer.destinations import WheelDestination
from installer.records import RecordEntry

from repackage.errors import Problems
from repackage.stage._launcher import launcher, reserved, rewritten
from repackage.stage._model import Claim, Note, join
from repackage.stage._source import MemberStream
from repackage.tree import File, inline_file, open_file, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from installer.scripts import ScriptSection
    from installer.utils import Scheme

    from repackage.format import Layout
    from repackage.stage._model import Action
    from repackage.stage._share import Share
    from repackage.target import Python

#: ``.pth`` files that do nothing of use where ``.pth`` files are not read. Namespace
#: packages are implicit since Python 3.3; the others hook build tools and test runners.
_HARMLESS_PTH = {
    "*-nspkg.pth": "its namespace is an implicit one (PEP 420)",
    "distutils-precedence.pth": "setuptools is no build tool here",
    "a1_coverage.pth": "it measures the coverage of tests",
    "pytest-cov.pth": "it measures the coverage of tests",
    "_virtualenv.pth": "it belongs to a virtual environment",
}

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


class ClaimingDestination(WheelDestination):
    """Records what one distribution claims; nothing is written, little is read."""

    def __init__(self, share: Share, layout: Layout, *, python: Python) -> None:
        self.claims: list[Claim] = []
        self.notes: list[Note] = []
        self.problems = Problems()
        self.record_path = ""
        self._share = share
        self._layout = layout
        self._python = python
        self._data_files = 0

    def write_script(
        self, name: str, module: str, attr: str, section: ScriptSection
    ) -> RecordEntry:
        """Claim a launcher for an entry point; console and gui ones are alike on POSIX."""
        del section
        if self._may_have_script(name):
            path = join(self._layout.scripts, name)
            data = launcher(
                module, attr, interpreter=self._layout.interpreter, python=self._python
            )
            file = inline_file(
                path, data, mtime=self._share.mtime, mode=0o755, origin=self._share.name
            )
            self.claims.append(Claim(file=file, command=True))
        return RecordEntry(name, None, None)

    def write_file(
        self,
        scheme: Scheme,
        path: str | os.PathLike[str],
        stream: BinaryIO,
        is_executable: bool,  # noqa: FBT001 - installer's signature
    ) -> RecordEntry:
        """Claim the place that the layout has for a file of a scheme."""
        name = os.fspath(path)
        file = self._file(stream, executable=is_executable)
        match str(scheme):
            case "scripts":
                self._claim_script(name, file)
            case "headers":
                self._claim(join(self._layout.headers, f"{self._share.name}/{name}"), file)
            case "data":
                self._claim_data(name, file)
            case "purelib":
                self._claim_module(self._layout.purelib, name, file)
            case _:
                self._claim_module(self._layout.platlib, name, file)
        return RecordEntry(name, None, None)

    def finalize_installation(
        self,
        scheme: Scheme,
        record_file_path: str,
        records: Iterable[tuple[Scheme, RecordEntry]],
    ) -> None:
        """Remember where RECORD goes; it is written when all claims are settled."""
        del records
        site = self._layout.purelib if scheme == "purelib" else self._layout.platlib
        self.record_path = join(site, record_file_path)
        if self._data_files and not self._layout.venv:
            self._note(
                "",
                "warning",
                f"{self._data_files} data files are installed, but not below sys.prefix,"
                " where programs look for them",
            )

    def _file(self, stream: BinaryIO, *, executable: bool) -> File:
        if isinstance(stream, MemberStream):
            return stream.file
        return inline_file(
            "",
            stream.read(),
            mtime=self._share.mtime,
            mode=0o755 if executable else 0o644,
            origin=self._share.name,
        )

    def _claim(self, path: str, file: File, *, command: bool = False) -> None:
        self.claims.append(Claim(file=replace(file, path=path), command=command))

    def _claim_module(self, site: str, path: str, file: File) -> None:
        if path.endswith(".pth") and "/" not in path and not self._layout.pth:
            self._leave_pth(path)
        else:
            self._claim(join(site, path), file)

    def _leave_pth(self, path: str) -> None:
        reasons = [why for name, why in _HARMLESS_PTH.items() if fnmatchcase(path, name)]
        if reasons:
            self._note(
                path, "dropped", f"no .pth file is read in this layout, and {reasons[0]}"
            )
            return
        self.problems.add(
            f"{path!r} of {self._share.name} would not be read in this layout",
            where=self._share.wheel.filename,
            advice="use a format or an option with the app layout, where .pth files work",
        )

    def _claim_data(self, path: str, file: File) -> None:
        directory, _, name = path.rpartition("/")
        if path == "pyvenv.cfg" or (directory in {"bin", "Scripts"} and reserved(name)):
            self.problems.add(
                f"the data file {path!r} of {self._share.name} would take the place of the"
                " interpreter",
                where=self._share.wheel.filename,
                advice="a wheel must not bring an environment of its own",
            )
            return
        self._data_files += 1
        for prefix, destination in self._layout.system_data if self._share.root else ():
            if path.startswith(prefix):
                self._claim(destination + path.removeprefix(prefix), file)
                return
        self._claim(join(self._layout.data, path), file)

    def _claim_script(self, name: str, file: File) -> None:
        """Route ``.data/scripts``; a dependency's programs are private (see `stage`)."""
        if name in {point.name for point in self._share.wheel.entry_points}:
            self._note(name, "dropped", "the entry point of the same name takes its place")
            return
        wanted = self._share.root or self._share.scripts
        private = self._layout.venv and not wanted and _is_program(file)
        if not private and not self._may_have_script(name):
            return
        if reserved(name):
            self._refuse_name(name)
            return
        script = self._pointed_here(name, replace(file, mode=0o755))
        command = not private and "/" not in name
        self._claim(join(self._layout.scripts, name), script, command=command)

    def _may_have_script(self, name: str) -> bool:
        if not self._layout.scripts:
            self._note(name, "skipped", "this layout has no scripts")
        elif not (self._share.root or self._share.scripts):
            self._note(name, "skipped", "scripts of dependencies are not asked for")
        elif reserved(name):
            self._refuse_name(name)
        else:
            return True
        return False

    def _refuse_name(self, name: str) -> None:
        self.problems.add(
            f"the script {name!r} of {self._share.name} has the name of an interpreter or"
            " an environment's tool",
            where=self._share.wheel.filename,
            advice="it would hide the system's own; rename it in the project",
        )

    def _pointed_here(self, name: str, file: File) -> File:
        if _head(file)[:2] != b"#!":
            return file
        before = read_file(file)
        after = rewritten(before, interpreter=self._layout.interpreter)
        if after is None or after == before:
            return file
        self._note(name, "edited", "its first line names the interpreter of this package")
        return inline_file(
            file.path, after, mtime=file.mtime, mode=file.mode, origin=file.origin
        )

    def _note(self, path: str, action: Action, reason: str) -> None:
        self.notes.append(
            Note(distribution=self._share.name, path=path, action=action, reason=reason)
        )


def _is_program(file: File) -> bool:
    """Whether the bytes are a machine's, not an interpreter's."""
    return _head(file).startswith(_PROGRAMS)


def _head(file: File) -> bytes:
    with open_file(file) as opened:
        return opened.read(_LONGEST_MAGIC)
