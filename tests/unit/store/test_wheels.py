"""Wheels are found by what they are, in the store or among those at hand."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

from repackage.lock import Hash
from repackage.store import KeptWheels, Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.wheels import WheelFactory


def digest(wheel: Path) -> str:
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_a_wheel_of_the_store_is_found_by_its_digest(
    make_wheel: WheelFactory, tmp_path: Path
) -> None:
    store, wheel = Store.open(tmp_path / "cache"), make_wheel("greet")
    sha256 = digest(wheel)
    with store.scratch() as scratch:
        shutil.copyfile(wheel, scratch / "x")
        store.put(scratch / "x", wheel.name, hash=Hash(algorithm="sha256", digest=sha256))
    found = KeptWheels(store=store).find(sha256, wheel.name)

    assert found is not None
    assert found.name == "greet"
    assert found.sha256 == sha256


def test_a_wheel_at_hand_is_taken_if_it_is_the_one(
    make_wheel: WheelFactory, tmp_path: Path
) -> None:
    store, wheel = Store.open(tmp_path / "cache"), make_wheel("greet")
    kept = KeptWheels(store=store, at_hand=(tmp_path / "gone" / wheel.name, wheel))
    found = kept.find(digest(wheel), wheel.name)

    assert found is not None
    assert found.path == wheel
    assert kept.find("0" * 64, wheel.name) is None
    assert kept.find(digest(wheel), "other-1.0-py3-none-any.whl") is None
