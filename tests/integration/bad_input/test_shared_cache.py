"""Runs that are killed while parts of artifacts are kept or copied, or whose cache others use."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from repackage.errors import StoreError
from repackage.store import Store
from tests.formats.small_shares import CODECS, SmallShares, make_shares_small

#: What a run does, in a process of its own: one that can be killed.
RUN = "import sys; from tests.integration.bad_input.test_shared_cache import run; run(*sys.argv[1:])"
ROOT = Path(__file__).parents[3]


def run(directory: str, codec: str, cache: str, out: str) -> None:
    """Build every format; say that the store refused by the status that the command has."""
    with pytest.MonkeyPatch.context() as patch:
        make_shares_small(patch)
        try:
            made = SmallShares.at(Path(directory)).build(
                codec, cache=Path(cache), out=Path(out)
            )
        except StoreError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(StoreError.exit_code)
    for name, data in made.items():
        Path(out, name).write_bytes(data)


@pytest.fixture
def application(tmp_path: Path) -> SmallShares:
    made = SmallShares.make(tmp_path / "project")
    noise = random.Random(3)
    files: dict[str, str | bytes] = {
        f"greet/{number}.bin": noise.randbytes(300_000) for number in range(4)
    }
    made.supply({"greet/__init__.py": "def main():\n    pass\n", **files})
    return made


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def start(
    application: SmallShares, codec: str, cache: Path, out: Path
) -> subprocess.Popen[str]:
    out.mkdir(exist_ok=True)
    command = [sys.executable, "-c", RUN, application.project.directory, codec, cache, out]
    return subprocess.Popen(
        [str(word) for word in command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def artifacts(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


def built(application: SmallShares, codec: str, cache: Path, out: Path) -> dict[str, bytes]:
    """Build in a process that is let live; return what it made."""
    done = start(application, codec, cache, out)
    said = done.communicate(timeout=60)[1]

    assert (done.returncode, said) == (0, "")
    return artifacts(out)


@pytest.mark.parametrize("codec", CODECS)
def test_whenever_a_run_is_killed_the_next_one_gives_the_bytes_of_a_fresh_one(
    codec: str, application: SmallShares, cache: Path, tmp_path: Path
) -> None:
    moments = random.Random(codec)
    began = time.monotonic()
    expected = built(application, codec, cache, tmp_path / "fresh")
    took = time.monotonic() - began

    for turn in range(6):
        if turn % 3 == 0:  # then twice with what those that were killed have left
            shutil.rmtree(cache)
        process = start(application, codec, cache, tmp_path / "killed")
        time.sleep(took * moments.uniform(0.4, 1))
        process.kill()
        process.communicate(timeout=60)
        if turn % 3 == 2:
            assert built(application, codec, cache, tmp_path / f"after-{turn}") == expected


def test_two_runs_with_one_cache_make_the_same(
    application: SmallShares, cache: Path, tmp_path: Path
) -> None:
    codec = "zst"
    expected = built(application, codec, tmp_path / "another cache", tmp_path / "fresh")
    for turn in ("cold", "warm"):
        places = [tmp_path / f"{turn}-{number}" for number in range(2)]
        processes = [start(application, codec, cache, place) for place in places]
        said = [process.communicate(timeout=60)[1] for process in processes]

        assert said == ["", ""]
        assert [artifacts(place) for place in places] == [expected] * 2


@pytest.mark.parametrize(("way", "codec"), [("clear", "zst"), ("prune", "gz")])
def test_a_cache_that_is_emptied_all_the_time_makes_nothing_wrong(
    way: str, codec: str, application: SmallShares, cache: Path, tmp_path: Path
) -> None:
    """A run may have to give up, and says so."""
    expected = built(application, codec, cache, tmp_path / "fresh")
    process = start(application, codec, cache, tmp_path / "meanwhile")
    while process.poll() is None:
        store = Store.open(cache)
        store.clear() if way == "clear" else store.prune(max_size=0)
        time.sleep(0.02)
    said = process.communicate(timeout=60)[1]

    if process.returncode:
        assert process.returncode == StoreError.exit_code, said
        assert "it was cleared meanwhile: build again" in said
    else:
        assert artifacts(tmp_path / "meanwhile") == expected
    assert built(application, codec, cache, tmp_path / "after") == expected
