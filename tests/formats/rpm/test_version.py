from __future__ import annotations

import random
import shutil
import subprocess
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from repackage_formats.rpm._version import EVR, PART, distribution_version, evr, rpm_version
from tests.formats.rpm.vercmp import evrcmp, vercmp

if TYPE_CHECKING:
    from pathlib import Path

    from repackage_formats.rpm._version import Style

#: In PEP 440's order.
ORDERED = (
    "0.9",
    "1.0.dev3",
    "1.0a1.dev1",
    "1.0a1",
    "1.0a1+local",
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
    "1.0+zzz",
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
)
SPELLED = {
    "1": ("1.0.0", "1.0.0"),
    "1.0.0.0": ("1.0.0", "1.0.0"),
    "2024.10": ("2024.10.0", "2024.10.0"),
    "1.2.3.4": ("1.2.3.4", "1.2.3.4"),
    "1.0.dev3": ("1.0.0~~dev3", "1.0.0~~dev3"),
    "1.0a1.dev2": ("1.0.0~a1~dev2", "1.0.0~a1~dev2"),
    "1.0rc1": ("1.0.0~rc1", "1.0.0~rc1"),
    "1.0.post1": ("1.0.0.post1", "1.0.0^post1"),
    "1.0.post1.dev4": ("1.0.0.post1~dev4", "1.0.0^post1~dev4"),
    "1.0+cu128": ("1.0.0.local.cu128", "1.0.0^~cu128"),
    "1.0.post2+5": ("1.0.0.post2.local.5", "1.0.0^post2^~5"),
    "2!1.0": ("1.0.0", "1.0.0"),
}
STYLES = st.sampled_from(["dot", "caret"])
NUMBERS = st.sampled_from([0, 1, 2, 9, 10, 11, 2024])
RELEASES = st.lists(NUMBERS, min_size=1, max_size=4)
#: Segments of digits and letters both are left out: see ``rpm_version``.
SEGMENTS = st.one_of(NUMBERS.map(str), st.text("abloz", min_size=1, max_size=3))
SUFFIXES = st.tuples(
    st.none() | st.builds("{}{}".format, st.sampled_from(["a", "b", "rc"]), NUMBERS),
    st.none() | st.builds(".post{}".format, NUMBERS),
    st.none() | st.builds(".dev{}".format, NUMBERS),
    st.none()
    | st.lists(SEGMENTS, min_size=1, max_size=3).map(lambda parts: "+" + ".".join(parts)),
)


@st.composite
def versions(draw: st.DrawFn, *, releases: st.SearchStrategy[list[int]] = RELEASES) -> Version:
    """Any version without an epoch, which is a tag of its own."""
    release = draw(releases) + [0] * draw(st.integers(0, 3))
    return Version(".".join(map(str, release)) + "".join(filter(None, draw(SUFFIXES))))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Version, Version]:
    """Two versions, often of one release with zeros more or less."""
    release = draw(RELEASES)
    near = st.one_of(st.just(release), st.just(release), RELEASES)
    return draw(versions(releases=near)), draw(versions(releases=near))


def order(one: Version, other: Version) -> int:
    return (one > other) - (one < other)


@pytest.mark.parametrize(("version", "spelled"), SPELLED.items())
def test_a_version_is_spelled_for_rpm(version: str, spelled: tuple[str, str]) -> None:
    dot, caret = spelled

    assert rpm_version(Version(version)) == dot
    assert rpm_version(Version(version), style="caret") == caret


def test_a_version_of_a_distribution_has_its_zeros_stripped_as_fedora_does() -> None:
    assert distribution_version(Version("1.0.0")) == "1"
    assert distribution_version(Version("1.2.0rc1")) == "1.2~rc1"
    assert distribution_version(Version("3!0.0")) == "3:0"
    assert distribution_version(Version("2.9.0.post0"), style="caret") == "2.9^post0"


def test_an_epoch_is_named_where_there_is_one() -> None:
    assert evr(epoch=0, version="1.0", release="1.el9") == "1.0-1.el9"
    assert evr(epoch=2, version="1.0", release="1") == "2:1.0-1"


@settings(max_examples=2000)
@given(pairs(), STYLES)
def test_rpm_sorts_versions_as_pep_440_does(
    pair: tuple[Version, Version], style: Style
) -> None:
    one, other = (rpm_version(each, style=style) for each in pair)

    assert vercmp(one, other) == order(*pair)
    assert (one == other) == (pair[0] == pair[1])


@settings(max_examples=1000)
@given(pairs(), STYLES)
def test_versions_of_distributions_are_sorted_so_too(
    pair: tuple[Version, Version], style: Style
) -> None:
    spelled = (distribution_version(each, style=style) for each in pair)

    assert evrcmp(*spelled) == order(*pair)


@given(versions(), STYLES)
def test_every_version_can_be_spelled_in_the_alphabet_of_rpm(
    version: Version, style: Style
) -> None:
    spelled = rpm_version(version, style=style)

    assert PART.fullmatch(spelled)
    assert EVR.fullmatch(f"1:{spelled}-1.el9")
    assert style == "caret" or "^" not in spelled


@pytest.mark.native("rpm")
@pytest.mark.parametrize("style", ["dot", "caret"])
def test_rpm_itself_sorts_versions_as_pep_440_does(style: Style, tmp_path: Path) -> None:
    spelled = [rpm_version(Version(each), style=style) for each in ORDERED]
    asked = list(combinations(spelled, 2))

    assert answers(asked, tmp_path) == [-1] * len(asked)


@pytest.mark.native("rpm")
def test_the_comparator_of_these_tests_agrees_with_rpm(tmp_path: Path) -> None:
    chance = random.Random(2024)
    texts = [
        "0" + "".join(chance.choices("019ab.~^", k=chance.randint(0, 8))) for _ in range(60)
    ]
    asked = list(combinations(texts, 2))

    assert answers(asked, tmp_path) == [vercmp(*pair) for pair in asked]


def answers(pairs: list[tuple[str, str]], directory: Path) -> list[int]:
    """Let one run of rpm compare many pairs."""
    rpm = shutil.which("rpm")
    assert rpm is not None
    script = directory / "compare.lua"
    lines = [f'print(rpm.vercmp("{one}", "{other}"), " ")' for one, other in pairs]
    script.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        [rpm, "--eval", f'%{{lua:dofile("{script}")}}'],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [int(each) for each in done.stdout.split()]
