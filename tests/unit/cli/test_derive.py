"""For which machine something says that it is made."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from repackage.cli._derive import derive
from repackage.target import names
from repackage.tree import Entry, inline_file

if TYPE_CHECKING:
    from collections.abc import Mapping

NEWEST = max((known.glibc.major, known.glibc.minor) for known in names())
DEBIAN = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.36.1"))
    monkeypatch.setattr("platform.machine", lambda: "aarch64")


def held(files: Mapping[str, str | bytes]) -> list[Entry]:
    return [
        inline_file(path, data if isinstance(data, bytes) else data.encode(), mtime=0)
        for path, data in files.items()
    ]


def elf(machine: int) -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, machine) + bytes(40)


def flags(
    files: Mapping[str, str | bytes],
    metadata: Mapping[str, str] | None = None,
    *,
    here: bool = False,
) -> Mapping[str, object]:
    return derive(held(files), metadata or {}, here=here).flags


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("version = 3.11.2", "3.11.2"),
        ("version_info = 3.12.1.final.0", "3.12.1"),
        ("version = 3.11", "3.11"),
    ],
)
def test_every_maker_of_environments_is_understood(line: str, python: str) -> None:
    found = derive(held({"pyvenv.cfg": f"home = /usr/bin\n{line}\n"}), {}, here=True)

    assert found.flags == {"python": python, "platform": "manylinux_2_36_aarch64"}
    assert found.evidence == "pyvenv.cfg"


def test_a_directory_that_says_nothing_has_no_target() -> None:
    assert flags({"app/__init__.py": ""}, here=True) == {}
    assert flags({"pyvenv.cfg": "home = /usr/bin\n"}, here=True) == {}
    assert derive([], {}, here=False).evidence == ""


def test_a_package_has_the_python_of_its_directory_and_its_own_architecture() -> None:
    site = "usr/lib/app/lib/python3.12/site-packages/app-1.0.dist-info/METADATA"
    newest = f"manylinux_{NEWEST[0]}_{NEWEST[1]}"

    assert flags({site: ""}, {"Architecture": "amd64"}) == {
        "python": "3.12",
        "platform": f"{newest}_x86_64",
    }
    assert flags({site: ""}, {"Architecture": "all"})["platform"] == f"{newest}_aarch64"
    assert flags({site: ""}, {"platform": "linux/arm/v7"})["platform"] == f"{newest}_armv7l"


def test_a_root_has_the_target_of_its_distribution() -> None:
    root = {
        "usr/lib/os-release": DEBIAN,
        "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2": "",
        "usr/lib/python3/dist-packages/app-1.0.dist-info/METADATA": "",
    }

    assert flags(root, here=True) == {"target": "debian-12", "arch": "x86_64"}


def test_a_python_that_the_distribution_does_not_ship_runs_on_its_library() -> None:
    root = {
        "etc/os-release": DEBIAN,
        "usr/local/lib/python3.13/site-packages/app-1.0.dist-info/METADATA": "",
    }

    found = flags(root, {"platform": "linux/amd64"})

    assert found == {"python": "3.13", "platform": "manylinux_2_36_x86_64"}


def test_a_root_with_musl_is_told_by_its_loader() -> None:
    root = {
        "etc/os-release": "ID=alpine\nVERSION_ID=3.20.1\n",
        "lib/ld-musl-x86_64.so.1": "",
        "usr/lib/python3.12/site-packages/app-1.0.dist-info/METADATA": "",
    }

    assert flags(root) == {"python": "3.12", "platform": "musllinux_1_2_x86_64"}


def test_a_function_is_told_by_its_extension_modules() -> None:
    assert flags({"app/_fast.cpython-313t-x86_64-linux-gnu.so": ""}) == {
        "python": "3.13t",
        "platform": f"manylinux_{NEWEST[0]}_{NEWEST[1]}_x86_64",
    }


def test_an_extension_module_of_every_python_tells_the_architecture() -> None:
    assert flags({"app/_fast.abi3.so": elf(0x3E)}) == {"arch": "x86_64"}
    assert flags({"app/_fast.abi3.so": elf(0xFFF0)}) == {}
    assert flags({"app/_fast.abi3.so": b"no program, but long enough"}) == {}


def test_of_several_environments_none_tells() -> None:
    cfg = "version = 3.11.2\n"

    assert flags({"a/pyvenv.cfg": cfg, "b/pyvenv.cfg": cfg}) == {}
    assert flags({"a/pyvenv.cfg": cfg})["python"] == "3.11.2"


def test_a_ledger_that_cannot_be_read_tells_nothing() -> None:
    assert flags({"usr/share/repackage/app/ledger.json": "{}"}) == {}
