"""Zip files on AWS Lambda's own client, and applications that are one file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.runtime_api import invoked

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

MINOR = sys.version_info.minor
RUNTIME = ("--target", f"lambda-python3.{MINOR}")
HERE = ("--python", f"3.{MINOR}", "--platform", "manylinux_2_35_x86_64")
HANDLER = "serverless.handler"
#: e_machine of AArch64, little endian, at byte 18 of an ELF header.
AARCH64 = (183).to_bytes(2, "little")

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(
        not 10 <= MINOR <= 13 or os.uname().machine != "x86_64",
        reason="no wheels of the oldest runtimes' numpy for this machine",
    ),
]


def unpacked(archive: Path, directory: Path) -> Path:
    subprocess.run(["unzip", "-q", archive, "-d", directory], check=True)
    return directory


def made(
    repackage: Repackage, application: Application, out: Path, *arguments: str
) -> dict[str, str]:
    """Build one artifact; return its path and what it announces."""
    named = {"--target", "--platform"} & set(arguments)
    target = () if named else (*RUNTIME, "--arch", "x86_64")
    printed = repackage(application.wheel, *target, *arguments, "--out-dir", out, "--json")
    (artifact,) = json.loads(printed)["artifacts"]
    return {"path": artifact["path"], **artifact["announced"]}


@pytest.mark.native("unzip", "unshare")
def test_lambda_runs_the_handler_from_the_read_only_zip_and_its_own_bytecode(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    made(
        repackage, built("serverless"), tmp_path / "out", "-f", "zip",
        "-C", f"zip.handler={HANDLER}", "-C", "zip.bytecode=true",
    )  # fmt: skip
    (archive,) = (tmp_path / "out").iterdir()
    task = unpacked(archive, tmp_path / "task")

    kind, answer = invoked(HANDLER, {"n": 10}, task)

    assert kind == "response", answer
    assert (answer["sum"], answer["request"]) == (45, "request-1")
    assert all(path.startswith(f"{task}/") for path in answer["loaded from"])
    assert compiled_at_start(task) == []


def compiled_at_start(task: Path) -> list[str]:
    """Import the application, and return the modules of it that had no bytecode."""
    done = subprocess.run(
        [sys.executable, "-B", "-v", "-c", "import serverless"],
        env={"PYTHONPATH": str(task)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = re.findall(
        rf"^# code object from '?({re.escape(str(task))}/[^']+)", done.stderr, re.MULTILINE
    )
    assert len(loaded) > 100
    return [path for path in loaded if not path.endswith(".pyc")]


@pytest.mark.native("unzip", "unshare")
def test_lambda_runs_a_function_with_its_layer(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    split = made(
        repackage, built("serverless"), tmp_path / "out", "-f", "zip",
        "-C", f"zip.handler={HANDLER}", "-C", "zip.split=true",
    )  # fmt: skip
    directory = Path(split["path"])
    task = unpacked(directory / "function.zip", tmp_path / "task")
    layer = unpacked(directory / "layer.zip", tmp_path / "opt")

    kind, answer = invoked(HANDLER, {"n": 4}, task, layer / "python")

    assert kind == "response", answer
    assert answer["sum"] == 6
    ours, *theirs = answer["loaded from"]
    assert ours.startswith(f"{task}/")
    assert all(path.startswith(f"{layer}/python/") for path in theirs)
    assert {path.name for path in layer.iterdir()} == {"python"}
    assert (directory / "function.zip").stat().st_size < 10_000
    # the handler is not found without the layer: nothing of it is in the function
    assert invoked(HANDLER, {"n": 4}, task)[0] == "error"


@pytest.mark.native("unzip", "zipinfo", "bsdtar")
def test_arm64_is_built_here_again_and_again_the_same(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    application = built("serverless")
    arm = ("-f", "zip", *RUNTIME, "--arch", "arm64")
    first = made(repackage, application, tmp_path / "one", *arm)
    second = made(repackage, application, tmp_path / "two", *arm, "--jobs", "1")

    assert first["CodeSha256"] == second["CodeSha256"]
    with zipfile.ZipFile(first["path"]) as archive:
        assert archive.testzip() is None
        heads = [archive.open(name).read(20) for name in archive.namelist()]
        count = len(heads)
    assert {head[18:20] for head in heads if head[:4] == b"\x7fELF"} == {AARCH64}
    for command in (["unzip", "-tq"], ["bsdtar", "-tf"]):
        subprocess.run([*command, first["path"]], check=True, capture_output=True)
    listed = subprocess.run(
        ["zipinfo", first["path"]], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert listed[-1].startswith(f"{count} files, ")
    assert {line[:10] for line in listed[2:-1]} <= {"-rw-r--r--", "-rwxr-xr-x"}


def test_a_function_is_held_to_its_lock_and_a_split_one_too(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    application = built("serverless")
    for setting in ("zip.split=false", "zip.split=true"):
        found = made(repackage, application, tmp_path, "-f", "zip", "-C", setting)
        told = json.loads(
            repackage(
                "check", found["path"], "--lock", application.lock, "--output-format", "json"
            )
        )
        assert told


@pytest.mark.native("unzip")
def test_a_pure_application_that_is_one_file_runs_in_place(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    found = made(repackage, built("one_file"), tmp_path, "-f", "pyz", *HERE)
    cache = tmp_path / "cache"
    done = subprocess.run(
        [sys.executable, found["path"]],
        env={"HOME": str(cache), "REPACKAGE_PYZ_ROOT": str(cache), "LC_ALL": "C.UTF-8"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "".join(done.stdout.split()) == (
        f"packedandwell🎉{found['path']}/one_file/__init__.py"
    )
    assert not cache.exists()
    subprocess.run(["unzip", "-tq", found["path"]], check=True, capture_output=True)


def test_an_application_with_machine_code_unpacks_itself_once(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    found = made(repackage, built("serverless"), tmp_path, "-f", "pyz", *HERE)
    (tmp_path / "python3").symlink_to(sys.executable)
    cache = tmp_path / "cache"

    outputs = [
        subprocess.run(
            [found["path"]],
            env={"REPACKAGE_PYZ_ROOT": str(cache), "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True, text=True, check=True,
        ).stdout
        for _ in range(2)
    ]  # fmt: skip

    (place,) = (path for path in cache.iterdir() if path.is_dir())
    assert outputs[0] == outputs[1]
    assert outputs[0].startswith(f"45 {place}/serverless/__init__.py {place}/numpy/")
