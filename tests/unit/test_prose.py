from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.prose import first_paragraphs, paragraphs_of, synopsis
from repackage.text import is_plain


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        ("A tool that counts.", "tool that counts"),
        ("counter - the tool that counts", "tool that counts"),
        ("Counter", "Python application called counter"),
        ("Counts,really", "Counts, really"),
        ("", "Python application called counter"),
        ("word " * 30, "word " * 15 + "word"),
    ],
)
def test_a_synopsis_says_what_it_is_in_a_line(summary: str, line: str) -> None:
    assert synopsis(summary, name="counter") == line


def test_only_prose_of_a_readme_is_taken() -> None:
    readme = """\
# Counter

[![badge](https://img.example)](https://ci.example)

It counts **everything** that there is [to count](docs.md).

```sh
counter --all the things that can be
```

- a list of a few of the many features

See https://counter.example for a lot more about it.

Too short.

It has been counting ever since.
"""

    assert first_paragraphs(readme) == [
        "It counts everything that there is to count.",
        "It has been counting ever since.",
    ]


def test_a_readme_without_end_is_not_taken_whole() -> None:
    assert len(first_paragraphs("A sentence of five words.\n\n" * 100)) == 3
    assert sum(map(len, first_paragraphs(f"{'word ' * 400}\n\n{'word ' * 400}"))) <= 1202


def test_a_given_text_is_split_at_blank_lines() -> None:
    assert paragraphs_of("one\ntwo\n\n\n three \n") == ["one two", "three"]


@given(st.text(max_size=300))
def test_whatever_is_said_becomes_plain_text(text: str) -> None:
    assert is_plain("".join(first_paragraphs(text)))
    assert is_plain("".join(paragraphs_of(text)))
    assert is_plain(synopsis(text, name="app"))
    assert len(synopsis(text, name="app")) <= 80
