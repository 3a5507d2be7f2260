"""Core metadata, as the specification has it and as the world writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from repackage.errors import Problem, WheelError
from repackage.metadata import Metadata, parse_metadata

HEAD = "Metadata-Version: 2.4\nName: My.App\nVersion: 1.0\n"


def parse(text: str | bytes) -> Metadata:
    data = text.encode() if isinstance(text, str) else text
    return parse_metadata(data, where="METADATA")


def problems_of(text: str) -> list[str]:
    with pytest.raises(WheelError) as caught:
        parse(text)
    return list(map(str, caught.value.problems))


def test_everything_that_modern_metadata_say_is_kept() -> None:
    metadata = parse(
        HEAD
        + "Summary: does things\n"
        + "Author-email: Łukasz <l@x.example>\n"
        + "Maintainer: A Team\n"
        + "License-Expression: MIT OR Apache-2.0\n"
        + "License-File: LICENSE\nLicense-File: docs/NOTICE\n"
        + "Classifier: Topic :: Utilities\nKeywords: one, two three\n"
        + "Home-page: https://x.example\n"
        + "Project-URL: Source, https://src.example/a,b\nProject-URL: https://bare.example\n"
        + "Requires-Python: >=3.10\n"
        + "Requires-Dist: httpx[http2]>=0.27; python_version < '4'\n"
        + "Provides-Extra: Fast_Path\n"
        + "Description-Content-Type: text/markdown\n\n# Readme\n\nÄ body\n"
    )

    assert metadata == Metadata(
        metadata_version="2.4",
        name=metadata.name,
        display_name="My.App",
        version=Version("1.0"),
        summary="does things",
        description="# Readme\n\nÄ body\n",
        description_content_type="text/markdown",
        license_expression="MIT OR Apache-2.0",
        license_files=("LICENSE", "docs/NOTICE"),
        classifiers=("Topic :: Utilities",),
        keywords=("one", "two three"),
        author_email="Łukasz <l@x.example>",
        maintainer="A Team",
        urls=(
            ("Homepage", "https://x.example"),
            ("Source", "https://src.example/a,b"),
            ("", "https://bare.example"),
        ),
        requires_python=SpecifierSet(">=3.10"),
        requires_dist=(Requirement("httpx[http2]>=0.27; python_version < '4'"),),
        provides_extra=metadata.provides_extra,
    )
    assert metadata.name == "my-app"
    assert metadata.provides_extra == ("fast-path",)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.0", "2.1", "2.5", "2.99"])
def test_every_version_of_the_format_is_read(version: str) -> None:
    text = f"Metadata-Version: {version}\nName: a\nVersion: 1\n"

    assert parse(text).metadata_version == version


@pytest.mark.parametrize("version", ["3.0", "2", "new"])
def test_an_unknown_format_is_refused(version: str) -> None:
    text = f"Metadata-Version: {version}\nName: a\nVersion: 1\n"

    assert problems_of(text) == [
        f"METADATA: Metadata-Version is {version!r} (versions 1.0 to 2.x can be read)"
    ]


def test_everything_invalid_is_reported_at_once() -> None:
    found = problems_of(
        "Name: -a\nVersion: one\nRequires-Python: three\nRequires-Dist: a b\n"
        "Requires-Dist: ok\nProvides-Extra: !\n"
    )

    assert len(found) == 6
    assert found[0].startswith("METADATA: Metadata-Version is missing")
    assert "Version 'one' is invalid" in found[2]


@pytest.mark.parametrize("text", ["", "\n\n", "<html>\n", "\0\1\2"])
def test_what_is_no_metadata_is_refused(text: str) -> None:
    assert "METADATA: Name is missing" in problems_of(text)


def test_two_names_are_refused() -> None:
    assert problems_of(HEAD + "Name: other\n") == [
        "METADATA: Name is both 'My.App' and 'other'"
    ]


def test_the_same_name_twice_is_no_problem() -> None:
    assert parse(HEAD + "Name: My.App\n").name == "my-app"


@pytest.mark.parametrize(
    ("sloppy", "meant"),
    [
        (">=3.6.*", ">=3.6"),
        (">=2.7,!=3.0.*,<4.*", ">=2.7,!=3.0.*,<4"),
        (">=3.6<4", ">=3.6,<4"),
        (">=3.6,", ">=3.6"),
        ("==3.*", "==3.*"),
    ],
)
def test_specifiers_from_before_pep_440_are_repaired(sloppy: str, meant: str) -> None:
    metadata = parse(
        f"{HEAD}Requires-Python: {sloppy}\nRequires-Dist: b ({sloppy}); extra=='x'\n"
    )

    assert metadata.requires_python == SpecifierSet(meant)
    assert metadata.requires_dist[0].specifier == SpecifierSet(meant)
    assert metadata.requires_dist[0].marker is not None


def test_a_requirement_above_dev_means_any_version() -> None:
    assert "2015.7" in parse(HEAD + "Requires-Dist: pytz (>dev)\n").requires_dist[0].specifier


@pytest.mark.parametrize("text", ["a @ b>=1.*\n ; x", "a @ https://a.example/b.whl ,"])
def test_a_requirement_by_url_is_not_repaired(text: str) -> None:
    assert problems_of(HEAD + f"Requires-Dist: {text}\n")


def test_what_is_said_twice_is_kept_once() -> None:
    metadata = parse(
        HEAD
        + 2 * "Project-URL: Source, https://src.example\n"
        + "Provides-Extra: fast-path\nProvides-Extra: Fast_Path\n"
    )

    assert metadata.urls == (("Source", "https://src.example"),)
    assert metadata.provides_extra == ("fast-path",)


def test_what_decides_nothing_is_taken_as_it_comes() -> None:
    metadata = parse(
        HEAD
        + "License-Expression: not SPDX at all\nLicense-File: ../LICENSE\n"
        + "Classifier: no such classifier\nDescription-Content-Type: text/word\n"
        + "Author-email: nobody\nX-Unknown: 1\nDynamic: name\n"
    )

    assert metadata.license_expression == "not SPDX at all"
    assert metadata.license_files == ("../LICENSE",)
    assert metadata.description_content_type == "text/word"
    assert metadata.author_email == "nobody"


def test_unknown_means_that_nothing_is_said() -> None:
    metadata = parse(
        HEAD + "Summary: UNKNOWN\nHome-page: UNKNOWN\nLicense: UNKNOWN\n\nUNKNOWN\n"
    )

    assert (metadata.summary, metadata.urls, metadata.license) == ("", (), "")
    assert metadata.description == ""


@pytest.mark.parametrize("indent", ["        ", "       |"])
def test_a_description_in_a_field_is_unindented(indent: str) -> None:
    text = f"{HEAD}Description: # Readme\n{indent}\n{indent}one\n{indent}  two\nSummary: s\n"

    metadata = parse(text)

    assert metadata.description == "# Readme\n\none\n  two"
    assert metadata.summary == "s"


def test_a_body_is_preferred_to_the_field() -> None:
    assert parse(HEAD + "Description: field\n\nbody\n").description == "body\n"


def test_a_licence_text_keeps_its_lines() -> None:
    assert parse(HEAD + "License: MIT\n        \n        Permission\n").license == (
        "MIT\n\nPermission"
    )


def test_keywords_of_old_are_split_at_spaces() -> None:
    assert parse(HEAD + "Keywords: one two\n").keywords == ("one", "two")


def test_bytes_that_are_not_utf_8_are_taken_for_latin_1_line_by_line() -> None:
    data = HEAD.encode() + b"Author: Jos\xe9\nMaintainer: \xc5\x81ukasz\n"

    metadata = parse(data)

    assert (metadata.author, metadata.maintainer) == ("José", "Łukasz")


def test_windows_line_ends_are_no_obstacle() -> None:
    metadata = parse(HEAD.replace("\n", "\r\n") + "Summary: s\r\n\r\nbody\r\n")

    assert (metadata.summary, metadata.version) == ("s", Version("1.0"))


@given(st.binary(max_size=300))
def test_any_bytes_are_metadata_or_an_error_that_says_why(data: bytes) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        parse(HEAD.encode() + data)
    except WheelError as error:
        problems = error.problems

    assert {problem.where for problem in problems} <= {"METADATA"}


@given(st.text(max_size=60))
def test_any_summary_comes_out_on_one_line(summary: str) -> None:
    line = " ".join(summary.split())

    assert "\n" not in parse(f"{HEAD}Summary: {line}\n").summary


def test_a_marker_that_is_nested_without_end_is_refused() -> None:
    marker = "(" * 9999 + "os_name == 'posix'" + ")" * 9999

    (problem,) = problems_of(HEAD + f"Requires-Dist: x; {marker}\n")

    assert "is invalid: nested too deeply" in problem
