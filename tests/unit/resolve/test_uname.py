"""What only a running machine knows, in markers: compared as uv compares it."""

from __future__ import annotations

import pytest

from repackage.resolve._uname import decided

LINUX = {"sys_platform": "linux", "platform_release": "", "platform_version": ""}
MACOS = {**LINUX, "sys_platform": "darwin"}


def answer(marker: str, values: dict[str, str]) -> str:
    return decided(marker, values, true="yes", false="no")


@pytest.mark.parametrize(
    ("marker", "linux", "macos"),
    [
        ("platform_release != '5'", "yes", "no"),
        ("platform_release < '20.0'", "yes", "no"),
        ("platform_release >= '20.0'", "no", "no"),
        ("platform_release == ''", "yes", "yes"),
        ("platform_release != 'generic'", "yes", "yes"),
        ("'20.0' > platform_release", "yes", "no"),
        ("'' == platform_release", "yes", "yes"),
        ("platform_version < '5'", "yes", "yes"),
        ("platform_version >= '5'", "no", "no"),
    ],
)
def test_an_unknown_release_is_text_but_on_macos_no_version(
    marker: str, linux: str, macos: str
) -> None:
    assert (answer(marker, LINUX), answer(marker, MACOS)) == (linux, macos)


def test_the_releases_of_macos_are_compared_as_versions() -> None:
    known = {**MACOS, "platform_release": "9.8.0"}

    assert answer("platform_release < '20.0'", known) == "yes"
    assert answer("platform_release < '20.0'", {**known, "sys_platform": "linux"}) == "no"


def test_the_rest_of_a_marker_is_left_alone() -> None:
    marker = "os_name == 'nt' and (platform_release == '5' or python_version < '3')"

    assert answer(marker, LINUX) == "os_name == 'nt' and (no or python_version < '3')"
