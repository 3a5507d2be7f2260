"""Text from strangers becomes text that can be seen."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from repackage.text import is_plain, one_line, plain_lines

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(st.text())
def test_a_text_is_plain_if_each_of_its_characters_is(text: str) -> None:
    assert is_plain(text) == all(unicodedata.category(each) not in HIDDEN for each in text)


@given(st.text(st.one_of(st.characters(), st.sampled_from(" \t\n\u00a0\u3000\u200b\u202e"))))
def test_each_character_of_a_line_is_shown_as_it_is_or_as_a_space_or_not(text: str) -> None:
    line = one_line(text)
    shown = "".join(
        " " if each.isspace() else each
        for each in text
        if each.isspace() or unicodedata.category(each) not in HIDDEN
    )

    assert line == " ".join(shown.split())


def test_lines_have_their_white_space_as_spaces_and_nothing_that_is_hidden() -> None:
    assert plain_lines("a\tb\u00a0c \r\nd\u200be\u202e\n\x07") == ["a       b c", "de", ""]
