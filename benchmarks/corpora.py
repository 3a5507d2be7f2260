"""Applications to package, from a small tool to a scientific one: written, locked, built."""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import shutil
import subprocess
import tempfile
import time
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.measuring import Round, program, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SERVICE = (
    *("numpy", "pandas", "cryptography", "pillow", "sqlalchemy", "fastapi"),
    *("uvicorn", "httpx", "rich", "pyyaml", "jinja2", "alembic"),
)
#: What each corpus requires.
CORPORA = {
    "S": ("click", "httpx", "rich", "pyyaml", "jinja2"),
    "M": _SERVICE,
    "L": (*_SERVICE, "scipy", "scikit-learn", "pyarrow", "matplotlib"),
}
#: The Python of the target, as uv is told; repackage has it from the target.
PYTHON = "3.11"


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    """An application that is locked and built, and what a user would install from it."""

    name: str
    project: Path

    @property
    def wheel(self) -> Path:
        """The wheel of the application itself."""
        (wheel,) = (self.project / "dist").glob("*.whl")
        return wheel

    @property
    def lock(self) -> Path:
        """What uv locked."""
        return self.project / "uv.lock"

    @property
    def requirements(self) -> Path:
        """The same for pip and its kind."""
        return self.project / "requirements.txt"

    def round(self, out: Path, cache: Path, kept: Path | None = None) -> Round:
        """Give a side what it needs to run once in an empty directory."""
        return Round(
            wheel=self.wheel,
            lock=self.lock,
            requirements=self.requirements,
            changed=lambda: changed(self.wheel, out / "changed", f"{time.time_ns()}"),
            out=out,
            cache=cache,
            kept=kept,
        )


def prepare(name: str, directory: Path) -> Corpus:
    """Make a corpus, unless an earlier run has; have uv unpack all of it once."""
    project = directory / f"corpus-{name}"
    if not (project / "requirements.txt").exists():
        say(f"locking and building corpus {name}")
        shutil.rmtree(project, ignore_errors=True)
        _write(project, CORPORA[name])
        _uv("lock", "--quiet", cwd=project)
        _uv("build", "--wheel", "--quiet", cwd=project)
        export = ("--no-dev", "--no-emit-project", "--no-hashes", "-o", "requirements.txt")
        _uv("export", "--quiet", "--frozen", *export, cwd=project)
    corpus = Corpus(name=name, project=project)
    unpack(corpus, directory)
    return corpus


def unpack(corpus: Corpus, directory: Path) -> None:
    """Have uv unpack all wheels into its cache, as it has on the machine of a user."""
    with tempfile.TemporaryDirectory(dir=directory) as tree:
        subprocess.run(install(corpus.requirements, corpus.wheel, tree), check=True)


def install(requirements: Path, wheel: Path, tree: str) -> tuple[str, ...]:
    """The command that installs what is locked into a directory, as uv does it."""
    return (
        *(program("uv"), "pip", "install", "--quiet", "--no-deps", "--target", tree),
        *("--python-version", PYTHON),
        *("--python-platform", f"{platform.machine()}-manylinux_2_28"),
        *("--requirement", str(requirements), str(wheel)),
    )


def changed(wheel: Path, directory: Path, content: str) -> Path:
    """Copy a wheel whose modules are small, with other content in one of them."""
    directory.mkdir(parents=True)
    copy = directory / wheel.name
    line = f"CHANGED = {content!r}\n".encode()
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename.endswith("/RECORD"):
                data = _recorded(data, "service/__init__.py", line)
            new.writestr(info, line if info.filename == "service/__init__.py" else data)
    return copy


def _recorded(record: bytes, path: str, content: bytes) -> bytes:
    lines = record.decode().splitlines(keepends=True)
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    row = f"{path},sha256={digest},{len(content)}\n"
    return "".join(row if line.startswith(f"{path},") else line for line in lines).encode()


def _write(project: Path, requirements: Sequence[str]) -> None:
    (project / "src/service").mkdir(parents=True)
    (project / "src/service/__init__.py").write_text("def main():\n    print('ready')\n")
    (project / "pyproject.toml").write_text(
        "[project]\n"
        'name = "service"\nversion = "1.0"\ndescription = "A service to be packaged"\n'
        'requires-python = ">=3.11"\n'
        'authors = [{ name = "Benchmark", email = "benchmark@example.org" }]\n'
        f"dependencies = {json.dumps(list(requirements))}\n"
        '[project.scripts]\nservice = "service:main"\n'
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        "[tool.uv]\nenvironments = [\"sys_platform == 'linux'\"]\n"
    )


def _uv(*arguments: str, cwd: Path) -> None:
    subprocess.run([program("uv"), *arguments], cwd=cwd, check=True)
