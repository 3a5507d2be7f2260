"""A verified wheel as installer sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.stage._source import VerifiedSource
from repackage.wheel import read_wheel

if TYPE_CHECKING:
    from tests.wheels import WheelFactory


def test_a_stream_gives_the_bytes_of_its_member_if_it_is_read(make_wheel: WheelFactory) -> None:
    source = VerifiedSource(read_wheel(make_wheel(files={"app.py": "x = 1\n"})), mtime=0)

    streams = {record[0]: stream for record, stream, _ in source.get_contents()}

    assert streams["app.py"].readable()
    assert streams["app.py"].read() == b"x = 1\n"


def test_what_installer_asks_for_is_composed_of_verified_facts(
    make_wheel: WheelFactory,
) -> None:
    wheel = read_wheel(make_wheel(scripts={"b": "app:b", "a": "app:a.main"}))
    source = VerifiedSource(wheel, mtime=0)

    assert source.read_dist_info("entry_points.txt") == (
        "[console_scripts]\nb = app:b\na = app:a.main"
    )
    assert source.read_dist_info("WHEEL") == "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
    assert "METADATA" in source.dist_info_filenames
    with pytest.raises(FileNotFoundError):
        source.read_dist_info("METADATA")
