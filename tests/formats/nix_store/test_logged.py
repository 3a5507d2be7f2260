"""What an earlier build has read of an archive is believed of that very file alone."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage.archive import distrust, trust
from repackage.build import build as build_all
from repackage.errors import InputError
from repackage.format import Logbook
from repackage.testing import example_tree
from repackage.tree import File
from repackage_formats.nix_store import _cache, nix_cache
from tests.formats.nix_store.made import planned, with_files
from tests.formats.test_damaged_cache import SILENT, victims
from tests.unit.build.project import make_project
from tests.unit.bytecode.pieces import KeptPieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from repackage.format import Layout, Plan, ReadsLogged
    from repackage.tree import Entry, Tree
    from tests.formats.test_damaged_cache import Damage

READER: ReadsLogged = nix_cache


@pytest.fixture
def pieces(tmp_path: Path) -> KeptPieces:
    (tmp_path / "pieces").mkdir()
    return KeptPieces(tmp_path / "pieces")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The archives that were decompressed."""
    seen: list[Path] = []
    wholly = _cache.read_entries

    def noted(artifact: Path) -> Iterator[Entry]:
        seen.append(artifact)
        return wholly(artifact)

    monkeypatch.setattr(_cache, "read_entries", noted)
    return seen


def build(
    out: Path,
    pieces: KeptPieces,
    *,
    staged: Callable[[Layout], Tree] = example_tree,
    options: nix_cache.Options | None = None,
) -> Plan[nix_cache.Options]:
    plan = replace(planned(options), pieces=pieces, logbook=Logbook())
    nix_cache.emit(plan, staged(plan.layout), out)
    return plan


def logged(out: Path, plan: Plan[nix_cache.Options]) -> dict[str, str]:
    assert plan.logbook is not None
    return digests(nix_cache.read_logged(out, plan.logbook))


def digests(entries: Iterable[Entry]) -> dict[str, str]:
    return {each.path: each.digests.sha256 for each in entries if isinstance(each, File)}


def believed(out: Path, pieces: KeptPieces, **chosen: Any) -> Plan[nix_cache.Options]:
    plan = build(out, pieces, **chosen)
    assert logged(out, plan)
    assert plan.logbook is not None
    trust(plan.logbook, pieces)
    return plan


def files(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def test_what_was_found_right_is_copied_and_compared(
    tmp_path: Path, pieces: KeptPieces, read: list[Path]
) -> None:
    believed(tmp_path / "first", pieces)
    assert read == [tmp_path / "first"]
    plan = build(tmp_path / "again", pieces)

    wholly = digests(nix_cache.read(tmp_path / "again"))
    read.clear()
    assert logged(tmp_path / "again", plan) == wholly
    assert not read
    assert files(tmp_path / "again") == files(tmp_path / "first")
    assert plan.logbook is not None
    assert [stretch.copied for stretch in plan.logbook.stretches] == [True]


def test_the_bytes_are_those_of_a_build_that_keeps_nothing(
    tmp_path: Path, pieces: KeptPieces
) -> None:
    for name in ("first", "again"):
        believed(tmp_path / name, pieces)
    plan = planned()
    nix_cache.emit(plan, example_tree(plan.layout), tmp_path / "alone")

    assert files(tmp_path / "first") == files(tmp_path / "again") == files(tmp_path / "alone")


@pytest.mark.parametrize(
    "other",
    [
        {"staged": with_files({"more.py": b"more = 1\n"})},
        {"options": nix_cache.Options(level=1)},
        {"options": nix_cache.Options(compression="zstd")},
    ],
)
def test_what_is_otherwise_is_made_and_read(
    other: dict[str, Any], tmp_path: Path, pieces: KeptPieces, read: list[Path]
) -> None:
    believed(tmp_path / "first", pieces)
    read.clear()
    plan = build(tmp_path / "other", pieces, **other)

    assert logged(tmp_path / "other", plan)
    assert read == [tmp_path / "other"]


def test_another_name_is_another_path_of_the_same_archive(
    tmp_path: Path, pieces: KeptPieces, read: list[Path]
) -> None:
    believed(tmp_path / "first", pieces)
    plan = believed(tmp_path / "named", pieces, options=nix_cache.Options(name="other"))

    assert len(read) == 2
    assert plan.logbook is not None
    assert [stretch.copied for stretch in plan.logbook.stretches] == [False]


@pytest.mark.parametrize("part", ["nar.xz", "narinfo"])
def test_nothing_is_believed_of_another_file(
    part: str, tmp_path: Path, pieces: KeptPieces, read: list[Path]
) -> None:
    believed(tmp_path / "first", pieces)
    read.clear()
    plan = build(tmp_path / "again", pieces)
    (path,) = (tmp_path / "again").rglob(f"*.{part}")
    data = path.read_bytes()
    if part == "nar.xz":
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    else:
        path.write_bytes(data.replace(b"NarSize: ", b"NarSize: 1"))

    with pytest.raises(InputError, match="and should have"):
        logged(tmp_path / "again", plan)
    assert len(read) == (part == "narinfo")


def test_an_archive_in_a_cache_that_is_wrong_is_made_again(
    tmp_path: Path, pieces: KeptPieces, read: list[Path]
) -> None:
    believed(tmp_path / "first", pieces)
    plan = build(tmp_path / "wrong", pieces)
    assert plan.logbook is not None
    distrust(plan.logbook, pieces)
    for piece in pieces.directory.iterdir():
        if piece.read_bytes()[:6] == b"\xfd7zXZ\x00":
            piece.write_bytes(b"something else")
    read.clear()
    plan = build(tmp_path / "again", pieces)

    assert logged(tmp_path / "again", plan)
    assert read == [tmp_path / "again"]
    assert files(tmp_path / "again") == files(tmp_path / "first")


def test_what_nobody_has_read_yet_and_is_wrong_is_made_again(
    tmp_path: Path, pieces: KeptPieces
) -> None:
    build(tmp_path / "first", pieces)  # and it was killed
    for piece in pieces.directory.iterdir():
        if piece.read_bytes()[:6] == b"\xfd7zXZ\x00":
            piece.write_bytes(b"something else")
    plan = build(tmp_path / "wrong", pieces)
    with pytest.raises(InputError, match="and should have"):
        logged(tmp_path / "wrong", plan)
    assert plan.logbook is not None
    distrust(plan.logbook, pieces)
    plan = build(tmp_path / "again", pieces)

    assert logged(tmp_path / "again", plan)
    assert files(tmp_path / "again") == files(tmp_path / "first")


@pytest.mark.parametrize("damage", SILENT, ids=lambda damage: damage.__name__)
def test_a_damaged_piece_never_makes_a_wrong_cache(
    damage: Damage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repackage.store._seen.RACY", -(1 << 62))
    chance = random.Random(damage.__name__)
    project = make_project(tmp_path / "project")
    cache = tmp_path / "cache"

    def made() -> dict[str, bytes]:
        (artifact,) = build_all(project.request("nix_cache", cache_dir=cache))
        found = files(artifact.path)
        shutil.rmtree(artifact.path)
        return found

    expected = made()
    assert made() == expected
    for kind in ("pieces", "seals", "seen"):
        damage(victims(cache, kind, chance), chance)
        assert made() == expected
