"""``repackage push`` and ``repackage pull``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.container.conftest import no_environment, registry
from tests.unit.container.images import simple
from tests.unit.container.registry import refuses

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Done
    from tests.unit.container.images import Parts
    from tests.unit.container.registry import Registry

    Run = Callable[..., Done]

__all__ = ["no_environment", "registry"]


@pytest.fixture
def parts() -> Parts:
    return simple(b"base", b"app")


@pytest.fixture
def layout(parts: Parts, tmp_path: Path) -> Path:
    return parts.directory(tmp_path / "layout")


def test_a_push_prints_the_name_that_stays(
    run: Run, registry: Registry, layout: Path, parts: Parts
) -> None:
    digest = parts.roots[0]["digest"]
    name = f"{registry.host}/team/app"

    first = run("push", layout, f"{name}:1")
    second = run("push", "-v", layout, f"{name}:2", f"{registry.host}/team/other:1")

    assert (first.status, first.out) == (0, f"{name}:1@{digest}\n")
    assert "3 blobs uploaded (" in first.err
    assert "3 blobs there (" in second.err
    assert "3 blobs mounted (" in second.err
    assert f"{parts.roots[0]['digest']}" in second.out
    assert ": present, " in second.err


def test_a_push_is_told_to_machines(
    run: Run, registry: Registry, layout: Path, parts: Parts
) -> None:
    done = run("push", "--json", layout, f"{registry.host}/team/app:1")

    (pushed,) = json.loads(done.out)["pushed"]
    digest = parts.roots[0]["digest"]
    assert pushed["digest"] == digest
    assert pushed["pinned"] == f"{registry.host}/team/app:1@{digest}"
    assert pushed["manifests"] == 1
    assert {blob["how"] for blob in pushed["blobs"]} == {"uploaded"}
    assert {*pushed["blobs"][0]} == {"digest", "size", "media_type", "how"}


def test_all_references_that_are_none_are_named(run: Run, layout: Path) -> None:
    done = run("push", layout, "app:1", "registry.example/App:1")

    assert done.status == 2
    assert "does not name the registry's host" in done.err
    assert "repositories are in lower case" in done.err


def test_a_registry_that_refuses_has_a_status_of_its_own(
    run: Run, registry: Registry, layout: Path
) -> None:
    registry.fails("POST", "", refuses(403, "DENIED", "not yours"), times=9)

    done = run("push", layout, f"{registry.host}/team/app:1")

    assert done.status == 11
    assert "403 Forbidden: DENIED: not yours" in done.err
    assert done.out == ""


def test_a_pulled_image_is_a_layout_of_its_own(
    run: Run, registry: Registry, layout: Path, parts: Parts, tmp_path: Path
) -> None:
    name, where = f"{registry.host}/team/app:1", ("--cache-dir", tmp_path / "cache")
    run("push", layout, name)
    platform = ("--platform", "linux/amd64")

    first = run("pull", *where, *platform, name, tmp_path / "new" / "saved")
    second = run("pull", *where, *platform, "--offline", "--json", name, tmp_path / "again")

    digest = parts.roots[0]["digest"]
    saved = tmp_path / "new" / "saved"
    assert (first.status, first.out) == (0, f"{saved}\n")
    assert f"{name}@{digest}, linux/amd64" in first.err
    assert (saved / "oci-layout").is_file()
    assert oct((saved / "index.json").stat().st_mode & 0o777) == "0o644"
    assert json.loads(second.out)["digest"] == digest
    assert json.loads(second.out)["reference"] == f"{name}@{digest}"


def test_nothing_is_replaced_by_a_pull(
    run: Run, registry: Registry, layout: Path, tmp_path: Path
) -> None:
    name, where = f"{registry.host}/team/app:1", ("--cache-dir", tmp_path / "cache")
    run("push", layout, name)

    done = run("pull", *where, "--platform", "linux/amd64", name, layout)

    assert done.status == 8
    assert "is there already" in done.err


def test_a_pull_of_what_is_not_there_leaves_nothing(
    run: Run, registry: Registry, tmp_path: Path
) -> None:
    where = ("--cache-dir", tmp_path / "cache")

    done = run("pull", *where, f"{registry.host}/team/app:1", tmp_path / "saved")

    assert done.status == 5
    assert "MANIFEST_UNKNOWN" in done.err
    assert not (tmp_path / "saved").exists()
