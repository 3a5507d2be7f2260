"""The machine that builds, read from ``os-release``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.errors import TargetError
from repackage.target import host_target

if TYPE_CHECKING:
    from pathlib import Path


def host(tmp_path: Path, text: str, machine: str = "x86_64") -> str:
    path = tmp_path / "os-release"
    path.write_text(text)
    return host_target(os_release=(tmp_path / "absent", path), machine=machine).name


@pytest.mark.parametrize(
    ("os_release", "name"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_ID="12"\nID=debian\n', "debian-12"),
        ('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n', "ubuntu-24.04"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n', "el9"),
        ('ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="10.1"\n', "el10"),
        ("ID=eurolinux\nID_LIKE='rhel fedora centos'\nVERSION_ID=8.10\n", "el8"),
        ("ID=fedora\nVERSION_ID=42\n", "fedora-42"),
        ('ID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\n', "amazon-2023"),
        ('ID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\n', "amazon-2"),
        ('ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n', "el7"),
        ('ID="sles"\nID_LIKE="suse"\nVERSION_ID="15.7"\n', "sles-15.7"),
        (
            'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\nVERSION_ID="20261115"\n',
            "opensuse-tumbleweed",
        ),
        (
            'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n',
            "opensuse-leap-15.6",
        ),
        (
            (
                'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n'
                "VERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n"
            ),
            "ubuntu-24.04",
        ),
        ("# comment\n\nID=raspbian\nID_LIKE=debian\nVERSION_CODENAME=bookworm\n", "debian-12"),
    ],
)
def test_a_known_distribution_is_recognised(tmp_path: Path, os_release: str, name: str) -> None:
    assert host(tmp_path, os_release) == f"{name}-x86_64"


def test_the_architecture_is_that_of_the_machine(tmp_path: Path) -> None:
    assert host(tmp_path, "ID=debian\nVERSION_ID=12\n", "aarch64") == "debian-12-aarch64"


def test_another_python_may_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "os-release"
    path.write_text("ID=almalinux\nVERSION_ID=9.2\n")

    target = host_target(python="3.11", os_release=(path,), machine="x86_64")

    assert target.name == "el9-python3.11-x86_64"


@pytest.mark.parametrize(
    ("os_release", "name"),
    [
        ('ID=arch\nPRETTY_NAME="Arch Linux"\n', "Arch Linux"),
        ("ID=debian\nVERSION_CODENAME=forky\n", "debian"),
        ("ID=fedora\nVERSION_ID=12\n", "fedora"),
        ("ID=alpine\nVERSION_ID=3.20\n", "alpine"),
        ("ID=amzn\nID_LIKE='centos rhel fedora'\nVERSION_ID=2018.03\n", "amzn"),
        ("PRETTY_NAME='unbalanced\n", "unbalanced"),
        ("\0\0garbage", "this machine"),
    ],
)
def test_an_unknown_machine_lists_the_targets(
    tmp_path: Path, os_release: str, name: str
) -> None:
    with pytest.raises(TargetError, match=name) as error:
        host(tmp_path, os_release)

    assert "debian-12" in str(error.value)
    assert "--platform" in str(error.value)


def test_a_machine_without_os_release_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="not a known target"):
        host_target(os_release=(tmp_path / "absent",))
