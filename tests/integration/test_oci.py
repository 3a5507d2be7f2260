"""Images, by what skopeo, umoci and podman make of them, and by running what is in them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
import tomli
from filelock import FileLock

from tests.integration.images import (
    TOOLS,
    Parts,
    debian_bases,
    inspected,
    interpreter_archive,
    run,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]
    Imaged = Callable[..., Path]

pytestmark = [pytest.mark.network, pytest.mark.native(*TOOLS)]

NONROOT = 65532


@pytest.fixture(scope="session")
def imaged(built: Built, repackage: Repackage, shared: Path) -> Imaged:
    """Make the image of the web service on Debian's Python, once for each way to do it."""

    def make(version: str = "1.0", **options: str) -> Path:
        settings = [f"{name}={value}" for name, value in options.items()]
        directory = shared / "-".join(["image", version, *settings])
        with FileLock(f"{directory}.lock"):
            if not directory.exists():
                repackage(
                    "-f", "oci", built("web_service", version=version).wheel,
                    "--target", "debian-12", "--arch", "x86_64", "--out-dir", directory,
                    "-C", f"oci.base=oci:{debian_bases()}:python",
                    *(f"-Coci.{setting}" for setting in settings),
                )  # fmt: skip
        (made,) = directory.iterdir()
        return made

    return make


def copied(image: Path, directory: Path) -> Parts:
    """Copy an archive into a layout, with skopeo."""
    run("skopeo", "copy", "-q", f"oci-archive:{image}", f"oci:{directory}:1.0")
    return Parts(directory)


def test_skopeo_reads_the_archive_both_ways_and_copies_it_there_and_back(
    imaged: Imaged, tmp_path: Path
) -> None:
    archive, directory = imaged(), imaged(output="directory")
    told = inspected(f"oci-archive:{archive}")
    ours = copied(archive, tmp_path / "copy")
    run(
        "skopeo", "copy", "-q", f"oci:{tmp_path}/copy:1.0",
        f"docker-archive:{tmp_path}/saved.tar:web-service:1.0",
    )  # fmt: skip
    run(
        "skopeo", "copy", "-q", f"docker-archive:{tmp_path}/saved.tar", f"oci:{tmp_path}/back:1"
    )
    run("skopeo", "copy", "-q", f"docker-archive:{archive}", f"oci:{tmp_path}/loaded:1")

    assert told["Labels"]["org.opencontainers.image.title"] == "web-service"
    assert ours.blobs == Parts(directory).blobs
    for other in ("back", "loaded"):
        there = Parts(tmp_path / other)
        assert there.config["rootfs"] == ours.config["rootfs"]
        assert there.config["config"] == ours.config["config"]


@pytest.mark.native("chroot")
def test_the_service_answers_from_the_root_that_umoci_unpacks(
    imaged: Imaged, tmp_path: Path
) -> None:
    root = unpacked(imaged(output="directory"), "1.0", tmp_path / "bundle")
    configured = json.loads((tmp_path / "bundle/config.json").read_bytes())["process"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    user = configured["user"]

    service = subprocess.Popen(
        ["chroot", f"--userspec={user['uid']}:{user['gid']}", root, *configured["args"]],
        env={**dict(each.split("=", 1) for each in configured["env"]), "PORT": port},
    )
    try:
        answer = _asked(f"http://127.0.0.1:{port}/hello/ada", service)
    finally:
        service.terminate()
        service.wait(timeout=30)

    assert answer == {"greeting": "hello ada", "user": NONROOT, "version": "1.0"}
    assert str((root / "lib").readlink()) == "usr/lib"
    assert (root / "tmp").stat().st_mode & 0o7777 == 0o1777
    assert list((root / "app").rglob("*.pyc")) == []


def _asked(url: str, service: subprocess.Popen[bytes]) -> object:
    for _ in range(100):
        assert service.poll() is None, "it ended"
        try:
            with urlopen(url) as response:
                return json.loads(response.read())
        except OSError:
            time.sleep(0.1)
    raise AssertionError("no answer in ten seconds")


@pytest.mark.native("chroot")
def test_children_have_the_modules_by_the_environment_alone(
    imaged: Imaged, tmp_path: Path
) -> None:
    root = unpacked(imaged(output="directory"), "1.0", tmp_path / "bundle")
    child = (
        "import subprocess, sys; subprocess.run([sys.executable, '-m', 'uvicorn', '--version'])"
    )

    told = subprocess.check_output(
        ["chroot", root, "/usr/bin/python3.11", "-c", child],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "/app/lib"},
        text=True,
    )

    assert told.startswith("Running uvicorn")


@pytest.mark.native("podman")
def test_podman_loads_it_under_its_name(imaged: Imaged, tmp_path: Path) -> None:
    image = imaged()

    with TemporaryDirectory(prefix="podman-") as short:  # it refuses long paths
        podman = [
            "podman", "--root", f"{short}/root", "--runroot", f"{short}/run",
            "--storage-driver", "vfs", "--events-backend", "none",
        ]  # fmt: skip
        told = run(*podman, "load", "-q", "-i", image)
        (found,) = json.loads(run(*podman, "image", "inspect", "web-service:1.0"))

    assert "localhost/web-service:1.0" in told
    config = copied(image, tmp_path / "copy").manifest["config"]["digest"]
    assert f"sha256:{found['Id']}" == config
    assert found["Config"]["User"] == f"{NONROOT}:{NONROOT}"
    assert found["Config"]["Entrypoint"] == ["/app/bin/web-service"]


