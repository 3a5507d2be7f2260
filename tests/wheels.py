"""Real wheels for tests: small, complete, with a true RECORD."""

from __future__ import annotations

import calendar
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import patch
from zipfile import ZipInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from wheel.wheelfile import WheelFile

#: The date of every member, unless a test says otherwise.
DATE = (2024, 5, 17, 12, 0, 0)


@dataclass(frozen=True)
class WheelFactory:
    """Builds wheels into one directory."""

    directory: Path

    def __call__(
        self,
        name: str = "app",
        version: str = "1.0",
        *,
        files: Mapping[str, str | bytes] | None = None,
        requires: Sequence[str] = (),
        extras: Sequence[str] = (),
        scripts: Mapping[str, str] | None = None,
        metadata: Sequence[str] = (),
        tag: str = "py3-none-any",
        executables: Sequence[str] = (),
        date: tuple[int, int, int, int, int, int] = DATE,
    ) -> Path:
        """Write ``name-version-tag.whl`` and return its path.

        ``files`` maps member paths to contents; ``scripts`` console scripts to entry
        points; ``metadata`` holds further lines of METADATA, such as ``License: MIT``.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        stem = f"{name.replace('-', '_')}-{version}"
        path = self.directory / f"{stem}-{tag}.whl"
        if files is None:
            files = {
                f"{name.replace('-', '_')}/__init__.py": "def main():\n    print('hello')\n"
            }
        members = dict(files)
        members[f"{stem}.dist-info/METADATA"] = "\n".join(
            [
                "Metadata-Version: 2.4",
                f"Name: {name}",
                f"Version: {version}",
                *(f"Requires-Dist: {requirement}" for requirement in requires),
                *(f"Provides-Extra: {extra}" for extra in extras),
                *metadata,
                "",
            ]
        )
        pure = "true" if tag.endswith("-any") else "false"
        members[f"{stem}.dist-info/WHEEL"] = (
            f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: {pure}\nTag: {tag}\n"
        )
        if scripts:
            lines = "".join(f"{script} = {point}\n" for script, point in scripts.items())
            members[f"{stem}.dist-info/entry_points.txt"] = f"[console_scripts]\n{lines}"
        # RECORD is written when the archive is closed, with this date
        epoch = {"SOURCE_DATE_EPOCH": str(calendar.timegm(date))}
        with patch.dict(os.environ, epoch), WheelFile(path, "w") as archive:
            for member, content in members.items():
                info = ZipInfo(member, date)
                info.compress_type = archive.compression
                mode = 0o755 if member in executables else 0o644
                info.external_attr = (0o100000 | mode) << 16
                archive.writestr(info, content)
        return path
