"""Pushing to Debian's docker-registry and pulling from it, beside skopeo."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration import images
from tests.integration.registries import (
    PASSWORD,
    USER,
    Daemon,
    blobs,
    docker_registry,
    layout_of,
    wire,
)
from tests.unit.container.images import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = pytest.mark.native("docker-registry", "skopeo", "umoci", "openssl")

PLATFORM = ("--platform", "linux/amd64")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A registry that asks for no login."""
    with docker_registry(tmp_path_factory.mktemp("registry") / "open") as daemon:
        yield daemon


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    return layout_of(tmp_path / "made", os.urandom(1 << 20))


def skopeo(*arguments: str | Path) -> str:
    command, *rest = arguments
    words = ["skopeo", command, "--tls-verify=false", *rest]
    if command == "copy":
        words[2:3] = ["-q", "--src-tls-verify=false", "--dest-tls-verify=false"]
    return subprocess.check_output(words, text=True)


@pytest.mark.parametrize("auth", ["none", "basic", "bearer"])
def test_other_tools_have_what_we_push_and_we_what_they_push(
    repackage: Repackage,
    layout: Path,
    tmp_path: Path,
    auth: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logins = tmp_path / "auth.json"
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(logins))
    with docker_registry(tmp_path / "registry", auth=auth) as daemon:
        pair = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        entries = {} if auth == "none" else {daemon.host: {"auth": pair}}
        logins.write_text(json.dumps({"auths": entries}))
        name = f"{daemon.host}/team/app"

        pinned = repackage("push", layout, f"{name}:1", f"{daemon.host}/team/other:1")
        skopeo("copy", f"docker://{name}:1", f"oci:{tmp_path}/theirs:1")
        skopeo("copy", f"oci:{layout}:1", f"docker://{name}:2")
        repackage("pull", *PLATFORM, f"{name}:2", tmp_path / "ours")
        told = json.loads(skopeo("inspect", f"docker://{name}:1"))

        assert blobs(tmp_path / "theirs") == blobs(tmp_path / "ours") == blobs(layout)
        assert pinned.splitlines()[0] == f"{name}:1@{told['Digest']}"
        if auth != "none":
            wrong = b64encode(f"{USER}:wrong".encode()).decode()
            logins.write_text(json.dumps({"auths": {daemon.host: {"auth": wrong}}}))
            with pytest.raises(AssertionError, match=r"failed \(11\)") as caught:
                repackage("push", layout, f"{name}:3")
            assert "401 Unauthorized" in str(caught.value)
            assert f"the login is that of {logins}" in str(caught.value)


def test_an_index_of_several_machines_goes_there_and_back(
    repackage: Repackage, registry: Daemon, tmp_path: Path
) -> None:
    parts = Parts()
    index = parts.index(
        parts.image(b"one layer"), parts.image(b"another", architecture="arm64")
    )
    archive = parts.root(index).archive(tmp_path / "image.tar")
    name = f"{registry.host}/several/app:1"

    repackage("push", archive, name)
    repackage("pull", "--platform", "linux/arm64", name, tmp_path / "ours")

    raw = skopeo("inspect", "--raw", f"docker://{name}").encode()
    config = json.loads(
        skopeo("inspect", "--config", "--override-arch", "arm64", f"docker://{name}")
    )
    assert raw == parts.blobs[index["digest"]]
    assert config["architecture"] == "arm64"
    assert b"another" in blobs(tmp_path / "ours").values()


