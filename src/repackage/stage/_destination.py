"""Where :mod:`installer` puts what a wheel holds: into claims on paths of a tree."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

from installer.destinations import WheelDestination
from installer.records import RecordEntry

from repackage.stage._launcher import launcher
from repackage.stage._model import join
from repackage.stage._routing import claim_data, claim_module
from repackage.stage._scripts import claim_launcher, claim_script
from repackage.stage._source import MemberStream
from repackage.tree import inline_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from installer.scripts import ScriptSection
    from installer.utils import Scheme

    from repackage.stage._claims import Claims
    from repackage.target import Python
    from repackage.tree import File


class ClaimingDestination(WheelDestination):
    """Records what one distribution claims; nothing is written, little is read."""

    def __init__(self, claims: Claims, *, python: Python) -> None:
        self.record_path = ""
        self._claims = claims
        self._python = python
        self._data_files = 0

    def write_script(
        self, name: str, module: str, attr: str, section: ScriptSection
    ) -> RecordEntry:
        """Claim a launcher for an entry point; console and gui ones are alike on POSIX."""
        del section
        layout = self._claims.layout
        data = launcher(
            module,
            attr,
            interpreter=layout.interpreter,
            python=self._python,
            path=layout.path,
        )
        claim_launcher(self._claims, name, data)
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
        claims, layout = self._claims, self._claims.layout
        file = self._file(stream, executable=is_executable)
        match str(scheme):
            case "scripts":
                claim_script(claims, name, file)
            case "headers":
                claims.add(join(layout.headers, f"{claims.share.name}/{name}"), file)
            case "data":
                self._data_files += 1
                claim_data(claims, name, file)
            case "purelib":
                claim_module(claims, layout.purelib, name, file)
            case _:
                claim_module(claims, layout.platlib, name, file)
        return RecordEntry(name, None, None)

    def finalize_installation(
        self,
        scheme: Scheme,
        record_file_path: str,
        records: Iterable[tuple[Scheme, RecordEntry]],
    ) -> None:
        """Remember where RECORD goes; it is written when all claims are settled."""
        del records
        layout = self._claims.layout
        site = layout.purelib if scheme == "purelib" else layout.platlib
        self.record_path = join(site, record_file_path)
        if self._data_files and not (layout.venv or layout.alone):  # trap T25
            self._claims.note(
                "",
                "warning",
                f"data files ({self._data_files}) are installed, but not below sys.prefix,"
                " where programs look for them",
            )

    def _file(self, stream: BinaryIO, *, executable: bool) -> File:
        if isinstance(stream, MemberStream):
            return stream.file
        share = self._claims.share
        mode = 0o755 if executable else 0o644
        return inline_file("", stream.read(), mtime=share.mtime, mode=mode, origin=share.name)
