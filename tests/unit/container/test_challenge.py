from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.container._challenge import Challenge, read_challenges

_names = st.text(string.ascii_lowercase + "-_", min_size=1, max_size=10)
_values = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20)


def _written(scheme: str, parameters: dict[str, str]) -> str:
    quoted = {
        key: each.replace("\\", "\\\\").replace('"', '\\"') for key, each in parameters.items()
    }
    listed = ", ".join(f'{key}="{each}"' for key, each in quoted.items())
    return f"{scheme} {listed}"


@given(st.lists(st.tuples(_names, st.dictionaries(_names, _values, min_size=1)), max_size=4))
def test_what_is_written_is_read_back(listed: list[tuple[str, dict[str, str]]]) -> None:
    field = ", ".join(_written(scheme, parameters) for scheme, parameters in listed)

    assert read_challenges(field) == tuple(
        Challenge(scheme=scheme, parameters=parameters) for scheme, parameters in listed
    )


@given(st.text(max_size=200))
def test_no_field_is_too_odd(field: str) -> None:
    for challenge in read_challenges(field):
        assert challenge.scheme == challenge.scheme.lower()


@pytest.mark.parametrize(
    ("field", "schemes"),
    [
        ("", []),
        ("Basic", ["basic"]),
        ("Negotiate, Basic realm=x", ["negotiate", "basic"]),
        ("Negotiate YWJj==, Bearer realm=x", ["negotiate", "bearer"]),
        ("Basic realm=x Bearer realm=y", ["basic", "bearer"]),
        ('"odd", Basic realm=x', ["basic"]),
        (",, ,Basic realm=x,,", ["basic"]),
    ],
)
def test_several_challenges_are_told_apart(field: str, schemes: list[str]) -> None:
    assert [each.scheme for each in read_challenges(field)] == schemes


def test_a_bearer_challenge_as_registries_send_it() -> None:
    field = (
        'Bearer realm="https://auth.example/token?a=b,c",service="registry.example",'
        'scope="repository:team/app:pull,push",error="invalid_token"'
    )

    assert read_challenges(field)[0].parameters == {
        "realm": "https://auth.example/token?a=b,c",
        "service": "registry.example",
        "scope": "repository:team/app:pull,push",
        "error": "invalid_token",
    }


def test_a_url_need_not_be_quoted() -> None:
    found = read_challenges("BEARER Realm=https://auth.example/token , service = s")

    assert found[0].parameters == {"realm": "https://auth.example/token", "service": "s"}
