from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from repackage.cli import cache
from repackage.store import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done

    Run = Callable[..., Done]


def test_formats_are_listed_with_who_brings_them(run: Run) -> None:
    listed = {each["name"]: each for each in json.loads(run("formats", "--json").out)}

    assert listed["deb"]["module"] == "repackage_formats.deb"
    assert listed["tar"]["distribution"].startswith("repackage ")
    assert [listed[name]["made"] for name in ("deb", "tar", "oci")] == [True] * 3
    assert "repackage_formats.tar" in run("formats").out


def test_targets_are_listed(run: Run) -> None:
    listed = {each["name"]: each for each in json.loads(run("targets", "--json").out)}

    assert listed["debian-12"]["pythons"] == ["3.11"]
    brief, whole = run("targets").out, run("targets", "-v").out
    assert brief.startswith("TARGET ")
    assert "bookworm" not in brief
    assert whole.startswith(brief)
    assert "bookworm, debian12, debian-bookworm" in whole


def test_the_schema_of_the_whole_table_and_of_a_format(run: Run) -> None:
    whole = json.loads(run("schema").out)
    tar = json.loads(run("schema", "tar").out)

    assert whole["$schema"] == tar["$schema"]
    assert tar["properties"] == whole["properties"]["tar"]["properties"]
    assert run("schema", "tra").status == 2


def test_the_cache_is_shown_pruned_and_cleared(run: Run, project: Project) -> None:
    where = ("--cache-dir", project.cache)
    assert run("-f", "tar", *project.options).status == 0

    before = json.loads(run("cache", "info", "--json", *where).out)
    assert before["size"] > 0
    assert before["directory"].startswith(str(project.cache))
    assert "total" in run("cache", "info", *where).out
    assert run("cache", "prune", "--size", "1G", "--days", "9999", *where).status == 0
    assert json.loads(run("cache", "info", "--json", *where).out) == before
    assert "removed" in run("cache", "clear", *where).err
    assert json.loads(run("cache", "info", "--json", *where).out)["size"] == 0


def test_one_kind_of_the_cache_is_shown_with_its_limit_and_removed_alone(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPACKAGE_PIECES_SIZE", "3G")
    where = ("--cache-dir", project.cache)
    assert run("-f", "deb", *project.options).status == 0

    def kinds() -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = json.loads(
            run("cache", "info", "--json", *where).out
        )["kinds"]
        return found

    before = kinds()
    assert before["pieces"]["limit"] == 3 << 30
    (line,) = (
        each for each in run("cache", "info", *where).out.splitlines() if "pieces" in each
    )
    assert line.endswith("  3.0 GiB")
    assert run("cache", "prune", "--size", "0", "--kind", "pieces", *where).status == 0
    assert kinds()["pieces"]["files"] == 0
    assert kinds()["manifests"] == before["manifests"]
    assert run("cache", "clear", "--kind", "manifests", *where).status == 0
    assert kinds()["manifests"]["files"] == 0


def test_a_kind_that_there_is_not_and_a_kind_without_a_limit_are_refused(
    run: Run, tmp_path: Path
) -> None:
    where = ("--cache-dir", tmp_path)

    assert "'pices' is not one of" in run("cache", "clear", "--kind", "pices", *where).err
    assert "--days or --size" in run("cache", "prune", "--kind", "pieces", *where).err
    assert set(cache.KINDS) == set(KINDS)


@pytest.mark.parametrize("command", ["prune", "clear"])
def test_help_names_every_kind(run: Run, command: str) -> None:
    shown = " ".join(run("cache", command, "--help").out.split())

    assert f"one kind alone: {', '.join(cache.KINDS)}." in shown


def test_a_limit_that_is_none_stops_nobody_who_only_removes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPACKAGE_PIECES_SIZE", "abc")
    where = ("--cache-dir", tmp_path)

    assert run("cache", "clear", *where).status == 0
    assert run("cache", "prune", "--days", "1", *where).status == 0
    assert "REPACKAGE_PIECES_SIZE: 'abc' is not a size" in run("cache", "info", *where).err


@pytest.mark.parametrize("size", ["much", "1X", "-1", ""])
def test_a_size_that_is_none_is_refused(run: Run, tmp_path: Path, size: str) -> None:
    done = run("cache", "prune", f"--size={size}", "--cache-dir", tmp_path)

    assert done.status == 2
    assert "is not a size" in done.err