@pytest.mark.network
@pytest.mark.native(*images.TOOLS)
def test_of_a_release_only_the_application_and_the_configuration_are_uploaded(
    built: Built, repackage: Repackage, registry: Daemon, tmp_path: Path
) -> None:
    name = f"{registry.host}/library/base"
    (base,) = json.loads(
        repackage("push", "--json", images.debian_bases(), f"{name}:12", "--image", "python")
    )["pushed"]

    def image(version: str, *options: str) -> Path:
        directory = tmp_path / "-".join([version, *options])
        repackage(
            "-f", "oci", built("web_service", version=version).wheel, "--out-dir", directory,
            "--target", "debian-12", "--arch", "x86_64", *options,
            "-C", f"oci.base={name}@{base['digest']}",
        )  # fmt: skip
        (made,) = directory.iterdir()
        return made

    def pushed(made: Path, host: str, tag: str) -> list[str]:
        reference = f"{host}/team/service:{tag}"
        told = json.loads(repackage("push", "--json", made, reference))
        listed: list[dict[str, Any]] = told["pushed"][0]["blobs"]
        return sorted(blob["how"] for blob in listed)

    first = pushed(image("1.0"), registry.host, "1.0")
    before = len(registry.requests("PUT", "/v2/team/service/blobs/uploads/"))
    with wire(registry.host) as laid:
        second = pushed(image("2.0"), laid.host, "2.0")
    uploads = registry.requests("PUT", "/v2/team/service/blobs/uploads/")

    assert first.count("mounted") == 1  # the layer of the base, from its own repository
    assert second.count("uploaded") == len(uploads) - before == 2
    assert second.count("present") == len(second) - 2
    assert laid.sent < 20_000
    assert image("1.0", "--offline").read_bytes() == image("1.0").read_bytes()


def _started(*arguments: str | Path, cache: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "repackage", *arguments],
        env={**os.environ, "REPACKAGE_CACHE_DIR": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _wait_for(condition: Callable[[], object]) -> None:
    for _ in range(400):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that in 20 seconds")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_pull_that_is_ended_leaves_nothing_half_and_goes_on(
    repackage: Repackage, registry: Daemon, tmp_path: Path, number: signal.Signals
) -> None:
    layout = layout_of(tmp_path / "made", Random(number).randbytes(8 << 20))
    name = f"ended/by{int(number)}"
    digest = repackage("push", layout, f"{registry.host}/{name}:1").strip().partition("@")[2]
    cache, saved = tmp_path / "cache", tmp_path / "saved"
    with wire(registry.host) as laid:
        laid.stalls_after = 4 << 20
        arguments = ("pull", *PLATFORM, f"{laid.host}/{name}@{digest}", saved)
        pulling = _started(*arguments, cache=cache)
        _wait_for(lambda: laid.received >= laid.stalls_after)
        time.sleep(0.2)
        pulling.send_signal(number)
        _, said = pulling.communicate(timeout=20)
        left = [path for path in cache.rglob("*") if path.is_file()]
        laid.stalls_after = 1 << 60
        repackage(*arguments, "--cache-dir", cache)

    assert pulling.returncode == (130 if number is signal.SIGINT else -number)
    assert b"Traceback" not in said
    assert {path.name for path in left if "images" in path.parts} <= {*blobs(layout)}
    assert blobs(saved) == blobs(layout)
    assert any('" 206 ' in line for line in registry.requests("GET", f"/v2/{name}/blobs/"))


def test_a_push_that_is_interrupted_shows_no_image_and_goes_on(
    repackage: Repackage, registry: Daemon, tmp_path: Path
) -> None:
    layout = layout_of(tmp_path / "made", Random(7).randbytes(8 << 20))
    with wire(registry.host) as laid:
        laid.stalls_after = 200  # answers stop, while blobs are on their way
        pushing = _started("push", layout, f"{laid.host}/ended/push:1", cache=tmp_path / "c")
        _wait_for(lambda: laid.received >= laid.stalls_after)
        pushing.send_signal(signal.SIGINT)
        _, said = pushing.communicate(timeout=20)

    assert (pushing.returncode, said) == (130, b"interrupted; nothing was left behind\n")
    assert registry.requests("PUT", "/v2/ended/push/manifests/") == []
    name = f"{registry.host}/ended/push:1"
    repackage("push", layout, name)
    assert json.loads(skopeo("inspect", f"docker://{name}"))["Architecture"]
