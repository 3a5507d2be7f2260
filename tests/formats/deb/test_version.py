from __future__ import annotations

import subprocess
from itertools import combinations

import pytest
from debian.debian_support import Version as DebianVersion
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from repackage.target import Distribution
from repackage_formats.deb._version import (
    default_revision,
    full_version,
    sort_key,
    upstream_version,
    without_epoch,
)

#: In PEP 440's order.
ORDERED = (
    "0.9",
    "1.0.dev3",
    "1.0a1.dev1",
    "1.0a1",
    "1.0a1.post1",
    "1.0a2",
    "1.0b1",
    "1.0rc1.dev2",
    "1.0rc1",
    "1.0",
    "1.0+cpu",
    "1.0+cu128",
    "1.0.post1.dev4",
    "1.0.post1",
    "1.0.post2",
    "1.1.dev1",
    "1.1",
    "1.10",
    "2024.1",
    "1!0.1",
)
SPELLED = {
    "1.0.dev3": "1.0~~dev3",
    "1.0rc1": "1.0~rc1",
    "1.0rc1.dev2": "1.0~rc1~dev2",
    "1.0.post1": "1.0+post1",
    "1.0.post1.dev4": "1.0+post1~dev4",
    "1.0+cpu.2": "1.0+0cpu.2",
    "2!1.0": "2:1.0",
}

RELEASES = st.tuples(*[st.integers(0, 30)] * 3)
PRE = st.one_of(
    st.just(""), st.builds("{}{}".format, st.sampled_from(["a", "b", "rc"]), st.integers(0, 20))
)
POST = st.one_of(st.just(""), st.builds(".post{}".format, st.integers(0, 20)))
DEV = st.one_of(st.just(""), st.builds(".dev{}".format, st.integers(0, 20)))
LOCAL = st.one_of(
    st.just(""), st.builds("+{}".format, st.sampled_from(["cpu", "cu118", "x.y"]))
)
VERSIONS = st.builds(
    lambda release, pre, post, dev, local: Version(
        ".".join(map(str, release)) + pre + post + dev + local
    ),
    RELEASES,
    PRE,
    POST,
    DEV,
    LOCAL,
)
DEBIAN = st.from_regex(
    r"([0-9]:)?[0-9][0-9a-zA-Z.+~]{0,8}(-[0-9a-zA-Z.+~]{1,5})?", fullmatch=True
)


def mapped(version: Version) -> str:
    return full_version(version, epoch=None, revision="0repackage1~deb12")


@pytest.mark.parametrize(("version", "spelled"), SPELLED.items())
def test_a_version_is_spelled_for_debian(version: str, spelled: str) -> None:
    assert full_version(Version(version), epoch=None, revision="1") == f"{spelled}-1"


def test_an_ordinary_version_stays_as_it_is() -> None:
    assert upstream_version(Version("1.22.333")) == "1.22.333"


def test_an_epoch_of_the_options_replaces_the_wheels() -> None:
    assert full_version(Version("1!2.0"), epoch=3, revision="1") == "3:2.0-1"
    assert full_version(Version("1!2.0"), epoch=0, revision="1") == "2.0-1"
    assert without_epoch("3:2.0-1") == "2.0-1"
    assert without_epoch("2.0-1") == "2.0-1"


@given(VERSIONS, VERSIONS)
def test_dpkg_sorts_versions_as_pep_440_does(one: Version, other: Version) -> None:
    assert (DebianVersion(mapped(one)) < DebianVersion(mapped(other))) == (one < other)
    assert (DebianVersion(mapped(one)) == DebianVersion(mapped(other))) == (one == other)


@given(DEBIAN, DEBIAN)
def test_sort_keys_agree_with_python_debian(one: str, other: str) -> None:
    ours, theirs = (sort_key(one), sort_key(other)), (DebianVersion(one), DebianVersion(other))

    assert (ours[0] < ours[1]) == (theirs[0] < theirs[1])
    assert (ours[0] == ours[1]) == (theirs[0] == theirs[1])


@pytest.mark.native("dpkg")
def test_dpkg_itself_sorts_versions_as_pep_440_does() -> None:
    for one, other in combinations([mapped(Version(text)) for text in ORDERED], 2):
        command = ["dpkg", "--compare-versions", one, "lt", other]

        assert subprocess.run(command, check=False).returncode == 0, (one, other)


@pytest.mark.parametrize(
    ("identifier", "version", "revision"),
    [
        ("debian", "12", "0repackage1~deb12"),
        ("debian", "13", "0repackage1~deb13"),
        ("ubuntu", "24.04", "0repackage1~ubuntu24.04"),
        ("linux-mint", "22 (beta)", "0repackage1~linuxmint22beta"),
    ],
)
def test_a_revision_names_the_release(identifier: str, version: str, revision: str) -> None:
    release = Distribution(id=identifier, version=version, codename="", family="deb")

    assert default_revision(release) == revision


def test_a_generic_target_has_no_release_in_its_revision() -> None:
    assert default_revision(None) == "0repackage1"


def test_a_newer_release_upgrades_and_an_archives_package_replaces_ours() -> None:
    versions = ["1.0-0repackage1~deb12", "1.0-0repackage1~deb13", "1.0-0repackage1", "1.0-1"]

    assert sorted(versions, key=sort_key) == versions
