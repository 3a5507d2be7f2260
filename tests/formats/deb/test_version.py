from __future__ import annotations

import subprocess
from itertools import combinations

import pytest
from debian.debian_support import Version as DebianVersion
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from repackage.target import Distribution
from repackage_formats.deb._version import (
    UPSTREAM,
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
    "1.0.0a2",
    "1.0b1",
    "1.0rc1.dev2",
    "1.0.0rc1",
    "1.0",
    "1.0+a",
    "1.0+a.b",
    "1.0+a.1",
    "1.0+ab",
    "1.0.0+cpu",
    "1.0+cu",
    "1.0+1",
    "1.0+1.x",
    "1.0+1.0",
    "1.0+10",
    "1.0.post1.dev4",
    "1.0.0.post1",
    "1.0.post1+local",
    "1.0.post2",
    "1.0.0.1.dev1",
    "1.0.0.1",
    "1.0.1",
    "1.1.dev1",
    "1.1",
    "1.10",
    "1.10.0.0.1",
    "2024.1",
    "1!0.1",
)
EQUAL = (("1", "1.0.0.0"), ("1.0rc1", "1c1"), ("1.0+A_b", "1+a.b"), ("2.0.post", "2.post0"))
SPELLED = {
    "1": "1.0.0",
    "1.0": "1.0.0",
    "1.0.0.0": "1.0.0",
    "2024.10": "2024.10.0",
    "4.30.2": "4.30.2",
    "1.2.3.4": "1.2.3.4",
    "1.2.0.4.0": "1.2.0.4",
    "1.0.dev3": "1.0.0~~dev3",
    "1.0rc1": "1.0.0~rc1",
    "1.0rc1.dev2": "1.0.0~rc1~dev2",
    "1.0.post1": "1.0.0+post1",
    "1.0.post1.dev4": "1.0.0+post1~dev4",
    "1.0+7": "1.0.0+~7",
    "1.0+cpu": "1.0.0+~~cpu",
    "1.0+cu128": "1.0.0+~~cu128",
    "1.0+5.rc.1": "1.0.0+~5.~rc0.1",
    "1.0+cu128.x": "1.0.0+~~cu128.~x",
    "2!1.0": "2:1.0.0",
}

NUMBERS = st.sampled_from([0, 1, 2, 9, 10, 11, 2024])
RELEASES = st.lists(NUMBERS, min_size=1, max_size=4)
#: Segments of digits and letters both are left out: PEP 440 compares them as text
#: (``cu118`` before ``cu9``), dpkg their numbers as numbers, and no spelling hides that.
SEGMENTS = st.one_of(NUMBERS.map(str), st.text("abpz", min_size=1, max_size=3))
SUFFIXES = st.tuples(
    st.none() | st.builds("{}{}".format, st.sampled_from(["a", "b", "rc"]), NUMBERS),
    st.none() | st.builds(".post{}".format, NUMBERS),
    st.none() | st.builds(".dev{}".format, NUMBERS),
    st.none()
    | st.lists(SEGMENTS, min_size=1, max_size=3).map(lambda parts: "+" + ".".join(parts)),
)


@st.composite
def versions(draw: st.DrawFn, *, releases: st.SearchStrategy[list[int]] = RELEASES) -> Version:
    """Any version: its release may end in zeros, and it may be a pre-, post- and so on."""
    epoch = draw(st.sampled_from(["", "", "1!", "2!"]))
    release = draw(releases) + [0] * draw(st.integers(0, 3))
    return Version(epoch + ".".join(map(str, release)) + "".join(filter(None, draw(SUFFIXES))))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Version, Version]:
    """Two versions, often of one release with zeros more or less."""
    release = draw(RELEASES)
    near = st.one_of(st.just(release), st.just(release), RELEASES)
    return draw(versions(releases=near)), draw(versions(releases=near))


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
    assert full_version(Version("1!2.0"), epoch=3, revision="1") == "3:2.0.0-1"
    assert full_version(Version("1!2.0"), epoch=0, revision="1") == "2.0.0-1"
    assert without_epoch("3:2.0-1") == "2.0-1"
    assert without_epoch("2.0-1") == "2.0-1"


@settings(max_examples=1000)
@given(pairs())
def test_sort_keys_keep_the_order_of_pep_440(pair: tuple[Version, Version]) -> None:
    one, other = pair
    keys = sort_key(mapped(one)), sort_key(mapped(other))

    assert (keys[0] < keys[1]) == (one < other)
    assert (keys[0] == keys[1]) == (one == other)


@given(pairs())
def test_python_debian_sorts_versions_as_pep_440_does(pair: tuple[Version, Version]) -> None:
    one, other = pair

    assert (DebianVersion(mapped(one)) < DebianVersion(mapped(other))) == (one < other)
    assert (DebianVersion(mapped(one)) == DebianVersion(mapped(other))) == (one == other)


@given(pairs())
def test_equal_versions_have_one_spelling(pair: tuple[Version, Version]) -> None:
    one, other = pair

    assert (mapped(one) == mapped(other)) == (one == other)


@given(versions())
def test_every_version_can_be_spelled_in_debians_alphabet(version: Version) -> None:
    assert UPSTREAM.fullmatch(upstream_version(version))


@given(DEBIAN, DEBIAN)
def test_sort_keys_agree_with_python_debian(one: str, other: str) -> None:
    ours, theirs = (sort_key(one), sort_key(other)), (DebianVersion(one), DebianVersion(other))

    assert (ours[0] < ours[1]) == (theirs[0] < theirs[1])
    assert (ours[0] == ours[1]) == (theirs[0] == theirs[1])


@pytest.mark.native("dpkg", "sh")
def test_dpkg_itself_sorts_versions_as_pep_440_does() -> None:
    """One shell asks of every pair, both ways."""
    asked = [
        f"{mapped(Version(left))} {operator} {mapped(Version(right))}\n"
        for one, other in combinations(ORDERED, 2)
        for left, operator, right in ((one, "lt", other), (other, "gt", one))
    ]
    asked += [f"{mapped(Version(one))} eq {mapped(Version(two))}\n" for one, two in EQUAL]
    script = (
        'while read -r one operator other; do dpkg --compare-versions "$one" "$operator" "$other"'
        ' || echo "$one $operator $other"; done'
    )
    done = subprocess.run(
        ["sh", "-c", script], input="".join(asked), text=True, capture_output=True, check=True
    )

    assert len(asked) > 500
    assert done.stdout == ""


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
