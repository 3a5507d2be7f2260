"""Applications of any size: so many distributions, so many bytes, made here and locked here."""

from __future__ import annotations

import base64
import hashlib
import random
import shutil
import zipfile
from typing import TYPE_CHECKING

from benchmarks.corpora import Corpus
from benchmarks.measuring import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

#: The largest file of a wheel.
_LARGEST = 1 << 20
_DATE = (2024, 5, 17, 12, 0, 0)


def make(directory: Path, *, distributions: int, size: int) -> Corpus:
    """Write an application whose dependencies have so many bytes together, once."""
    project = directory / f"generated-{distributions}-{size}"
    if not (project / "requirements.txt").exists():
        say(f"making {distributions} distributions of {size / 1e6:g} MB together")
        shutil.rmtree(project, ignore_errors=True)
        (project / "dist").mkdir(parents=True)
        names = [f"part-{number}" for number in range(distributions)]
        share = size // distributions
        wheels = [_dependency(project / "dist", name, share) for name in names]
        _application(project, names)
        (project / "uv.lock").write_text(_lock(names, wheels))
        requirements = "".join(f"{wheel}\n" for wheel in wheels)
        (project / "requirements.txt").write_text(requirements)
    return Generated(name=project.name, project=project)


class Generated(Corpus):
    """A corpus whose dependencies' wheels lie beside the application's."""

    @property
    def wheel(self) -> Path:
        """The wheel of the application itself."""
        return self.project / "dist/service-1.0-py3-none-any.whl"


def _application(project: Path, names: Sequence[str]) -> None:
    requires = "".join(f"Requires-Dist: {name}\n" for name in names)
    _write(
        project / "dist/service-1.0-py3-none-any.whl",
        "service-1.0",
        f"Name: service\nVersion: 1.0\nAuthor-email: Benchmark <benchmark@example.org>\n{requires}",
        iter([("service/__init__.py", b"def main():\n    print('ready')\n")]),
    )


def _dependency(directory: Path, name: str, size: int) -> Path:
    module = name.replace("-", "_")
    path = directory / f"{module}-1.0-py3-none-any.whl"
    _write(path, f"{module}-1.0", f"Name: {name}\nVersion: 1.0\n", _files(module, size))
    return path


def _files(module: str, size: int) -> Iterator[tuple[str, bytes]]:
    """Give a package's files: a tenth of it modules, half of it what does not compress."""
    noise = random.Random(module)  # noqa: S311 - the same application every time
    yield f"{module}/__init__.py", b""
    number = written = 0
    while written < size:
        largest = 8192 if number % 10 else _LARGEST
        length = min(largest, size - written)
        half = base64.b64encode(noise.randbytes(length // 4))
        text = f"VALUE_{number} = {number}\n".encode()
        data = (half + text * (length // len(text) + 1))[:length]
        yield f"{module}/part_{number}.txt", data
        number, written = number + 1, written + length


def _write(path: Path, stem: str, metadata: str, files: Iterator[tuple[str, bytes]]) -> None:
    record = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:

        def add(name: str, data: bytes) -> None:
            archive.writestr(_info(name), data, compresslevel=1)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
            record.append(f"{name},sha256={digest.decode()},{len(data)}\n")

        for name, data in files:
            add(name, data)
        information = f"{stem}.dist-info"
        add(f"{information}/METADATA", f"Metadata-Version: 2.1\n{metadata}".encode())
        tag = "Wheel-Version: 1.0\nGenerator: benchmarks\nRoot-Is-Purelib: true\n"
        add(f"{information}/WHEEL", f"{tag}Tag: py3-none-any\n".encode())
        record.append(f"{information}/RECORD,,\n")
        archive.writestr(_info(f"{information}/RECORD"), "".join(record))


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.external_attr = 0o100644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _lock(names: Sequence[str], wheels: Sequence[Path]) -> str:
    edges = "".join(f'    {{ name = "{name}" }},\n' for name in names)
    packages = "".join(_package(name, wheel) for name, wheel in zip(names, wheels, strict=True))
    return (
        'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n\n'
        '[[package]]\nname = "service"\nversion = "1.0"\nsource = { editable = "." }\n'
        f"dependencies = [\n{edges}]\n{packages}"
    )


def _package(name: str, wheel: Path) -> str:
    with wheel.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(_LARGEST):
            digest.update(block)
    url = f"https://files.example/{wheel.name}"
    return (
        f'\n[[package]]\nname = "{name}"\nversion = "1.0"\n'
        'source = { registry = "https://index.example/simple" }\n'
        f'wheels = [\n    {{ url = "{url}", hash = "sha256:{digest.hexdigest()}",'
        f" size = {wheel.stat().st_size} }},\n]\n"
    )
