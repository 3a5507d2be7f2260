from __future__ import annotations

from dataclasses import replace

import pytest

from repackage.closure import FromSource
from repackage.lock import LockedFile
from repackage.testing import example_closure


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("dependency-2.0-py2.py3-none-any.whl", True),
        ("dependency-2.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", False),
        ("dependency-2.0.tar.gz", True),
    ],
)
def test_a_closure_is_pure_if_every_wheel_is_for_any_platform(
    filename: str,
    expected: bool,  # noqa: FBT001 - a parameter
) -> None:
    closure = example_closure()
    (pin,) = closure.pins
    assert isinstance(pin.artifact, LockedFile)
    artifact = replace(pin.artifact, filename=filename)

    assert replace(closure, pins=(replace(pin, artifact=artifact),)).pure is expected


def test_what_is_still_to_be_built_is_taken_for_pure() -> None:
    closure = example_closure()
    (pin,) = closure.pins
    source = FromSource(name=pin.name, version=pin.version)

    assert replace(closure, pins=(replace(pin, artifact=source),)).pure


def test_what_a_marker_chose_for_one_machine_is_not_pure() -> None:
    assert not replace(example_closure(), machine_bound=True).pure
