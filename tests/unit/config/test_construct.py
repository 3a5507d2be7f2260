from __future__ import annotations

import contextlib
from collections.abc import Mapping  # noqa: TC003 - resolved at run time, as options are
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from repackage.config import construct
from repackage.errors import ConfigError


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Options of a format that does not exist."""

    prefix: str = "usr/lib"
    """Where the files go."""
    level: int = 6
    strip: bool = False
    codec: Literal["gz", "xz"] = "gz"
    depends_on: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    section: str | None = None
    names: str | tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.level > 9:
            raise ValueError(f"level is {self.level}, the highest is 9")
        if self.prefix.startswith("/"):
            raise ConfigError.of("is absolute", where="prefix", advice="leave '/' out")
        if self.strip and not self.depends_on:
            raise ConfigError.of("nothing to strip with", where="depends_on[0]")


@dataclass(frozen=True, kw_only=True)
class Demanding:
    name: str


def make(table: Mapping[str, object], **settings: Any) -> Options:
    return construct(
        Options,
        table,
        where="tool.repackage.x",
        settings={key.replace("__", ".").replace("_", "-"): v for key, v in settings.items()},
        settings_where="-C x.",
    )


def problems(table: Mapping[str, object], **settings: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        make(table, **settings)
    return [str(problem) for problem in caught.value.problems]


def test_nothing_said_gives_the_defaults() -> None:
    assert make({}) == Options()


def test_a_table_sets_every_kind_of_option() -> None:
    table = tomli.loads(
        """
        prefix = "opt"
        level = 1
        strip = true
        codec = "xz"
        depends-on = ["a", "b"]
        fields = { Bugs = "mailto:x" }
        section = "net"
        """
    )

    assert make(table) == Options(
        prefix="opt",
        level=1,
        strip=True,
        codec="xz",
        depends_on=("a", "b"),
        fields={"Bugs": "mailto:x"},
        section="net",
    )


def test_settings_are_turned_into_the_type_of_the_option() -> None:
    made = make(
        {},
        prefix="opt",
        level="1",
        strip="true",
        codec="xz",
        depends_on=["a", "b"],
        fields__Bugs="mailto:x",
        section=("net",),
    )

    assert made == Options(
        prefix="opt",
        level=1,
        strip=True,
        codec="xz",
        depends_on=("a", "b"),
        fields={"Bugs": "mailto:x"},
        section="net",
    )


def test_a_setting_wins_over_the_table_and_the_table_over_the_default() -> None:
    made = make({"level": 1, "prefix": "opt"}, level="2")

    assert (made.level, made.prefix, made.codec) == (2, "opt", "gz")


def test_a_table_of_settings_is_merged_into_the_table_by_key() -> None:
    made = make({"fields": {"A": "1", "B": "2"}}, fields__B="3")

    assert made.fields == {"A": "1", "B": "3"}


def test_an_array_setting_replaces_the_array() -> None:
    assert make({"depends-on": ["a"]}, depends_on="b").depends_on == ("b",)


def test_an_empty_string_is_an_empty_array() -> None:
    assert make({"depends-on": ["a"]}, depends_on="").depends_on == ()


def test_every_problem_is_reported_at_once_with_its_key_path() -> None:
    found = problems(
        {
            "prefx": "opt",
            "level": "six",
            "strip": 1,
            "codec": "xzz",
            "depends-on": ["a", 2],
            "fields": {"A": 1.5},
        },
        levl="1",
        level="many",
        strip="perhaps",
    )

    assert found == [
        "tool.repackage.x: no option is called 'prefx' (did you mean 'prefix'?)",
        "tool.repackage.x.level: expected an integer, found 'six'",
        "tool.repackage.x.strip: expected true or false, found 1",
        "tool.repackage.x.codec: 'xzz' is not a choice (did you mean 'xz'?)",
        "tool.repackage.x.depends-on[1]: expected a string, found 2",
        "tool.repackage.x.fields.A: expected a string, found 1.5",
        "-C x.levl: no option is called 'levl' (did you mean 'level'?)",
        "-C x.level: 'many' is not an integer",
        "-C x.strip: 'perhaps' is neither true nor false",
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"level": True}, "expected an integer, found true"),
        ({"prefix": ["a"]}, "expected a string, found an array"),
        ({"prefix": {}}, "expected a string, found a table"),
        ({"codec": ["xz"]}, "expected one of 'gz', 'xz', found an array"),
        ({"depends-on": "a"}, "expected an array of strings, found 'a'"),
        ({"fields": "a"}, "expected a table of strings, found 'a'"),
        (tomli.loads("prefix = 2024-01-01"), "found the date or time 2024-01-01"),
    ],
)
def test_a_wrong_type_is_named_in_the_words_of_toml(
    table: Mapping[str, object], message: str
) -> None:
    (problem,) = problems(table)

    assert problem.endswith(message)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"level": ["1", "2"]}, "-C x.level: is given 2 times (one value is wanted)"),
        ({"codec": "g"}, "-C x.codec: 'g' is not a choice (did you mean 'gz'?)"),
        ({"fields": "a"}, "-C x.fields: 'fields' is a table (write -C x.fields.name=value)"),
        ({"level__x": "a"}, "-C x.level.x: 'level' is not a table"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(
    settings: Mapping[str, Any], message: str
) -> None:
    assert problems({}, **settings) == [message]


def test_what_the_class_refuses_is_a_problem_of_the_table() -> None:
    assert problems({"level": 10}) == ["tool.repackage.x: level is 10, the highest is 9"]


def test_what_the_class_refuses_at_a_key_is_located_where_the_value_came_from() -> None:
    assert problems({"prefix": "/opt"}) == [
        "tool.repackage.x.prefix: is absolute (leave '/' out)"
    ]
    assert problems({"prefix": "opt"}, prefix="/opt") == [
        "-C x.prefix: is absolute (leave '/' out)"
    ]
    assert problems({"strip": True}) == [
        "tool.repackage.x.depends_on[0]: nothing to strip with"
    ]


def test_an_option_without_default_must_be_given() -> None:
    with pytest.raises(ConfigError, match=r"x: 'name' is missing \(a string\)"):
        construct(Demanding, {}, where="x")


@given(
    st.dictionaries(
        st.text(max_size=8) | st.sampled_from(["prefix", "level", "depends-on", "fields"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
    )
)
def test_any_table_is_accepted_or_refused_with_problems(table: dict[str, object]) -> None:
    with contextlib.suppress(ConfigError):
        made = construct(Options, table, where="x")

        assert isinstance(made.level, int)
        assert all(isinstance(each, str) for each in made.depends_on)


@pytest.mark.parametrize(
    ("given", "names"), [("one", ("one",)), (["one", "two"], ("one", "two")), ([], ())]
)
def test_an_array_of_one_may_be_a_string_where_the_option_says_so(
    given: object, names: tuple[str, ...]
) -> None:
    assert make({"names": given}).names == names


def test_what_may_be_one_or_more_is_a_string_or_strings() -> None:
    assert make({}, names=("one", "two")).names == ("one", "two")
    assert make({}, names="one").names == ("one",)
    assert problems({"names": 1}) == [
        "tool.repackage.x.names: expected a string or an array of strings, found 1"
    ]
    assert problems({"names": [1]}) == ["tool.repackage.x.names[0]: expected a string, found 1"]
