"""A package for another machine: Debian 13 on arm64, made here."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application

pytestmark = pytest.mark.network

#: e_machine of AArch64, little endian, at byte 18 of an ELF header.
AARCH64 = (183).to_bytes(2, "little")


@pytest.mark.native("dpkg-deb")
def test_a_debian_13_arm64_deb_holds_only_arm64_and_asks_for_what_trixie_has(
    built: Callable[[str], Application], repackage: Callable[..., str], tmp_path: Path
) -> None:
    application = built("compiled_service")
    target = ("--target", "debian-13", "--arch", "arm64")
    planned = json.loads(repackage("plan", application.wheel, "-f", "deb", *target, "--json"))
    repackage("--format", "deb", application.wheel, *target, "--out-dir", tmp_path)
    (deb,) = tmp_path.glob("*_arm64.deb")

    subprocess.run(["dpkg-deb", "-x", str(deb), str(tmp_path / "root")], check=True)
    site = tmp_path / "root/usr/lib/compiled-service/lib/python3.13/site-packages"
    programs = [
        path
        for path in (tmp_path / "root").rglob("*")
        if path.is_file() and not path.is_symlink() and path.read_bytes()[:4] == b"\x7fELF"
    ]
    assert {path.read_bytes()[18:20] for path in programs} == {AARCH64}
    assert list((site / "numpy/_core").glob("_multiarray_umath.cpython-313-aarch64-*.so"))
    chosen = [pin["file"] for pin in planned["pins"]]
    assert chosen
    assert not [file for file in chosen if "x86_64" in file or "cp312" in file]

    fields = subprocess.run(
        ["dpkg-deb", "-f", str(deb), "Architecture", "Depends"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "Architecture: arm64" in fields
    assert "Depends: python3.13, " in fields
    assert "libc6 (>= 2." in fields
