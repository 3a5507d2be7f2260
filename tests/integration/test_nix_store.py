"""Store paths that were made without Nix, taken in by Nix: copied, imported, verified, run."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]
    Made = Callable[..., Path]

pytestmark = [pytest.mark.network, pytest.mark.native("nix", "nix-store")]

RELEASE = f"3.{sys.version_info.minor}"
HERE = ("--python", RELEASE, "--platform", "manylinux_2_35_x86_64")
SETTINGS = """\
build-users-group =
sandbox = false
substitute = false
substituters =
experimental-features = nix-command
"""


@dataclass(frozen=True)
class Nix:
    """Nix, with a store of a test's own; signatures are required, as by default."""

    scratch: Path

    @property
    def root(self) -> Path:
        """What lies at ``/`` for the store."""
        return self.scratch / "root"

    def __call__(self, *command: str | Path, stdin: Path | None = None) -> str:
        """Run a command on the store."""
        done = self._run(*command, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refuses(self, *command: str | Path, stdin: Path | None = None) -> str:
        """Run a command that must fail, and return what it says."""
        done = self._run(*command, stdin=stdin)
        assert done.returncode != 0
        return done.stderr

    def run(self, path: str, command: str, *arguments: str | Path) -> str:
        """Run a command where it lies; its interpreter is on the ``PATH``."""
        return self(f"{self.root}{path}/bin/{command}", *arguments)

    def _run(
        self, *command: str | Path, stdin: Path | None
    ) -> subprocess.CompletedProcess[str]:
        self.scratch.mkdir(parents=True, exist_ok=True)
        (self.scratch / "nix.conf").write_text(SETTINGS)
        with (stdin or Path(os.devnull)).open("rb") as stream:
            return subprocess.run(
                command,
                env={
                    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                    "HOME": str(self.scratch),
                    "NIX_CONF_DIR": str(self.scratch),
                    "NIX_REMOTE": str(self.root),
                    "LC_ALL": "C.UTF-8",
                },
                stdin=stream, capture_output=True, text=True, check=False,
            )  # fmt: skip


@pytest.fixture
def nix(tmp_path: Path) -> Iterator[Nix]:
    yield Nix(tmp_path / "nix")
    for directory, _, _ in os.walk(tmp_path / "nix"):  # a store is read-only
        Path(directory).chmod(0o755)


@pytest.fixture(scope="session")
def made(built: Built, repackage: Repackage, shared: Path) -> Made:
    """Make an application into one of the formats, once per run and setting."""

    def make(format_: str, name: str, *settings: str) -> Path:
        label = hashlib.sha256(repr((format_, name, settings)).encode()).hexdigest()[:12]
        out = shared / "nix" / label
        chosen = [word for each in settings for word in ("-C", f"{format_}.{each}")]
        with FileLock(shared / f"nix-{label}.lock"):
            if not out.exists():
                repackage("-f", format_, built(name).wheel, *HERE, *chosen, "--out-dir", out)
        (artifact,) = out.iterdir()
        return artifact

    return make


def path_of(cache: Path) -> str:
    return said(cache, "StorePath")


def said(cache: Path, key: str) -> str:
    (info,) = cache.glob("*.narinfo")
    (line,) = (each for each in info.read_text().splitlines() if each.startswith(f"{key}: "))
    return line.removeprefix(f"{key}: ")


def without(cache: Path, key: str, *, to: Path) -> Path:
    """Copy a cache that does not say something of its path."""
    shutil.copytree(cache, to)
    (info,) = to.glob("*.narinfo")
    info.write_text(re.sub(rf"(?m)^{key}: .*\n", "", info.read_text()))
    return to


@pytest.mark.parametrize("compression", ["xz", "zstd", "none"])
def test_an_unsigned_cache_is_copied_where_signatures_are_required(
    compression: str, nix: Nix, made: Made
) -> None:
    cache = made("nix_cache", "pure_command", f"compression={compression}")
    path = path_of(cache)

    nix("nix", "store", "verify", "--store", f"file://{cache}", path)
    nix("nix", "copy", "--from", f"file://{cache}", path)

    nix("nix-store", "--verify-path", path)
    assert nix("nix-store", "-q", "--references", path) == ""
    assert nix.run(path, "pure-command").startswith("hello ")


def test_nix_dumps_the_same_bytes_and_gives_the_same_name(nix: Nix, made: Made) -> None:
    cache = made("nix_cache", "pure_command", "compression=none")
    path = path_of(cache)
    nix("nix", "copy", "--from", f"file://{cache}", path)
    there = f"{nix.root}{path}"
    (archive,) = (cache / "nar").iterdir()

    dumped = subprocess.run(["nix-store", "--dump", there], capture_output=True, check=True)
    named = nix("nix", "store", "add-path", "--dry-run", "--name", path[44:], there)

    assert dumped.stdout == archive.read_bytes()
    assert named.strip() == path


def test_a_stream_is_imported(nix: Nix, made: Made) -> None:
    stream = made("nix_closure", "pure_command")

    path = nix("nix-store", "--import", stdin=stream).strip()

    nix("nix-store", "--verify-path", path)
    assert path == path_of(made("nix_cache", "pure_command", "compression=none"))
    assert nix("nix-store", "-q", "--references", path) == ""
    assert nix.run(path, "pure-command").startswith("hello ")
    copy = nix.scratch / "exported"
    nix("sh", "-c", f"nix-store --export {path} > {copy}")
    assert copy.read_bytes() == stream.read_bytes()


@pytest.fixture
def interpreter(nix: Nix, tmp_path: Path) -> str:
    """A path of the store with an interpreter: a link to this one, which Nix knows nothing of."""
    directory = tmp_path / f"python3-{RELEASE}"
    (directory / "bin").mkdir(parents=True)
    real = os.path.realpath(sys.executable)
    (directory / f"bin/python{RELEASE}").symlink_to(real)
    return nix("nix", "store", "add-path", directory).strip()


def test_an_interpreter_of_the_store_is_a_reference_and_runs_the_program(
    nix: Nix, made: Made, interpreter: str
) -> None:
    setting = f"interpreter={interpreter}/bin/python{RELEASE}"
    stream = made("nix_closure", "pure_command", setting)
    path = nix("nix-store", "--import", stdin=stream).strip()

    # in a name space of its own, where the store lies at /nix/store
    printed = nix("nix", "shell", path, "-c", "pure-command").splitlines()

    assert nix("nix-store", "-q", "--references", path).strip() == interpreter
    assert printed[0].startswith("hello ")
    assert printed[1] == f"{path}/libexec/pure-command"
    other = Nix(nix.scratch / "other")
    missing = other.refuses("nix-store", "--import", stdin=stream)
    assert f"path '{interpreter}' is not valid" in missing


def test_the_interpreter_comes_from_another_cache(
    nix: Nix, made: Made, interpreter: str
) -> None:
    cache = made("nix_cache", "pure_command", f"interpreter={interpreter}/bin/python{RELEASE}")
    theirs = nix.scratch / "theirs"
    nix("nix", "copy", "--to", f"file://{theirs}", interpreter)
    path, other = path_of(cache), Nix(nix.scratch / "other")

    other(
        "nix-store", "--realise", path, "--option", "substitute", "true",
        "--option", "substituters", f"file://{cache} file://{theirs}",
    )  # fmt: skip

    assert other("nix-store", "-q", "--references", path).strip() == interpreter


@pytest.fixture
def keys(nix: Nix) -> tuple[Path, str]:
    """A secret key's file, and the public key."""
    secret, public = nix.scratch / "secret", nix.scratch / "public"
    nix("nix-store", "--generate-binary-cache-key", "cache.example-1", secret, public)
    return secret, public.read_text()


def test_a_signature_is_the_one_that_nix_makes_and_trusts(
    nix: Nix, built: Built, repackage: Repackage, keys: tuple[Path, str], tmp_path: Path
) -> None:
    secret, public = keys
    wheel = built("pure_command").wheel
    environment = {**os.environ, "REPACKAGE_NIX_SECRET_KEY_FILE": str(secret)}
    environment["REPACKAGE_CACHE_DIR"] = str(tmp_path / "store")
    repackage("-f", "nix_cache", wheel, *HERE, "--out-dir", tmp_path / "out", env=environment)
    (cache,) = (tmp_path / "out").iterdir()
    path = path_of(cache)

    # without its content address, only the signature speaks for it
    bare = without(cache, "CA", to=tmp_path / "bare")
    copy = ("nix", "copy", "--from", f"file://{bare}", path)
    assert "lacks a valid signature" in nix.refuses(*copy)
    nix(*copy, "--trusted-public-keys", public)

    unsigned = without(cache, "Sig", to=tmp_path / "unsigned")
    other = Nix(nix.scratch / "other")
    other("nix", "copy", "--from", f"file://{unsigned}", path)
    other("nix", "store", "sign", "-k", secret, path)
    (facts,) = json.loads(other("nix", "path-info", "--json", path))
    assert facts["signatures"] == [said(cache, "Sig")]


def test_an_altered_archive_is_refused_by_nix_and_by_us(
    nix: Nix, made: Made, repackage: Repackage, tmp_path: Path
) -> None:
    made_well = made("nix_cache", "pure_command", "compression=none")
    cache = shutil.copytree(made_well, tmp_path / "copy")
    (archive,) = (cache / "nar").iterdir()
    data = archive.read_bytes()
    archive.write_bytes(data.replace(b"hello", b"hallo"))
    path = path_of(cache)

    refused = nix.refuses("nix", "copy", "--from", f"file://{cache}", path)

    assert "hash mismatch" in refused
    with pytest.raises(AssertionError, match="the file is truncated or altered"):
        repackage("inspect", cache)


@contextmanager
def serving(directory: Path) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(directory))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_real_program_is_served_and_runs_with_its_workers(
    nix: Nix, made: Made, tmp_path: Path
) -> None:
    cache = made("nix_cache", "linter")
    path = path_of(cache)

    with serving(cache) as url:
        nix("nix", "copy", "--from", url, path)

    module = tmp_path / "module.py"
    module.write_text('"""Almost nothing wrong."""\n\nimport this\n')
    printed = nix.run(path, "linter", "--exit-zero", "-j", "2", module)

    assert "module.py:3:0: W0611: Unused import this" in printed
    nix("nix-store", "--verify-path", path)  # nothing was written into the store, even by root


