"""The closure is what uv selects: the same set, the same files, the same refusals.

Every shape is asked about on every machine; what else is asked of it, on machines that
cover every interpreter and every platform. ``REPACKAGE_FULL_ORACLE=1`` asks all of all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from repackage.lock import read_lock
from repackage.wheel import read_wheel
from tests.integration.agreement import Agreement
from tests.integration.lock_shapes import SHAPES
from tests.integration.locked import locked
from tests.integration.uv_machines import covering, every

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.agreement import Difference
    from tests.integration.simple_index import Served
    from tests.wheels import WheelFactory

FULL = bool(os.environ.get("REPACKAGE_FULL_ORACLE"))


@dataclass(frozen=True, kw_only=True)
class Deliberate:
    """A difference from uv that is wanted, and why."""

    shape: str
    kind: str
    """Our answer against uv's, as :class:`Difference` has it."""
    reason: str


DELIBERATE = (
    Deliberate(
        shape="a universe that leaves machines out",
        kind="platform against an answer",
        reason="uv takes every edge for false and installs the root alone, without a word",
    ),
)


@pytest.mark.parametrize("name", SHAPES)
def test_a_lock_of_this_shape_gives_what_uv_selects(
    name: str,
    tmp_path: Path,
    loopback: tuple[Path, Served],
    interpreters: Path,
    make_wheel: WheelFactory,
    record_property: Callable[[str, object], None],
) -> None:
    shape = SHAPES[name]
    oracle = locked(name, shape, tmp_path, loopback, interpreters)
    wheel = read_wheel(shape.wheel_project.wheel(make_wheel))
    agreement = Agreement(oracle, wheel, read_lock(oracle.lock_file), shape.exported)

    everywhere = tuple(every(shape.pythons, shape.platforms))
    for turn, request in enumerate(shape.requests):
        agreement.ask(request, covering(turn) if turn and not FULL else everywhere)

    record_property("answers", agreement.summary)
    assert "\n".join(unexplained(name, agreement.different)) == ""


def test_every_wanted_difference_is_one_of_a_shape_and_has_a_reason() -> None:
    assert {known.shape for known in DELIBERATE} <= SHAPES.keys()
    assert all(known.reason for known in DELIBERATE)


def unexplained(shape: str, differences: list[Difference]) -> Iterator[str]:
    """Differences that nobody wanted, and wanted ones that are none any more."""
    wanted = {known.kind for known in DELIBERATE if known.shape == shape}
    found = {difference.kind for difference in differences}
    yield from map(str, (one for one in differences if one.kind not in wanted))
    yield from (f"no longer different: {kind}" for kind in sorted(wanted - found))