def test_a_release_changes_one_layer_and_the_configuration(imaged: Imaged) -> None:
    first, second = (Parts(imaged(v, output="directory")) for v in ("1.0", "1.1"))
    new = second.blobs.keys() - first.blobs.keys()

    assert len(second.layers) > 3
    assert second.layers[:-1] == first.layers[:-1]
    manifest = 1
    assert len(new) == 2 + manifest
    assert second.layers[-1].removeprefix("sha256:") in new
    assert second.manifest["config"]["digest"].removeprefix("sha256:") in new


def test_the_base_is_the_base_that_it_was(imaged: Imaged) -> None:
    """So that a registry that has it need not be sent it."""
    told = inspected(f"oci:{debian_bases()}:python")

    assert Parts(imaged(output="directory")).layers[:1] == told["Layers"]


def test_how_it_is_compressed_does_not_change_which_image_it_is(
    imaged: Imaged, tmp_path: Path
) -> None:
    zstd, gzip = imaged(compression="zst"), imaged()
    told = copied(zstd, tmp_path / "zstd")

    assert {each["mediaType"][-4:] for each in told.manifest["layers"][1:]} == {"zstd"}
    assert told.manifest["config"] == copied(gzip, tmp_path / "gzip").manifest["config"]


def test_whatever_happens_around_it_the_bytes_are_the_same(
    imaged: Imaged, built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    """Another form of the base, umask, time zone and directory; and layers that were kept."""
    run("skopeo", "copy", "-q", f"oci:{debian_bases()}:python", f"oci-archive:{tmp_path}/b.tar")
    repackage(
        "-f", "oci", built("web_service", version="1.0").wheel, "--target", "debian-12",
        "--arch", "x86_64", "--jobs", "1", "--out-dir", tmp_path / "again",
        "-C", f"oci.base={tmp_path}/b.tar",
        cwd=tmp_path, umask=0o077,
    )  # fmt: skip
    (again,) = (tmp_path / "again").iterdir()

    assert again.read_bytes() == imaged().read_bytes()


def test_an_image_agrees_with_its_lock_until_something_else_is_put_in(
    imaged: Imaged, built: Built, tmp_path: Path
) -> None:
    lock = built("web_service", version="1.0").lock
    locked = {p["name"]: p["version"] for p in tomli.loads(lock.read_text())["package"]}
    layout = tmp_path / "layout"
    shutil.copytree(imaged(output="directory"), layout)
    idna = f"app/lib/idna-{locked['idna']}.dist-info"
    root = unpacked(layout, "1.0", tmp_path / "bundle")
    metadata = (root / idna / "METADATA").read_text()
    other = tmp_path / "METADATA"
    other.write_text(metadata.replace(f"Version: {locked['idna']}", "Version: 2.0", 1))
    moved = f"/{idna.replace(locked['idna'], '2.0')}/METADATA"
    run("umoci", "insert", "--image", f"{layout}:1.0", "--tag", "other", other, moved)
    run("umoci", "insert", "--image", f"{layout}:other", "--whiteout", f"/{idna}")
    run("skopeo", "copy", "-q", f"oci:{layout}:other", f"oci-archive:{tmp_path}/other.tar")

    clean, contravening = (
        _checked(image, lock) for image in (imaged(), tmp_path / "other.tar")
    )

    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert contravening.returncode == 1
    assert "idna" in contravening.stdout


def _checked(image: Path, lock: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "repackage", "check", image, "--lock", lock],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.native("readelf")
def test_one_image_for_several_machines(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    repackage(
        "-f", "oci", built("compiled_service").wheel, "--python", "3.11",
        "--target", "debian-12", "--arch", "x86_64", "--arch", "aarch64",
        "--out-dir", tmp_path / "out", "-C", "oci.base=scratch", "-C", "oci.output=directory",
    )  # fmt: skip
    (image,) = (tmp_path / "out").iterdir()
    index = inspected(f"oci:{image}:1.0", "--raw")
    run("skopeo", "copy", "-q", "--all", f"oci:{image}:1.0", f"oci:{tmp_path}/all:1.0")

    assert image.name == "compiled-service-1.0-amd64-arm64.oci"
    platforms = [each["platform"]["architecture"] for each in index["manifests"]]
    assert platforms == ["amd64", "arm64"]
    assert Parts(image).blobs == Parts(tmp_path / "all").blobs
    for arch, machine in (("amd64", "X86-64"), ("arm64", "AArch64")):
        chosen = ["--override-arch", arch]
        run("skopeo", *chosen, "copy", "-q", f"oci:{image}:1.0", f"oci:{tmp_path}/{arch}:1")
        root = unpacked(tmp_path / arch, "1", tmp_path / f"{arch}.bundle")
        library = next((root / "app/lib/numpy").rglob("_multiarray_umath*.so"))
        assert machine in run("readelf", "-h", library)


@pytest.mark.native("chroot")
def test_a_bundled_interpreter_runs_machine_code_on_a_base_that_has_none(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    repackage(
        "-f", "oci", built("compiled_service").wheel, "--target", "debian-12",
        "--arch", "x86_64", "--out-dir", tmp_path / "out", "-C", "oci.output=directory",
        "-C", f"oci.base=oci:{debian_bases()}:libc",
        "-C", f"oci.interpreter={interpreter_archive(tmp_path)}",
        "-C", "oci.prefix=/opt/shop",
    )  # fmt: skip
    (image,) = (tmp_path / "out").iterdir()
    root = unpacked(image, "1.0", tmp_path / "bundle")

    told = subprocess.check_output(
        ["chroot", f"--userspec={NONROOT}:{NONROOT}", root, "/opt/shop/bin/compiled-service"],
        env={
            "PATH": os.environ["PATH"],
            "LD_LIBRARY_PATH": "/opt/python/lib",
        },  # Debian's is not one that runs anywhere
        text=True,
    )

    assert told == "1 b\n"
    titles = [each["created_by"] for each in Parts(image).config["history"]]
    assert "repackage: interpreter" in titles