def test_what_was_made_can_be_inspected_judged_and_compared(
    made: Made, built: Built, repackage: Repackage
) -> None:
    cache = made("nix_cache", "pure_command", "compression=none")
    stream = made("nix_closure", "pure_command")
    lock = built("pure_command").lock

    assert path_of(cache) in repackage("inspect", cache)
    facts = json.loads(repackage("inspect", cache, "--json"))
    assert facts["size"] > int(said(cache, "NarSize"))
    assert path_of(cache) in repackage("inspect", stream)
    for artifact in (cache, stream):
        repackage("check", artifact, "--lock", lock, "--policy", "locked")
    assert repackage("diff", cache, stream) == ""


def test_compiled_wheels_are_refused_together_before_they_are_fetched(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    store = {**os.environ, "REPACKAGE_CACHE_DIR": str(tmp_path / "store")}

    with pytest.raises(AssertionError) as caught:
        repackage(
            "-f", "nix_closure", built("compiled_service").wheel, *HERE,
            "--out-dir", tmp_path / "out", env=store,
        )  # fmt: skip

    message = str(caught.value)
    assert "repackage failed (7)" in message
    for name in ("numpy-", "cryptography-", "lxml-", "cffi-"):
        assert re.search(rf"{name}\S+\.whl is made for one kind of machine", message)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("format_", ["nix_cache", "nix_closure"])
def test_two_builds_in_different_surroundings_give_identical_bytes(
    format_: str, built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    wheel = built("pure_command").wheel
    strange = {"TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "PYTHONHASHSEED": "4711"}
    first, second = tmp_path / "one", tmp_path / "a strange place" / "ü"
    repackage("-f", format_, wheel, *HERE, "--jobs", "1", "--out-dir", first)
    repackage(
        "-f", format_, wheel, *HERE, "--jobs", "4", "--out-dir", second,
        env={**os.environ, **strange, "REPACKAGE_CACHE_DIR": str(tmp_path / "store")},
        umask=0o077,
    )  # fmt: skip

    assert _snapshot(first) == _snapshot(second)


def _snapshot(directory: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(directory).as_posix(): (
            path.stat().st_mode,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in directory.rglob("*")
    }
