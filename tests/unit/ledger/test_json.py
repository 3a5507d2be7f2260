from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from repackage.errors import InputError
from repackage.ledger import LARGEST, Ledger, from_json, to_json
from tests.unit.ledger.examples import example, ledgers

if TYPE_CHECKING:
    from collections.abc import Callable


def refusal(document: object) -> str:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(InputError) as caught:
        from_json(data, where="ledger.json")
    return str(caught.value)


@pytest.fixture
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(to_json(example()))
    return loaded


@given(ledgers())
def test_what_was_written_is_read_as_it_was(ledger: Ledger) -> None:
    data = to_json(ledger)

    assert from_json(data, where="x") == ledger
    assert to_json(from_json(data, where="x")) == data


def test_keys_are_sorted_lines_end_with_lf_and_bytes_are_ascii() -> None:
    data = to_json(example())

    assert data.isascii()
    assert data.endswith(b"}\n")
    assert b"\r" not in data
    assert json.dumps(json.loads(data), indent=1, sort_keys=True).encode() + b"\n" == data


def test_keys_that_are_not_known_are_passed_over(document: dict[str, Any]) -> None:
    document["later"] = {"more": 1}
    document["distributions"][0]["later"] = None

    assert from_json(json.dumps(document).encode(), where="x") == example()


def test_another_schema_is_refused_whatever_it_holds() -> None:
    said = refusal({"schema": 2, "anything": "else"})

    assert said == (
        "ledger.json: the ledger has the schema 2, and this version reads 1"
        " (use the version of repackage that made it)"
    )


def test_a_ledger_without_a_schema_is_refused() -> None:
    assert "ledger.json: schema: missing" in refusal({})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schema": 1, "schema": 1}', "a key stands there twice"),
        (b'{"schema": NaN}', "NaN is no JSON"),
        (b'{"schema": ' + b"1" * 5000 + b"}", "ledger"),
        (b"[]", "expected an object, not an array"),
        (b"null", "expected an object, not null"),
        (b'{"schema": true}', "schema: expected an integer, not a boolean"),
        (b" " * (LARGEST + 1), "too large"),
    ],
)
def test_what_is_no_ledger_is_refused(data: bytes, said: str) -> None:
    assert said in refusal(data)


def at(document: Any, *keys: str | int) -> Any:
    for key in keys:
        document = document[key]
    return document


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        (("lock", "sha256"), "A" * 64, "lock.sha256: 'sha256:AAAA"),
        (("lock", "kind"), "poetry.lock", "'poetry.lock' is none of uv.lock, pylock.toml"),
        (("application", "name"), "App", "application.name: 'App' is not a normalised name"),
        (("application", "name"), "", "application.name: '' is not a normalised name"),
        (("application", "name"), "other", "the application is not among them"),
        (("application", "version"), "one", "application.version: 'one' is not a version"),
        (("target", "name"), None, "target.name: expected a string, not null"),
        (("target", "markers", "os_name"), 1, "target.markers.os_name: expected a string"),
        (("selection", "extras"), "loud", "selection.extras: expected an array, not a string"),
        (
            ("selection", "extras"),
            [1],
            "selection.extras[0]: expected a string, not an integer",
        ),
        (("selection", "production"), 1, "expected a boolean, not an integer"),
        (("policy", "package"), {"A": "range"}, "policy.package.A: 'A' is not a normalised"),
        (("distributions",), {}, "distributions: expected an array, not an object"),
        (("distributions", 0), "app", "distributions[0]: expected an object, not a string"),
        (("distributions", 1, "name"), "app", "'app' is there 2 times"),
        (("distributions", 0, "dist_info"), "/etc", "'/etc' is not a plain path"),
        (("distributions", 0, "dist_info"), "a/../b", "'a/../b' is not a plain path"),
        (("distributions", 0, "dist_info"), "", "'' is not a plain path"),
        (("distributions", 0, "source", "kind"), "svn", "no source is called 'svn'"),
        (("distributions", 0, "source", "tree"), "x", "'x' is none of directory, editable"),
        (("distributions", 1, "source", "commit"), "main", "'main' is not a commit"),
        (("distributions", 1, "artifact", "filename"), "a/b", "is not the name of a file"),
        (("distributions", 1, "artifact", "hashes"), {}, "artifact.hashes.sha256: missing"),
        (
            ("distributions", 1, "artifact", "hashes", "crc32"),
            "0",
            "artifact.hashes.crc32: 'crc32:0' is not a digest",
        ),
        (("distributions", 1, "artifact", "built_from"), "sha256:", "is not a digest"),
        (("distributions", 1, "artifact", "obtained"), "found", "'found' is none of"),
        (("distributions", 1, "edits", 0, "action"), "burnt", "edits[0].action: 'burnt' is"),
        (("distributions", 1, "record"), 1.5, "expected a string, not a number"),
    ],
)
def test_a_wrong_value_is_refused_with_its_key_path(
    document: dict[str, Any], keys: tuple[str | int, ...], value: object, said: str
) -> None:
    at(document, *keys[:-1])[keys[-1]] = value

    assert said in refusal(document)


@pytest.mark.parametrize(
    "remove",
    [
        lambda document: document.pop("target"),
        lambda document: document["lock"].pop("sha256"),
        lambda document: document["distributions"][0].pop("record"),
    ],
)
def test_a_missing_key_is_refused(
    document: dict[str, Any], remove: Callable[[dict[str, Any]], object]
) -> None:
    remove(document)

    assert ": missing" in refusal(document)


def test_all_problems_are_told_at_once_but_not_a_flood(document: dict[str, Any]) -> None:
    document["repackage"] = 1
    broken = deepcopy(document["distributions"][0])
    broken["version"] = "?"
    document["distributions"] += [broken] * 100

    said = refusal(document).splitlines()

    assert said[0] == "ledger.json: repackage: expected a string, not an integer"
    assert said[1].endswith("distributions[3].version: '?' is not a version")
    assert len(said) == 20
