from __future__ import annotations

from dataclasses import replace

import pytest

from repackage.target import distribution_target, names
from repackage_formats.rpm._distributions import knows, rpm_of, site_directories
from repackage_formats.rpm._interpreter import interpreter_requires
from repackage_formats.rpm._profiles import profile


def test_every_target_with_rpm_is_known_to_this_format() -> None:
    facts = profile("distributions")
    targets = [known.distribution for known in names() if knows(known.distribution)]

    assert [each for each in targets if each.version not in facts[each.id]] == []
    assert {
        known.distribution.id
        for known in names()
        if known.distribution.family == "rpm" and not knows(known.distribution)
    } <= {"lambda"}
    assert sum(len(facts[family]) for family in facts if family != "default") == len(targets)


def test_every_interpreter_of_a_target_has_a_package() -> None:
    facts = profile("distributions")
    for known in filter(lambda each: knows(each.distribution), names()):
        packages = facts[known.distribution.id][known.distribution.version]["pythons"]

        assert packages.keys() == {python.release for python in known.pythons}


@pytest.mark.parametrize(
    ("target", "python", "package"),
    [
        ("opensuse-leap-15.6", "3.11", "python311"),
        ("sles-15.7", "3.6", "python3"),
        ("opensuse-tumbleweed", "3.14", "python314"),
        ("el9", "3.11", None),
        ("fedora-43", None, None),
    ],
)
def test_the_whole_interpreter_is_required_where_a_part_of_it_has_its_abi(
    target: str, python: str | None, package: str | None
) -> None:
    described = distribution_target(target, arch="x86_64", python=python)
    required = [each.name for each in interpreter_requires(described)]

    assert required[:2] == [described.interpreter, "python(abi)"]
    assert required[2:] == ([package] if package else [])


@pytest.mark.parametrize(("arch", "lib"), [("x86_64", "lib64"), ("i686", "lib")])
def test_modules_lie_where_the_macros_of_rpm_say(arch: str, lib: str) -> None:
    described = distribution_target("opensuse-tumbleweed", arch=arch, python="3.13")

    assert site_directories(described) == (
        "/usr/lib/python3.13/site-packages",
        f"/usr/{lib}/python3.13/site-packages",
    )


def test_a_newer_release_of_a_distribution_has_a_greater_suffix() -> None:
    for family, releases in profile("distributions").items():
        if family != "default":
            suffixes = [release["dist"] for release in releases.values()]
            digits = [int("".join(filter(str.isdigit, each)) or 0) for each in suffixes]

            assert digits == sorted(set(digits))


@pytest.mark.parametrize(
    ("name", "rich", "caret", "zstd", "compression"),
    [
        ("el7", False, False, False, "gzip"),
        ("el8", True, False, True, "zstd"),
        ("el9", True, True, True, "zstd"),
        ("el10", True, True, True, "zstd"),
        ("fedora-43", True, True, True, "zstd"),
        ("amazon-2", False, False, False, "gzip"),
        ("sles-12.5", False, False, False, "gzip"),
        ("amazon-2023", True, True, True, "zstd"),
        ("opensuse-leap-15.6", True, False, True, "zstd"),
        ("opensuse-tumbleweed", True, True, True, "zstd"),
        ("sles-15.7", True, False, True, "zstd"),
        ("ubuntu-24.04", True, False, True, "zstd"),
    ],
)
def test_what_rpm_can_do_follows_from_its_version(
    *, name: str, rich: bool, caret: bool, zstd: bool, compression: str
) -> None:
    rpm = rpm_of(distribution_target(name, arch="x86_64"))

    assert rpm.can("rich dependencies") == rich
    assert rpm.can("carets in versions") == caret
    assert rpm.reads("zstd") == zstd
    assert rpm.reads("gzip")
    assert rpm.compression == compression


def test_of_a_platform_without_a_distribution_little_is_assumed() -> None:
    target = replace(distribution_target("el9", arch="x86_64"), distribution=None)

    assert rpm_of(target).dist == ""
    assert not rpm_of(target).can("carets in versions")
