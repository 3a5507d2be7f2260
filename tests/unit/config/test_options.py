from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from repackage.config import Choice, Integer, json_schema, options_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """A base."""

    codec: Literal["gz", "xz"] = "gz"
    """How to
    compress."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options(Base):
    """Options of a format that does not exist.

    More words.
    """

    level: int | None = None
    """How hard."""
    hidden: int = field(init=False, default=1)
    names: tuple[str, ...] = ("a",)
    table: dict[str, tuple[str, ...]] = field(default_factory=dict)
    must: bool
    """Nothing works without."""


def test_options_are_the_fields_with_their_docstrings() -> None:
    options = options_of(Options)

    assert [(each.key, each.type, each.documentation) for each in options] == [
        ("codec", "one of 'gz', 'xz'", "How to compress."),
        ("level", "an integer", "How hard."),
        ("names", "an array of strings", ""),
        ("table", "a table of arrays of strings", ""),
        ("must", "true or false", "Nothing works without."),
    ]
    assert options[0].kind == Choice(values=("gz", "xz"))
    assert (options[1].kind, options[1].optional) == (Integer(), True)
    assert [each.required for each in options] == [False, False, False, False, True]


def test_the_schema_says_what_the_dataclass_says() -> None:
    assert json_schema(Options) == {
        "type": "object",
        "description": "Options of a format that does not exist.",
        "properties": {
            "codec": {"enum": ["gz", "xz"], "description": "How to compress.", "default": "gz"},
            "level": {"type": "integer", "description": "How hard."},
            "names": {"type": "array", "items": {"type": "string"}, "default": ["a"]},
            "table": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
                "default": {},
            },
            "must": {"type": "boolean", "description": "Nothing works without."},
        },
        "required": ["must"],
        "additionalProperties": False,
    }


def test_a_class_without_source_has_options_without_docstrings() -> None:
    namespace: dict[str, Any] = {}
    exec(
        "from dataclasses import dataclass\n@dataclass\nclass Made:\n    a: str = ''\n    'doc'\n",
        namespace,
    )

    (option,) = options_of(namespace["Made"])

    assert (option.key, option.documentation) == ("a", "")


def test_a_type_that_no_table_can_hold_is_refused() -> None:
    @dataclass
    class Odd:
        value: complex = 0j

    with pytest.raises(TypeError, match="an option cannot have the type"):
        options_of(Odd)
