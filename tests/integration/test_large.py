"""Applications of gigabytes: whether memory stays what it is, and readers find all of it."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: MiB: what a run may occupy, whatever it packages.
MOST = 200
#: MiB: what a run may take more than another, of as many files, six times as large.
GROWTH = 24
FIVE_GIGABYTES = 5_000_000_005
#: Runs a command, and tells the MiB of its largest process: a fork of ours would count for more.
MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], check=False).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)
sys.exit(status)
"""
LOCK = """version = 1
requires-python = ">=3.10"

[[package]]
name = "large"
version = "1.0"
source = {{ editable = "." }}
dependencies = [{}]
"""
LOCKED = """
[[package]]
name = "{name}"
version = "1.0"
source = {{ registry = "wheelhouse" }}
wheels = [{{ path = "{name}-1.0-py3-none-any.whl", hash = "sha256:{digest}" }}]
"""


@dataclass
class Wheel:
    """A wheel that is written as it comes, however large."""

    directory: Path
    name: str
    method: int = zipfile.ZIP_DEFLATED
    requires: Iterable[str] = ()
    record: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.directory / f"{self.name}-1.0-py3-none-any.whl"

    def write(self, files: dict[str, Iterable[bytes]]) -> Path:
        metadata = f"Metadata-Version: 2.1\nName: {self.name}\nVersion: 1.0\nSummary: Large\n"
        metadata += "".join(f"Requires-Dist: {each}\n" for each in self.requires)
        about = f"{self.name}-1.0.dist-info"
        tags = b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        with zipfile.ZipFile(self.path, "w", self.method, compresslevel=1) as archive:
            for name, chunks in files.items():
                self._put(archive, name, chunks)
            self._put(archive, f"{about}/METADATA", [metadata.encode()])
            self._put(archive, f"{about}/WHEEL", [tags])
            command = f"[console_scripts]\n{self.name} = {self.name}:run\n"
            self._put(archive, f"{about}/entry_points.txt", [command.encode()])
            listed = "".join(f"{line}\n" for line in [*self.record, f"{about}/RECORD,,"])
            archive.writestr(f"{about}/RECORD", listed)
        return self.path

    def _put(self, archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        member = zipfile.ZipInfo(name)
        member.compress_type = self.method
        with archive.open(member, "w", force_zip64=True) as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        told = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
        self.record.append(f"{name},sha256={told},{size}")


def zeros(size: int) -> Iterator[bytes]:
    for start in range(0, size, 1 << 20):
        yield bytes(min(1 << 20, size - start))


def noise(seed: int, mebibytes: int) -> Iterator[bytes]:
    """What no codec makes smaller; each piece is the first one, begun elsewhere."""
    block = random.Random(seed).randbytes(1 << 20)
    for number in range(mebibytes):
        at = number * 997 % len(block)
        yield block[at:] + block[:at]


@pytest.fixture(scope="module")
def small_and_large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Applications of the same number of files, of 60 and of 360 MB."""
    found = []
    for size in (3, 18):
        directory = tmp_path_factory.mktemp(f"files-of-{size}-megabytes")
        files = {f"large/{part}.bin": zeros(size << 20) for part in range(20)}
        Wheel(directory, "large").write({"large/__init__.py": [b"answer = 42\n"], **files})
        (directory / "uv.lock").write_text(LOCK.format(""))
        found.append(directory)
    small, large = found
    return small, large


def build(directory: Path, *options: str) -> tuple[int, int, str]:
    """Run the command; return its status, the MiB that it took, and what it said."""
    out = directory / "out"
    command = [
        *(sys.executable, "-c", MEASURED, sys.executable, "-m", "repackage"),
        *("--target", "debian-12", "--out-dir", str(out), "-q", *options),
        str(directory / "large-1.0-py3-none-any.whl"),
    ]
    environment = {**os.environ, "REPACKAGE_CACHE_DIR": str(directory / "cache")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, int(done.stdout.splitlines()[-1]), done.stderr


@pytest.fixture(scope="module")
def five_gigabytes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application with one file of zeros, of which its wheel has some megabytes."""
    directory = tmp_path_factory.mktemp("five-gigabytes")
    Wheel(directory, "large").write(
        {"large/__init__.py": [b"answer = 42\n"], "large/zeros.bin": zeros(FIVE_GIGABYTES)}
    )
    (directory / "uv.lock").write_text(LOCK.format(""))
    return directory


@pytest.mark.native("dpkg-deb", "tar")
def test_a_file_of_five_gigabytes_is_in_a_deb_as_it_was(five_gigabytes: Path) -> None:
    status, peak, said = build(five_gigabytes, "-f", "deb", "-C", "deb.compression=zst")
    assert status == 0, said
    assert peak < MOST

    (artifact,) = (five_gigabytes / "out").glob("*.deb")
    listed = subprocess.run(
        ["dpkg-deb", "--contents", artifact], capture_output=True, text=True, check=True
    )
    (line,) = (each for each in listed.stdout.splitlines() if "zeros.bin" in each)
    assert line.split()[2] == str(FIVE_GIGABYTES)


@pytest.mark.parametrize("codec", ["gz", "zst", "xz"])
def test_memory_does_not_grow_with_what_is_packaged(
    small_and_large: tuple[Path, Path], codec: str
) -> None:
    peaks = []
    for directory in small_and_large:
        status, peak, said = build(directory, "-f", "deb", "-C", f"deb.compression={codec}")
        assert status == 0, said
        peaks.append(peak)

    small, large = peaks
    assert large <= small + GROWTH
    assert large < MOST


@pytest.mark.native("bsdtar", "unzip")
def test_a_file_of_five_gigabytes_is_in_a_zip_as_it_was(five_gigabytes: Path) -> None:
    status, peak, said = build(five_gigabytes, "-f", "zip")
    assert status == 0, said
    assert peak < MOST

    (artifact,) = (five_gigabytes / "out").glob("*.zip")
    subprocess.run(["unzip", "-tqq", artifact], check=True)
    for command in ("unzip -Z", "bsdtar -tvf"):
        listed = subprocess.run(
            [*command.split(), artifact], capture_output=True, text=True, check=True
        )
        (line,) = (each for each in listed.stdout.splitlines() if "zeros.bin" in each)
        assert str(FIVE_GIGABYTES) in line.split()


def test_python_imports_from_no_zip_of_five_gigabytes(five_gigabytes: Path) -> None:
    before = sorted((five_gigabytes / "out").glob("*"))
    status, peak, said = build(five_gigabytes, "-f", "pyz")

    assert status == 7
    assert "zeros.bin" in said
    assert "4 GiB" in said
    assert peak < MOST
    assert sorted((five_gigabytes / "out").glob("*")) == before


@pytest.mark.native("dpkg-deb")
def test_an_application_of_two_gigabytes_takes_no_more_memory_than_a_small_one(
    tmp_path: Path,
) -> None:
    names = [f"part{number:02}" for number in range(20)]
    lock = LOCK.format(", ".join(f'{{ name = "{name}" }}' for name in names))
    house = tmp_path / "wheelhouse"
    house.mkdir()
    for seed, name in enumerate(names):
        wheel = Wheel(house, name, method=zipfile.ZIP_STORED)
        wheel.write({f"{name}/{part}.bin": noise(seed, 5) for part in range(20)})
        digest = hashlib.sha256(wheel.path.read_bytes()).hexdigest()
        lock += LOCKED.format(name=name, digest=digest)
    Wheel(tmp_path, "large", requires=names).write({"large/__init__.py": [b"answer = 42\n"]})
    (tmp_path / "uv.lock").write_text(lock)

    status, peak, said = build(tmp_path, "-f", "deb", "-C", "deb.compression=zst")
    assert status == 0, said
    assert peak < MOST

    (artifact,) = (tmp_path / "out").glob("*.deb")
    listed = subprocess.run(
        ["dpkg-deb", "--contents", artifact], capture_output=True, text=True, check=True
    )
    sizes = [line.split()[2] for line in listed.stdout.splitlines() if ".bin" in line]
    assert sizes == [str(5 << 20)] * 400
