from __future__ import annotations

from dataclasses import replace

import pytest

from repackage.target import distribution_target, names
from repackage_formats.rpm._distributions import knows, rpm_of
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
