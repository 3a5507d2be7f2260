from __future__ import annotations

import subprocess

import pytest

from repackage.errors import FormatError
from repackage.tree import Directory
from repackage_formats import rpm
from repackage_formats.rpm._metadata import facts
from repackage_formats.rpm._ownership import is_system_directory
from tests.formats.rpm.plans import planned, with_files

FILES = {
    "/etc/example.conf": b"[x]\n",
    "/etc/logrotate.d/example": b"",
    "/usr/share/man/man1/example.1": b"",
    "/usr/share/applications/example.desktop": b"",
    "/usr/share/icons/hicolor/48x48/apps/example.png": b"",
    "/usr/share/doc/example/README": b"",
    "example-1.0.dist-info/LICENSE.txt": b"",
    "example/LICENSE.py": b"",
}


def test_directories_of_the_system_are_never_owned() -> None:
    plan = planned()
    decided = facts(plan, with_files(plan, FILES))
    owned = [entry.path for entry in decided.tree if isinstance(entry, Directory)]

    assert not [path for path in owned if is_system_directory(path)]
    assert "usr/share/doc/example" in owned
    assert "usr/lib/example" in owned
    assert plan.layout.purelib in owned
    assert not {"etc", "usr", "usr/bin", "usr/share/man/man1", "etc/logrotate.d"} & {*owned}
    assert [e.path for e in decided.tree] == sorted(e.path for e in decided.tree)


@pytest.mark.parametrize(
    ("path", "is_the_systems"),
    [
        ("usr/lib/python3.9/site-packages", True),
        ("usr/lib64/python3.12", True),
        ("usr/lib/python3.9/site-packages/example", False),
        ("usr/lib/example/lib/python3.9", False),
        ("opt", True),
        ("opt/example", False),
        ("usr/share/man/de/man1", True),
        ("usr/share/example/man", False),
        ("var/lib/example", False),
    ],
)
def test_what_belongs_to_the_system_is_known(path: str, *, is_the_systems: bool) -> None:
    assert is_system_directory(path) == is_the_systems


def test_configuration_documentation_and_licences_are_flagged() -> None:
    plan = planned(rpm.Options(compile=False))
    flags = facts(plan, with_files(plan, FILES)).file_flags

    assert flags == {
        "etc/example.conf": 17,
        "etc/logrotate.d/example": 17,
        "usr/share/man/man1/example.1": 2,
        "usr/share/doc/example/README": 2,
        f"{plan.layout.purelib}/example-1.0.dist-info/LICENSE.txt": 128,
        f"{plan.layout.purelib}/example-1.0.dist-info/licenses/LICENSE": 128,
    }


def test_patterns_of_the_options_replace_the_defaults() -> None:
    options = rpm.Options(config=(), documentation=("/usr/lib/example/*/example/*",))
    plan = planned(options)
    flags = facts(plan, with_files(plan, FILES)).file_flags

    assert "etc/example.conf" not in flags
    assert flags[f"{plan.layout.purelib}/example/LICENSE.py"] == 2


def test_a_configuration_file_is_of_the_version_of_its_package() -> None:
    plan = planned()
    decided = facts(plan, with_files(plan, FILES))
    config = ("config(example)", "1.0.0-1.el9", 0x10000008)

    assert config in [(e.name, e.version, e.flags) for e in decided.provides]
    assert config in [(e.name, e.version, e.flags) for e in decided.requires]


def test_ghosts_belong_to_the_package_though_they_are_not_shipped() -> None:
    plan = planned(rpm.Options(ghosts=("/var/log/example.log",)))
    decided = facts(plan, with_files(plan, {}))

    assert decided.file_flags["var/log/example.log"] == 64
    assert decided.tree.get("var/log/example.log") is not None
    assert decided.tree.get("var/log") is None


def test_what_is_shipped_cannot_be_a_ghost() -> None:
    plan = planned(rpm.Options(ghosts=("/etc/example.conf", "/usr/bin/example")))
    with pytest.raises(FormatError) as error:
        facts(plan, with_files(plan, FILES))

    assert len(error.value.problems) == 2


@pytest.mark.native("rpm")
def test_no_file_of_the_macros_of_rpm_is_at_another_place() -> None:
    command = [
        "rpm",
        "--eval",
        "%{_bindir} %{_sysconfdir} %{_datadir} %{_mandir} %{_prefix}/lib",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert all(is_system_directory(path[1:]) for path in done.stdout.split())
