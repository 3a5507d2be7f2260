"""What is written in Nix evaluates to what was to be said, whatever it is."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repackage_formats.nix._syntax import (
    KEYWORDS,
    Call,
    Code,
    Indented,
    Path,
    attribute,
    binding,
    comment,
    is_attribute_path,
    render,
    string,
    word,
)

if TYPE_CHECKING:
    import pathlib

    from repackage_formats.nix._syntax import Value

#: What a string of Nix can hold, with what means something to it more often than by chance.
TEXTS = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.lists(
        st.sampled_from(
            [
                "${",
                "$",
                "{",
                "}",
                "\\",
                '"',
                "'",
                "''",
                "\n",
                "\r",
                "\t",
                "''${",
                "''\\n",
                "a",
                " ",
            ]
        )
    ).map("".join),
)
ESCAPE = """lib = { escapeShellArg = text:
  "'${builtins.replaceStrings [ "'" ] [ "'\\\\''" ] text}'"; };"""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return tmp_path_factory.mktemp("nix")


def evaluated(expression: str, home: pathlib.Path) -> Any:
    environment = {
        **os.environ,
        "HOME": str(home),
        "NIX_CONF_DIR": str(home),
        "NIX_STORE_DIR": str(home / "store"),
        "NIX_STATE_DIR": str(home / "state"),
        "NIX_LOG_DIR": str(home / "log"),
    }
    (home / "nix.conf").write_text("build-users-group =\nsubstitute = false\n")
    (home / "expression.nix").write_text(expression, encoding="utf-8")
    done = subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", home / "expression.nix"],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.native("nix-instantiate")
@settings(max_examples=30)
@given(texts=st.lists(TEXTS, min_size=20, max_size=60))
def test_any_text_evaluates_back_to_itself(texts: list[str], home: pathlib.Path) -> None:
    assert evaluated(render(tuple(texts)), home) == texts


@pytest.mark.native("nix-instantiate")
@settings(max_examples=20)
@given(texts=st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=30))
def test_any_text_can_be_the_name_of_an_attribute(
    texts: dict[str, str], home: pathlib.Path
) -> None:
    assert evaluated(render(texts), home) == texts


@pytest.mark.native("nix-instantiate")
@settings(max_examples=20)
@given(texts=st.lists(TEXTS.filter(bool), min_size=1, max_size=20))
def test_any_text_is_one_word_of_shell(texts: list[str], home: pathlib.Path) -> None:
    script = Indented(tuple(f"printf '%s\\0' {word(text)}" for text in texts))
    shell = evaluated(f"let {ESCAPE} in {render(script)}", home)
    done = subprocess.run(["bash", "-c", shell], capture_output=True, check=True)

    assert done.stdout.split(b"\0")[:-1] == [text.encode() for text in texts]


@pytest.mark.native("nix-instantiate")
def test_every_keyword_is_quoted_and_every_value_is_told_apart(home: pathlib.Path) -> None:
    value: Value = {
        **dict.fromkeys(sorted(KEYWORDS), "keyword"),
        "plain-name'": ("one",),
        "several words": ("one", "two"),
        "empty": (),
        "nothing": {},
        "code": Code("1 + 1"),
        "listed": (Code("1 + 1"), Call("toString", {"outPath": "there"})),
        "call": Call("builtins.attrNames", {"a": "b"}),
    }

    assert evaluated(render(value), home) == {
        **dict.fromkeys(sorted(KEYWORDS), "keyword"),
        "plain-name'": ["one"],
        "several words": ["one", "two"],
        "empty": [],
        "nothing": {},
        "code": 2,
        "listed": [2, "there"],
        "call": ["a"],
    }


def test_what_no_string_can_hold_is_replaced() -> None:
    assert string("a\0b\ud800c") == '"a\ufffdb\ufffdc"'


def test_lists_and_sets_are_laid_out_as_the_official_formatter_does_it() -> None:
    value: Value = {
        "one": ("a",),
        "two": ("a", "b"),
        "set": ({"a": "b"},),
        "call": (Call("f", {"a": "b"}),),
        "script": Indented(("first", "", "last")),
    }

    assert render(value) == (
        '{\n  one = [ "a" ];\n  two = [\n    "a"\n    "b"\n  ];\n'
        '  set = [\n    {\n      a = "b";\n    }\n  ];\n'
        '  call = [\n    (f {\n      a = "b";\n    })\n  ];\n'
        "  script = ''\n    first\n\n    last\n  '';\n}"
    )


@pytest.mark.parametrize(
    ("relative", "written"),
    [
        ("wheels/app-1.0+x-py3-none-any.whl", "./wheels/app-1.0+x-py3-none-any.whl"),
        ("wheels/app-1!1.0.whl", './wheels + "/app-1!1.0.whl"'),
        ("wheels/${x}", './wheels + "/\\${x}"'),
    ],
)
def test_a_path_is_relative_to_the_expression(relative: str, written: str) -> None:
    assert render(Path(relative)) == written


def test_a_comment_is_one_line() -> None:
    assert comment("a\nb\r c") == "# a b c"


@pytest.mark.parametrize("text", ["openssl", "cudaPackages.libcublas", "_a'b"])
def test_names_of_attributes_may_have_several_parts(text: str) -> None:
    assert is_attribute_path(text)


@pytest.mark.parametrize("text", ["", "a b", "a..b", "1a", "with", "a.or", "a;b", "a\n"])
def test_what_is_no_name_of_an_attribute_is_known(text: str) -> None:
    assert not is_attribute_path(text)


def test_a_name_that_needs_no_quotes_has_none() -> None:
    assert attribute("front-end") == "front-end"
    assert binding("a b", "c") == '"a b" = "c";'
