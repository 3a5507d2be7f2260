from __future__ import annotations

import pytest
from debian.deb822 import Deb822
from hypothesis import given
from hypothesis import strategies as st

from repackage.prose import synopsis
from repackage.testing import bare_tree
from repackage_formats import deb
from repackage_formats.deb._control import Identity, control
from repackage_formats.deb._description import description, folded
from tests.formats.deb.debs import described, planned


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("A tool to do things.", "tool to do things"),
        ("The best of tools", "best of tools"),
        ("example: do things", "do things"),
        ("Example is a tool for all", "tool for all"),
        ("Example-tool for all", "Python application: Example-tool for all"),
        ("Tool", "Python application: Tool"),
        ("example", "Python application called example"),
        ("...", "Python application called example"),
        ("", "Python application called example"),
        ("one\ntwo\u202ethree", "one twothree"),
        ("a,b and c,d", "a, b and c, d"),
        ("Another tool", "Another tool"),
    ],
)
def test_a_synopsis_is_what_policy_asks_for(summary: str, expected: str) -> None:
    assert synopsis(summary, name="example") == expected


def test_a_long_summary_is_cut_between_words() -> None:
    found = synopsis("word " * 40, name="example")

    assert len(found) <= 80
    assert found.endswith("word")


def test_prose_of_the_readme_follows_the_synopsis() -> None:
    readme = """\
Example
=======

[![badge](https://ci.example/badge.svg)](https://ci.example)

A **fast** tool that does [many things](https://app.example), and does them well.

```
$ pip install example, which is code and not prose at all
```

- a list item of some length, which is left out
- and another one of the kind

It has `--options` of every kind that anybody could ever want to have on a line.
"""
    _, lines = description(described(planned(), description=readme).package, deb.Options())

    assert " ".join(lines) == (
        "A fast tool that does many things, and does them well.  It has --options of every"
        " kind that anybody could ever want to have on a line."
    )


def test_a_package_without_a_readme_has_a_description_all_the_same() -> None:
    _, lines = description(described(planned(), description="").package, deb.Options())

    assert lines == ("This is example, with all that it needs beside Python itself.",)


def test_a_description_of_the_users_is_kept_in_its_paragraphs() -> None:
    options = deb.Options(description="Short one\n\nFirst paragraph.\n\nSecond\nparagraph.")

    assert description(planned().package, options) == (
        "Short one",
        ("First paragraph.", "", "Second paragraph."),
    )


def test_no_line_can_be_taken_for_syntax() -> None:
    assert folded(("text", "", ".NET", "..")) == " text\n .\n  .NET\n  ..\n"


@given(summary=st.text(max_size=200), readme=st.text(max_size=2000))
def test_no_metadata_can_add_a_field(summary: str, readme: str) -> None:
    plan = described(planned(), summary=summary or "x", description=readme)
    data = control(plan, Identity.of(plan), tree=bare_tree(plan.layout), libraries=())
    stanzas = list(Deb822.iter_paragraphs(data.decode(), use_apt_pkg=False))

    assert len(stanzas) == 1
    assert list(stanzas[0]) == [
        "Package", "Version", "Architecture", "Maintainer", "Installed-Size", "Depends",
        "Section", "Priority", "Multi-Arch", "Homepage", "Description",
    ]  # fmt: skip
    assert len(stanzas[0]["Description"].splitlines()[0]) <= 80
    assert max(map(len, data.decode().split("Description:")[1].splitlines()[1:])) <= 80


@pytest.mark.parametrize("summary", ["0\n.", "0\n- \n\n*", "0\n\N{NO-BREAK SPACE}."])
def test_a_description_of_nothing_but_marks_is_as_good_as_none(summary: str) -> None:
    _, lines = description(described(planned(), summary=summary).package, deb.Options())

    assert lines == ("This is example, with all that it needs beside Python itself.",)


def test_a_readme_of_megabytes_is_cut() -> None:
    readme = "All of this is prose and goes on and on. " * 200_000
    _, lines = description(described(planned(), description=readme).package, deb.Options())

    assert sum(map(len, lines)) < 1300
