"""A base from a registry: named by its digest, fetched once, and told of."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.container import Reference, push
from repackage.errors import FetchError
from repackage.format import Surroundings
from repackage_formats import oci
from tests.formats.oci.images import archive
from tests.formats.oci.plans import based, made, planned
from tests.unit.container.registry import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Plan
    from tests.unit.container.registry import Registry


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Registry]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "REGISTRY_AUTH_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    with running() as found:
        yield found


@pytest.fixture
def reference(registry: Registry, tmp_path: Path) -> str:
    """Push a base; say what it is called by its digest."""
    tagged = Reference.parse(f"{registry.host}/team/python:3.11")
    (pushed,) = push(archive(based(tmp_path), tmp_path / "base.tar"), [tagged])
    return f"{tagged.place}@{pushed.digest}"


def prepare(base: str, tmp_path: Path, *, offline: bool = False) -> Plan[oci.Options]:
    surroundings = Surroundings(cache=tmp_path / "cache", offline=offline, project=tmp_path)
    return oci.prepare(planned(oci.Options(base=base)), surroundings)


def test_an_image_tells_on_which_image_of_a_registry_it_is(
    reference: str, tmp_path: Path
) -> None:
    image = made(tmp_path, prepare(f"docker://{reference}", tmp_path))
    told = image.manifest["annotations"]
    base = json.loads((tmp_path / "base/index.json").read_bytes())["manifests"][0]["digest"]

    assert told["org.opencontainers.image.base.name"] == reference
    assert told["org.opencontainers.image.base.digest"] == base


def test_what_was_fetched_is_not_asked_for_again(
    reference: str, registry: Registry, tmp_path: Path
) -> None:
    first = prepare(reference, tmp_path)
    asked = len(registry.asked)
    second = prepare(reference, tmp_path, offline=True)

    assert len(registry.asked) == asked
    one, two = (made(tmp_path, plan, name=name) for name, plan in (("a", first), ("b", second)))
    assert one.index == two.index


def test_a_base_that_is_not_here_cannot_be_had_offline(
    reference: str, registry: Registry, tmp_path: Path
) -> None:
    asked = len(registry.asked)

    with pytest.raises(FetchError):
        prepare(reference, tmp_path, offline=True)
    assert len(registry.asked) == asked


def test_a_registrys_base_for_another_machine_is_refused(
    reference: str, tmp_path: Path
) -> None:
    surroundings = Surroundings(cache=tmp_path / "cache", offline=False, project=tmp_path)
    plan = planned(oci.Options(base=reference), arch="aarch64")

    with pytest.raises(FetchError, match="linux/amd64"):
        oci.prepare(replace(plan), surroundings)
