"""Source distributions for tests: tiny, with a back end of their own and static metadata."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_BACKEND = """\
import zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "{stem}-py3-none-any.whl"
    info = "{stem}.dist-info"
    with zipfile.ZipFile(f"{{directory}}/{{name}}", "w") as archive:
        archive.writestr(f"{{info}}/METADATA", {metadata!r})
        archive.writestr(
            f"{{info}}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        )
        archive.writestr(f"{{info}}/RECORD", "")
    return name
"""


def make_sdist(directory: Path, name: str, version: str, *, python: str = ">=3.8") -> Path:
    """Write ``name-version.tar.gz`` and return its path."""
    directory.mkdir(parents=True, exist_ok=True)
    stem = f"{name.replace('-', '_')}-{version}"
    metadata = (
        f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\nRequires-Python: {python}\n"
    )
    members = {
        "PKG-INFO": metadata,
        "pyproject.toml": (
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\nrequires-python = "{python}"\n'
        ),
        "backend.py": _BACKEND.format(stem=stem, metadata=metadata),
    }
    path = directory / f"{stem}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for member, text in members.items():
            info = tarfile.TarInfo(f"{stem}/{member}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path
