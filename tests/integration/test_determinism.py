"""Same inputs, same bytes: whatever the directory, umask, zone, locale, seed, clock, jobs."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.integration.applications import Application

pytestmark = pytest.mark.network

#: (format, compression, level); the low levels are quick, and cut xz into more blocks.
FORMATS = [
    ("deb", "xz", 0),
    ("deb", "gz", 6),
    ("deb", "zst", 3),
    ("rpm", "zstd", 3),
    ("rpm", "gzip", 6),
    ("rpm", "xz", 0),
    ("tar", "gz", 6),
    ("tar", "xz", 0),
    ("tar", "zst", 3),
    ("tar", "none", None),
]

#: Where it is another one than Debian 12.
TARGETS = {"rpm": ("--target", "el9", "--python", "3.11")}


@pytest.mark.native("faketime")
@pytest.mark.parametrize(("format_", "compression", "level"), FORMATS)
def test_two_builds_in_different_surroundings_give_identical_bytes(
    format_: str,
    compression: str,
    level: int | None,
    built: Callable[[str], Application],
    tmp_path: Path,
) -> None:
    application = built("compiled_service")
    options = ["-f", format_, *TARGETS.get(format_, ("--target", "debian-12"))]
    options += ["-C", f"{format_}.compression={compression}"]
    options += [] if level is None else ["-C", f"{format_}.level={level}"]
    plain = tmp_path / "plain"
    first = _build([], application, plain, options, jobs=1, umask=0o022, surroundings={})
    strange = tmp_path / "a strange place" / "ü"
    shutil.copytree(plain / "store", strange / "store")
    second = _build(
        ["faketime", "+3 days"],
        application,
        strange,
        [*options, "--offline"],
        jobs=4,
        umask=0o077,
        surroundings={"TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "PYTHONHASHSEED": "4711"},
    )

    assert _digest(first) == _digest(second)
    assert first.name == second.name
    assert second.stat().st_mode & 0o777 == 0o644


@pytest.mark.native("faketime")
def test_every_file_of_an_expression_is_the_same_in_different_surroundings(
    built: Callable[[str], Application], tmp_path: Path
) -> None:
    application, options = built("compiled_service"), ["-f", "nix", "--target", "debian-12"]
    first = _build([], application, tmp_path / "plain", options, jobs=1, umask=0o022)
    strange = tmp_path / "a strange place" / "ü"
    shutil.copytree(tmp_path / "plain" / "store", strange / "store")
    second = _build(
        ["faketime", "+3 days"],
        application,
        strange,
        [*options, "--offline"],
        jobs=4,
        umask=0o077,
        surroundings={"TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "PYTHONHASHSEED": "4711"},
    )

    assert _facts(first) == _facts(second)
    assert {facts[0] for facts in _facts(first).values()} == {0o644, 0o755}


def _facts(directory: Path) -> dict[str, tuple[int, str]]:
    """Mode and digest of everything in a directory."""
    return {
        path.relative_to(directory).as_posix(): (
            path.stat().st_mode & 0o777,
            "" if path.is_dir() else _digest(path),
        )
        for path in directory.rglob("*")
    }


@pytest.mark.parametrize("format_", ["deb", "tar"])
def test_a_pure_application_is_the_same_for_each_architecture(
    format_: str, built: Callable[[str], Application], tmp_path: Path
) -> None:
    application = built("pure_command")

    def made(arch: str) -> Path:
        options = ["-f", format_, "--target", "debian-12", "--arch", arch]
        return _build([], application, tmp_path / arch, options, jobs=2, umask=0o022)

    intel, arm = made("x86_64"), made("aarch64")

    assert _digest(intel) == _digest(arm)
    if format_ == "deb":
        assert intel.name == arm.name
        assert intel.name.endswith("_all.deb")


def _build(
    wrapper: list[str],
    application: Application,
    directory: Path,
    options: list[str],
    *,
    jobs: int,
    umask: int,
    surroundings: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    project = directory / "project"
    shutil.copytree(application.project, project)
    wheel = project / application.wheel.relative_to(application.project)
    out = directory / "out"
    done = subprocess.run(
        [
            *wrapper, sys.executable, "-m", "repackage", str(wheel), *options,
            "--jobs", str(jobs), "--out-dir", str(out), "--cache-dir", str(directory / "store"),
        ],
        cwd=directory,
        env={**os.environ, **surroundings},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (artifact,) = out.iterdir()
    return artifact


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
