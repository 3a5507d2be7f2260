"""Verified wheels, written down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from repackage.errors import WheelError
from repackage.wheel import from_json, read_wheel, to_json

if TYPE_CHECKING:
    from tests.wheels import WheelFactory

METADATA = [
    "Author-email: Łukasz <l@x.example>",
    "Project-URL: Source, https://x.example",
    "Requires-Python: >=3.10,<4",
    "License-Expression: MIT",
    "License-File: LICENSE",
    "Classifier: Topic :: Software Development",
    "Keywords: one,two",
    "",
    "# The readme",
]


def test_a_wheel_is_the_same_after_it_was_written_down(make_wheel: WheelFactory) -> None:
    path = make_wheel(
        requires=["httpx[http2]>=0.27; extra == 'net'", "x @ https://x.example/x.whl"],
        extras=["net"],
        scripts={"app": "app:main"},
        metadata=METADATA,
    )
    wheel = read_wheel(path)

    assert from_json(to_json(wheel), path) == wheel


def test_the_build_number_is_kept(make_wheel: WheelFactory) -> None:
    path = make_wheel()
    numbered = path.rename(path.with_name("app-1.0-2b-py3-none-any.whl"))
    wheel = read_wheel(numbered)

    assert from_json(to_json(wheel), numbered).build == (2, "b")


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{}", b'"x"', b'{"schema": 2}'])
def test_a_damaged_manifest_is_refused(data: bytes, make_wheel: WheelFactory) -> None:
    with pytest.raises(WheelError, match="the manifest of the wheel is damaged"):
        from_json(data, make_wheel())


def test_a_manifest_of_another_version_is_refused(make_wheel: WheelFactory) -> None:
    path = make_wheel()
    document = json.loads(to_json(read_wheel(path))) | {"schema": 999}

    with pytest.raises(WheelError, match="of another version"):
        from_json(json.dumps(document).encode(), path)
