"""The schema of the ledger accepts what is written, and refuses what is not read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, ValidationError

from repackage.errors import InputError
from repackage.ledger import Ledger, from_json, to_json
from tests.docs.blocks import ROOT
from tests.unit.ledger.examples import example, ledgers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMA = json.loads((ROOT / "docs/reference/ledger.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


@given(ledgers())
def test_every_ledger_is_valid(ledger: Ledger) -> None:
    VALIDATOR.validate(json.loads(to_json(ledger)))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document where an object is."""
    if isinstance(value, dict):
        yield path
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            yield from objects(each, (*path, key))


def test_schema_and_reader_agree_on_what_must_be_there() -> None:
    text = to_json(example())
    for path in objects(json.loads(text)):
        for key in _at(json.loads(text), path):
            document = json.loads(text)
            del _at(document, path)[key]

            assert _valid(document) == _readable(document), (*path, key)


def test_every_key_is_explained() -> None:
    page = (ROOT / "docs/reference/ledger.md").read_text(encoding="utf-8")
    keys = set(SCHEMA["properties"]) | {
        key
        for name in ("distribution", "artifact")
        for key in SCHEMA["$defs"][name]["properties"]
    }

    assert [key for key in sorted(keys) if not re.search(rf"`{key}`", page)] == []


def _at(document: Any, path: tuple[str | int, ...]) -> dict[str, Any]:
    for key in path:
        document = document[key]
    found: dict[str, Any] = document
    return found


def _valid(document: Mapping[str, Any]) -> bool:
    try:
        VALIDATOR.validate(document)
    except ValidationError:
        return False
    return True


def _readable(document: Mapping[str, Any]) -> bool:
    try:
        from_json(json.dumps(document).encode(), where="")
    except InputError:
        return False
    return True


@pytest.mark.parametrize("broken", [{"schema": 2}, {"lock": {}}, {"distributions": [{}]}])
def test_what_the_reader_refuses_is_not_valid(broken: dict[str, Any]) -> None:
    document = {**json.loads(to_json(example())), **broken}

    assert not _valid(document)
    assert not _readable(document)
