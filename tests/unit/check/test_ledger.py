"""What a ledger tells of sources, held against those of a lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from repackage.check._ledger import origin_differs
from repackage.ledger import Origin, origin_of
from repackage.lock import (
    DirectUrl,
    Git,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    Source,
    SourceTree,
)

INDEX = RegistryUrl(url="https://index.example/simple")
MIRROR = RegistryUrl(url="https://mirror.example/simple")
HOUSE = RegistryPath(path=Path("/srv/wheels"))
COMMIT = Git(url="https://git.example/a", commit="a" * 40)
FORK = Git(url="https://fork.example/a", commit="a" * 40)
OTHER = Git(url="https://git.example/a", commit="b" * 40)
URL = DirectUrl(url="https://a.example/a-1.whl")
SIGNED = DirectUrl(url="https://ann:secret@a.example/a-1.whl?token=x")
FILE = LocalArchive(path=Path("/srv/a-1.whl"))
ELSEWHERE = LocalArchive(path=Path("/home/me/a-1.whl"))
TREE = SourceTree(kind="editable", path=Path("/srv/a"))
DIRECTORY = SourceTree(kind="directory", path=Path("/srv/a"))

EACH = [INDEX, HOUSE, COMMIT, URL, FILE, TREE]


@pytest.mark.parametrize("source", EACH)
@pytest.mark.parametrize("level", ["exact", "locked"])
def test_a_source_does_not_differ_from_itself(source: Source, level: str) -> None:
    assert origin_differs(origin_of(source), source, level=level) == ""  # type: ignore[arg-type]  # a parameter


@pytest.mark.parametrize(
    ("packaged", "locked"), [(SIGNED, URL), (URL, SIGNED), (ELSEWHERE, FILE)]
)
def test_what_is_not_told_in_public_makes_no_difference(
    packaged: Source, locked: Source
) -> None:
    assert origin_differs(origin_of(packaged), locked, level="exact") == ""


@pytest.mark.parametrize(
    ("packaged", "locked"), [(MIRROR, INDEX), (HOUSE, INDEX), (FORK, COMMIT), (TREE, DIRECTORY)]
)
def test_another_place_for_the_same_thing_differs_under_exact_alone(
    packaged: Source, locked: Source
) -> None:
    assert origin_differs(origin_of(packaged), locked, level="exact")
    assert origin_differs(origin_of(packaged), locked, level="locked") == ""


@pytest.mark.parametrize(
    ("packaged", "locked"),
    [
        (OTHER, COMMIT),
        *((one, other) for one in EACH for other in EACH if type(one) is not type(other)),
    ],
)
def test_another_thing_differs(packaged: Source, locked: Source) -> None:
    said = origin_differs(origin_of(packaged), locked, level="constrain")

    alike = {INDEX, HOUSE}
    assert bool(said) is not ({packaged, locked} <= alike)
    assert not said or said.startswith("it was packaged from ")


def test_a_ledger_that_tells_no_source_differs_from_none() -> None:
    nothing: Origin | None = None

    assert origin_differs(nothing, INDEX, level="exact") == ""
