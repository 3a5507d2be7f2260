"""How an image is run, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage.errors import ConfigError
from repackage_formats import oci
from tests.formats.oci.plans import made, planned

if TYPE_CHECKING:
    from pathlib import Path


def run(tmp_path: Path, **options: Any) -> dict[str, Any]:
    return made(tmp_path, planned(oci.Options(**options))).run


def test_an_image_runs_its_command_as_nobody_in_particular(tmp_path: Path) -> None:
    told = run(tmp_path)

    assert told["Entrypoint"] == ["/app/bin/example"]
    assert "Cmd" not in told
    assert told["User"] == "65532:65532"
    assert told["WorkingDir"] == "/"
    assert told["StopSignal"] == "SIGTERM"


def test_children_find_the_modules_by_the_environment(tmp_path: Path) -> None:
    """And nothing but that: there is no environment of Python's own, and no .pth file."""
    told = run(tmp_path, prefix="/srv/shop", environment={"PYTHONPATH": "/plugins", "A": "1=2"})

    assert told["Env"] == [
        "A=1=2",
        "PATH=/srv/shop/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONDONTWRITEBYTECODE=1",
        "PYTHONPATH=/srv/shop/lib:/plugins",
        "PYTHONUNBUFFERED=1",
    ]


def test_everything_can_be_said_otherwise(tmp_path: Path) -> None:
    told = run(
        tmp_path,
        entrypoint=("/app/bin/example", "serve"),
        command=("--port", "8080"),
        user="www-data",
        environment={"PYTHONUNBUFFERED": "", "PATH": "/bin"},
        ports=("8080", "53/udp"),
        volumes=("/srv/data",),
        working_directory="/srv",
        stop_signal="SIGQUIT",
    )

    assert told["Entrypoint"] == ["/app/bin/example", "serve"]
    assert told["Cmd"] == ["--port", "8080"]
    assert told["User"] == "www-data"
    assert {"PYTHONUNBUFFERED=", "PATH=/bin"} <= set(told["Env"])
    assert told["ExposedPorts"] == {"8080/tcp": {}, "53/udp": {}}
    assert told["Volumes"] == {"/srv/data": {}}
    assert told["WorkingDir"] == "/srv"
    assert told["StopSignal"] == "SIGQUIT"


@pytest.mark.parametrize(
    ("scripts", "expected"),
    [
        (("serve",), ["/app/bin/serve"]),
        (("admin", "example"), ["/app/bin/example"]),
        (("admin", "serve"), None),
        ((), None),
    ],
)
def test_the_entry_point_is_the_command_that_is_meant(
    scripts: tuple[str, ...], expected: list[str] | None, tmp_path: Path
) -> None:
    heard: list[str] = []
    plan = planned()
    plan = replace(plan, package=replace(plan.package, scripts=scripts), warn=heard.append)

    assert made(tmp_path, plan).run.get("Entrypoint") == expected
    assert bool(heard) == (expected is None)
    assert not heard or "no entry point" in heard[0]


def test_labels_and_annotations_are_told_from_the_wheel(tmp_path: Path) -> None:
    plan = planned(oci.Options(annotations={"com.example.only": "here"}))
    urls = (
        ("Homepage", "https://app.example"),
        ("Source Code", "https://code.example"),
        ("docs", "https://docs.example"),
    )
    image = made(tmp_path, replace(plan, package=replace(plan.package, urls=urls)))
    told = {
        key.removeprefix("org.opencontainers.image."): value
        for key, value in image.run["Labels"].items()
    }

    assert told == {
        "authors": "Ana Example <ana@app.example>",
        "created": "2024-05-17T12:00:00Z",
        "description": "An example with an ünusual letter",
        "documentation": "https://docs.example",
        "licenses": "MIT",
        "source": "https://code.example",
        "title": "example",
        "url": "https://app.example",
        "version": "1.0",
    }
    assert image.manifest["annotations"] == {**image.run["Labels"], "com.example.only": "here"}
    assert image.config["author"] == told["authors"]
    assert image.config["created"] == told["created"]


def test_labels_can_be_added_changed_and_taken_away(tmp_path: Path) -> None:
    key = "org.opencontainers.image."
    told = run(tmp_path, labels={"team": "shop", f"{key}title": "Shop", f"{key}authors": ""})
    labels = told["Labels"]

    assert (labels["team"], labels[f"{key}title"]) == ("shop", "Shop")
    assert f"{key}authors" not in labels


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        oci.Options(
            prefix="app",
            python="python3",
            working_directory="srv",
            volumes=("/a/../b",),
            base="oci:\x07",
            level=99,
            layers=0,
            name="Registry.example/UPPER",
            tags=("-1", "a b", "1", "1"),
            user="me:you:them",
            ports=("0", "65536", "http", "80/icmp"),
            stop_signal="TERM!",
            entrypoint=("",),
            command=("a\0b",),
            environment={"A=B": "1", "C": "\x1b[2J"},
            labels={"a b": "1", "c": "\x00"},
            annotations={"ok": "\x85"},
        )
    keys = [problem.where for problem in caught.value.problems]

    assert keys == [
        "prefix", "python", "working-directory", "volumes", "base", "level", "layers", "name",
        "tags", "tags", "tags", "user", "ports", "ports", "ports", "ports", "stop-signal",
        "command", "entrypoint", "environment", "environment", "labels", "labels",
        "annotations",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["shop", "team/shop", "registry.example/a/b_c", "localhost:5000/x", "[::1]:5000/x", "a--b"],
)
def test_names_of_images_are_taken(name: str) -> None:
    assert oci.Options(name=name).name == name


@pytest.mark.parametrize(
    "name", ["Shop", "shop:1", "a//b", "/a", "a/", "a..b", "registry.example:/a", "x" * 256]
)
def test_names_that_no_registry_would_take_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="is not the name of an image"):
        oci.Options(name=name)


@pytest.mark.parametrize(
    "prefix", ["/usr", "/usr/lib", "/etc/app", "/tmp/x", "/opt/python", "/"]
)
def test_a_prefix_that_is_not_the_applications_is_refused(prefix: str) -> None:
    with pytest.raises(ConfigError, match="prefix"):
        oci.Options(prefix=prefix)


@pytest.mark.parametrize("signal", ["SIGTERM", "SIGUSR1", "SIGRTMIN+3", "15"])
def test_signals_are_taken(signal: str) -> None:
    assert oci.Options(stop_signal=signal).stop_signal == signal
