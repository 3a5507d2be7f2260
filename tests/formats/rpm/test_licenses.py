from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.licenses import canonicalize_license_expression

from repackage.testing import example_package
from repackage_formats.rpm._licenses import canonical, license_expression
from repackage_formats.rpm._profiles import profile

BARE = replace(example_package().metadata, license_expression="", license="", classifiers=())


def stated(*distributions: dict[str, Any]) -> str:
    return license_expression([replace(BARE, **each) for each in distributions])


@pytest.mark.parametrize(
    ("metadata", "expression"),
    [
        ({"license_expression": "mit or apache-2.0"}, "MIT OR Apache-2.0"),
        ({"license": "BSD-3-Clause"}, "BSD-3-Clause"),
        ({"license": "Apache License 2.0"}, "Apache-2.0"),
        ({"classifiers": ("License :: OSI Approved :: ISC License (ISCL)",)}, "ISC"),
        (
            {"license": "MIT", "classifiers": ("License :: OSI Approved :: BSD License",)},
            "MIT",
        ),
        ({"license": "Our own licence, v2"}, "LicenseRef-Our-own-licence-v2"),
        ({"license": "text " * 100}, "LicenseRef-Unstated"),
        ({"license": "UNKNOWN"}, "LicenseRef-Unstated"),
        ({}, "LicenseRef-Unstated"),
    ],
)
def test_the_licence_of_a_distribution_is_an_expression(
    metadata: dict[str, Any], expression: str
) -> None:
    assert stated(metadata) == expression


def test_the_licences_of_all_that_is_packaged_are_joined() -> None:
    either, zlib = {"license_expression": "MIT OR Apache-2.0"}, {"license": "Zlib"}

    assert stated(either, zlib, zlib, {}) == "(MIT OR Apache-2.0) AND Zlib"
    assert stated(either, either) == "MIT OR Apache-2.0"


def test_no_licence_of_a_list_is_named_twice() -> None:
    many = {"license_expression": "MIT AND GPL-3.0-only WITH GCC-exception-3.1 AND 0BSD"}

    assert stated(many, {"license": "MIT"}) == (
        "0BSD AND GPL-3.0-only WITH GCC-exception-3.1 AND MIT"
    )


@given(
    st.lists(
        st.fixed_dictionaries(
            {"license": st.text(max_size=70), "license_expression": st.text()}
        ),
        max_size=3,
    )
)
def test_whatever_a_project_says_the_licence_is_an_expression(
    said: list[dict[str, str]],
) -> None:
    assert canonicalize_license_expression(stated(*said))


def test_the_names_of_the_profile_are_those_of_spdx() -> None:
    facts = profile("licenses")
    names = {*facts["classifiers"].values(), *facts["texts"].values()}

    assert {name: canonical(name) for name in names} == {name: name for name in names}
