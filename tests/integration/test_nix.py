"""Nix builds what is generated, from wheels on disk, and it is what was staged and runs."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from repackage.store import KeptWheels, Store
from repackage.tree import File, Symlink
from repackage_formats import nix as format_nix
from tests.formats.nix.locked import Locked
from tests.integration.applications import Application, locked_and_built, project
from tests.integration.nix import RELEASE, SYSTEM, TOOLS, Nix

if TYPE_CHECKING:
    from collections.abc import Callable

    from repackage.tree import Entry

    Made = Callable[[str], Path]

SYSTEMS = ("x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin")

pytestmark = pytest.mark.native(*TOOLS)


@pytest.fixture(scope="session")
def nix(shared: Path) -> Nix:
    with FileLock(shared / "nix.lock"):
        return Nix.at(shared / "nix")


@pytest.fixture(scope="session")
def made(built: Callable[[str], Application], shared: Path, nix: Nix) -> Made:
    """Make the artifact of a real application, once per run, and supply its wheels."""

    def make(name: str) -> Path:
        out = shared / "nix-artifacts" / name
        with FileLock(shared / f"nix-{name}.lock"):
            if not out.exists():
                application = _forty_parts(shared) if name == "forty_parts" else built(name)
                _repackage(shared, "-q", "-f", "nix", application.wheel, "--out-dir", out)
                nix.supply((shared / "store").glob("v1/artifacts/*/*/*.whl"))
        (artifact,) = out.iterdir()
        return artifact

    return make


@pytest.fixture
def locked(tmp_path: Path, nix: Nix) -> Locked:
    """An application with a compiled dependency and a pure one, whose wheels are supplied."""
    locked = Locked(tmp_path, python=RELEASE)
    nix.supply(
        locked.depend("pure-part", scripts={"part": "pure_part:main", "app": "pure_part:main"})
    )
    nix.supply(locked.compiled("native-part", without="x86_64-darwin"))
    locked.app(
        files={
            "app/__init__.py": "import native_part, pure_part, sys\n\n"
            "def main():\n    print('hello', sys.prefix, *sys.argv[1:])\n",
            "app-1.0.data/scripts/scripted": "#!/usr/bin/env python3\nimport app\napp.main()\n",
            "app-1.0.data/data/share/man/man1/app.1": ".TH app 1\n",
            "app-1.0.data/headers/app.h": "#define APP 1\n",
            "app/_vendor/x.dist-info/RECORD": "../../bin/x,,\n",
        }
    )
    return locked


def _repackage(shared: Path, *arguments: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "repackage", *map(str, arguments)],
        env={**os.environ, "REPACKAGE_CACHE_DIR": str(shared / "store")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _forty_parts(shared: Path) -> Application:
    """A service with more than forty dependencies, many of them compiled."""
    needs = [
        "aiohttp", "boto3", "cryptography", "fastapi[standard]", "jsonschema", "lxml",
        "msgpack", "psutil", "rich", "sqlalchemy",
    ]  # fmt: skip
    code = """\
        import aiohttp, boto3, fastapi, jsonschema, lxml.etree, msgpack, psutil, sqlalchemy
        from cryptography.fernet import Fernet

        def main():
            Fernet(Fernet.generate_key())
            print(msgpack.unpackb(msgpack.packb([psutil.Process().name() != ""])))
        """
    directory = shared / "applications" / "forty-parts"
    return locked_and_built(project(directory, "forty-parts", code=code, dependencies=needs))


def _wheels(artifact: Path) -> set[str]:
    text = (artifact / "package.nix").read_text()
    return set(re.findall(r"[/\"]([^/\"]+\.whl)", text))


# --- what Nix makes of the text


@pytest.mark.network
@pytest.mark.parametrize(
    "name", ["pure_command", "compiled_service", "workspace", "forty_parts"]
)
def test_every_file_parses_and_every_system_has_a_derivation(
    name: str, made: Made, nix: Nix
) -> None:
    artifact = made(name)
    for file in artifact.glob("*.nix"):
        nix.run("nix-instantiate", "--parse", file)
    platforms = nix.evaluated(nix.expression(artifact, ".meta.platforms"))

    for system in SYSTEMS:
        done = nix.try_("nix-instantiate", "-E", nix.expression(artifact, system=system))
        assert (done.returncode == 0) == (system in platforms), done.stderr
    assert SYSTEM in platforms


@pytest.mark.network
def test_a_system_without_a_wheel_is_left_out_and_the_rest_is_served(
    made: Made, nix: Nix
) -> None:
    platforms = nix.evaluated(nix.expression(made("compiled_service"), ".meta.platforms"))

    assert "x86_64-darwin" not in platforms  # cryptography has no wheel for it any more
    assert {"x86_64-linux", "aarch64-linux", "aarch64-darwin"} == set(platforms)


def test_a_system_that_is_not_served_is_refused_by_name(locked: Locked, nix: Nix) -> None:
    artifact = locked.make()
    done = nix.try_("nix-instantiate", "-E", nix.expression(artifact, system="x86_64-darwin"))

    assert done.returncode
    assert "app-1.0" in done.stderr
    assert any("native-part" in warning for warning in locked.told.warnings)


def test_what_nix_is_told_of_a_package_is_what_its_metadata_say(
    tmp_path: Path, nix: Nix
) -> None:
    hostile = "${builtins.abort \"no\"} '' \\ \" ''${x} \\${y} $${z} ü\t*/ #"
    locked = Locked(tmp_path, python=RELEASE)
    locked.app(
        metadata=[
            f"Summary: {hostile}",
            "License-Expression: Apache-2.0 OR MIT",
            "Project-URL: Homepage, https://app.example/${x}",
            "Project-URL: Changelog, https://app.example/changes",
        ]
    )
    artifact = locked.make(maintainers=("ada",))
    meta = nix.evaluated(nix.expression(artifact, ".meta"))

    assert meta["description"] == " ".join(hostile.split())
    assert [each["shortName"] for each in meta["license"]] == ["asl20", "mit"]
    assert meta["homepage"] == "https://app.example/${x}"
    assert meta["changelog"] == "https://app.example/changes"
    assert meta["mainProgram"] == "app"
    assert meta["maintainers"] == [{"name": "Ada"}]
    assert meta["sourceProvenance"] == [{"shortName": "binaryBytecode"}]


# --- real builds


@pytest.mark.network
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pure_command", "hello"),
        ("compiled_service", "1 b"),
        ("workspace", "from a member"),
        ("forty_parts", "[True]"),
    ],
)
def test_a_real_application_is_built_runs_and_is_what_was_staged(
    name: str, said: str, made: Made, nix: Nix, shared: Path
) -> None:
    artifact = made(name)
    out = nix.build(artifact)
    (command,) = (out / "bin").iterdir()
    done = subprocess.run([command], env={}, capture_output=True, text=True, check=False)
    store = Store.open(shared / "store")
    entries = list(format_nix.read_wheels(artifact, KeptWheels(store=store)))

    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    assert name != "forty_parts" or len(_wheels(artifact)) > 40
    _assert_built(out, {entry.path: entry for entry in entries})


@pytest.mark.network
@pytest.mark.parametrize("name", ["pure_command", "compiled_service"])
def test_a_second_build_makes_the_same_bytes(name: str, made: Made, nix: Nix) -> None:
    nix.build(made(name))

    nix.build(made(name), "--check")


@pytest.mark.network
def test_an_artifact_and_what_nix_builds_of_it_keep_the_lock(
    made: Made, nix: Nix, built: Callable[[str], Application], shared: Path
) -> None:
    artifact, lock = made("compiled_service"), built("compiled_service").lock

    for subject in (artifact, nix.build(artifact)):
        said = _repackage(shared, "check", subject, "--lock", lock)
        assert "nothing is missing" in said
    mac = ("--python", RELEASE, "--platform", "macosx_14_0_arm64")
    said = _repackage(shared, "check", artifact, "--lock", lock, *mac)
    assert "macosx_14_0_arm64: 0 of" in said
    assert "numpy" in _repackage(shared, "inspect", artifact)
    assert _repackage(shared, "diff", artifact, artifact) == ""


def test_commands_data_and_headers_are_where_they_are_looked_for(
    locked: Locked, nix: Nix
) -> None:
    artifact = locked.make()
    out = nix.build(artifact)
    said = {
        subprocess.run(
            [out / "bin" / name, "x"], capture_output=True, text=True, check=True
        ).stdout
        for name in ("app", "scripted")
    }

    assert said == {f"hello {out}/libexec/app x\n"}
    assert sorted(each.name for each in (out / "bin").iterdir()) == ["app", "scripted"]
    assert not (out / "libexec/app/bin/part").exists()
    assert (out / "share/man/man1/app.1").is_file()
    _assert_built(out, {entry.path: entry for entry in _entries(locked, artifact)})


def test_commands_of_a_dependency_are_installed_where_they_are_asked_for(
    tmp_path: Path, nix: Nix
) -> None:
    locked = Locked(tmp_path, python=RELEASE)
    files = {
        "part/__init__.py": "def main(): print('a part')\n",
        "part-2.0.data/scripts/shown": "#!/usr/bin/env python\nimport part\npart.main()\n",
    }
    nix.supply(locked.depend("part", files=files, scripts={"part": "part:main"}))
    locked.app()
    artifact = locked.make(scripts_of="part")
    out = nix.build(artifact)

    assert sorted(each.name for each in (out / "bin").iterdir()) == ["app", "part", "shown"]
    for name in ("part", "shown"):
        assert subprocess.check_output([out / "bin" / name], text=True, env={}) == "a part\n"
    _assert_built(out, {entry.path: entry for entry in _entries(locked, artifact)})


def test_files_that_wheels_share_and_names_with_an_epoch_are_installed(
    tmp_path: Path, nix: Nix
) -> None:
    locked = Locked(tmp_path, python=RELEASE, version="1!1.0")
    for name in ("one", "two"):
        files = {"space/__init__.py": "", f"space/{name}.py": f"x = '{name}'\n"}
        nix.supply(locked.depend(name, files=files, scripts={"same": f"space.{name}:x"}))
    code = "import space.one, space.two\ndef main(): print(space.one.x, space.two.x)\n"
    dropped = {"app/direct.pyc": b"\0", "app/__pycache__/x.pyc": b"\0", "app/direct.py": ""}
    locked.app(files={"app/__init__.py": code, **dropped})
    artifact = locked.make()
    out = nix.build(artifact)
    done = subprocess.run([out / "bin/app"], capture_output=True, text=True, check=True)

    assert done.stdout == "one two\n"
    _assert_built(out, {entry.path: entry for entry in _entries(locked, artifact)})


def test_a_wheel_with_another_hash_is_refused(locked: Locked, nix: Nix) -> None:
    package = locked.make() / "package.nix"
    right = re.search(r"pure_part.*\n\s+hash = \"sha256-(.*)\"", package.read_text())
    assert right
    package.write_text(package.read_text().replace(right[1], f"{'A' * 43}="))
    done = nix.try_("nix-build", "--no-out-link", "-E", nix.expression(package.parent))

    assert done.returncode == 102
    assert "hash mismatch in fixed-output derivation" in done.stderr


def test_a_package_can_be_overridden_in_every_way(
    locked: Locked, nix: Nix, tmp_path: Path
) -> None:
    artifact = locked.make()
    extended = (
        '.overrideAttrs (old: { pname = "renamed"; src = old.src;'
        ' postInstall = "true"; meta = old.meta // { mainProgram = "scripted"; }; })'
    )
    called = nix.expression(artifact)
    other = f'(({called}.override {{ stdenv = {{ mkDerivation = f: {{ made = 1; }}; hostPlatform = {{ isLinux = true; system = "{SYSTEM}"; }}; }}; }}))'
    (newer,) = Locked(tmp_path / "newer").depend("pure-part", files={"pure_part/new.py": ""})
    exchanged = (
        ".overrideAttrs (old: { wheels = map (wheel:"
        ' if builtins.match ".*pure_part.*" "${wheel}" != null'
        f" then {newer} else wheel) old.wheels; }})"
    )
    out = nix.build(artifact, more=extended)
    (new,) = nix.build(artifact, more=exchanged).rglob("pure_part/new.py")

    assert new.is_file()
    assert out.name.endswith("-renamed-1.0")
    assert (out / "libexec/renamed/pyvenv.cfg").is_file()
    assert nix.evaluated(f"{other}.made") == 1
    assert nix.evaluated(f"({called}).passthru.python.pythonVersion") == RELEASE


def test_its_own_test_imports_the_application(locked: Locked, nix: Nix) -> None:
    good = nix.build(locked.make(), more=".tests.imports")
    broken = Locked(locked.directory / "broken", python=RELEASE)
    broken.app(files={"app/__init__.py": "import nowhere\n"})
    expression = nix.expression(broken.make(), ".tests.imports")
    done = nix.try_("nix-build", "--no-out-link", "-E", expression)

    assert good.is_file()
    assert done.returncode
    assert "No module named 'nowhere'" in done.stderr


def test_vendored_wheels_need_nothing_but_the_directory(tmp_path: Path, nix: Nix) -> None:
    locked = Locked(tmp_path, python=RELEASE)
    wheels = locked.compiled("unsupplied")
    locked.app(files={"app/__init__.py": "import unsupplied\ndef main(): print('here')\n"})
    artifact = locked.make(vendor_wheels=True)
    out = nix.build(artifact)

    assert {wheel.name for wheel in wheels} < {
        each.name for each in (artifact / "wheels").iterdir()
    }
    assert "fetchurl" not in (artifact / "package.nix").read_text()
    assert subprocess.check_output([out / "bin/app"], text=True) == "here\n"
    # what is in the artifact is enough to read it back, too
    assert {entry.path for entry in format_nix.read(artifact)} >= {"libexec/app/bin/app"}


def test_the_application_itself_may_be_fetched(locked: Locked, nix: Nix) -> None:
    url = "https://files.example/releases/app-1.0-py3-none-any.whl"
    artifact = locked.make(wheel_url=url)
    nix.supply((locked.directory / "dist").iterdir())

    assert not (artifact / "wheels").exists()
    assert (nix.build(artifact) / "bin/app").exists()


def test_an_interpreter_of_another_release_is_refused_where_wheels_are_bound_to_one(
    locked: Locked, nix: Nix
) -> None:
    artifact = locked.make(python="python3")
    wrong = (
        f'(import {nix.nixpkgs} {{ system = "{SYSTEM}"; }}).callPackage {artifact}/package.nix'
        ' { python3 = { pythonVersion = "3.7"; }; }'
    )

    assert nix.build(artifact, more=".tests.imports").is_file()
    assert "assertion" in nix.try_("nix-instantiate", "-E", wrong).stderr


# --- flakes, and builds that see nothing but their inputs


@pytest.mark.parametrize("name", ["app", "default"])
def test_the_flake_is_shown_checked_and_run(name: str, locked: Locked, nix: Nix) -> None:
    artifact = locked.make(package=name)
    flags = ("--no-write-lock-file", "--override-input", "nixpkgs", f"path:{nix.nixpkgs}")
    shown = nix.run("nix", "flake", "show", *flags, f"path:{artifact}")
    nix.run("nix", "flake", "check", *flags, f"path:{artifact}")
    said = nix.run("nix", "run", *flags, f"path:{artifact}", "--", "there")

    assert f"default: package '{name}-1.0'" in re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "overlay" in shown
    assert said.startswith("hello ")
    assert said.endswith(" there")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="mounts need root")
def test_a_build_in_a_sandbox_needs_nothing_of_the_machine_but_the_interpreter(
    locked: Locked, nix: Nix, tmp_path: Path
) -> None:
    artifact = locked.make()
    named = ("/bin", "/usr", "/lib", "/lib64", "/etc/alternatives", sys.base_prefix)
    there = [str(each) for each in (*map(Path, named), nix.wheelhouse) if each.exists()]
    done = nix.try_(
        "nix-build", "--store", tmp_path / "root", "--no-out-link",
        "--option", "sandbox", "true", "--option", "sandbox-fallback", "false",
        "--option", "sandbox-paths", " ".join(there),
        "-E", nix.expression(artifact),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    name = Path(done.stdout.strip()).name
    (environment,) = (tmp_path / "root").rglob(f"{name}/libexec/app/pyvenv.cfg")
    assert "include-system-site-packages = false" in environment.read_text()


def _entries(locked: Locked, artifact: Path) -> list[Entry]:
    return list(
        format_nix.read_wheels(
            artifact,
            KeptWheels(
                store=Store.open(locked.directory / "cache"),
                at_hand=tuple(locked.wheelhouse.iterdir()),
            ),
        )
    )


#: What the build writes for its own place, and staging for where the tree would lie.
_OWN = re.compile(
    r".*/site-packages/[^/]+\.dist-info/RECORD|libexec/[^/]+/(pyvenv\.cfg|bin/[^/]+)"
)


def _assert_built(out: Path, staged: dict[str, Entry]) -> None:
    """Hold what Nix built against what the artifact says that it installs."""
    built = {path.relative_to(out).as_posix(): path for path in _walk(out)}
    expected = {path for path in staged if not path.startswith("share/repackage")} - {"share"}

    assert {path for path in built if "__pycache__" not in path} - {"share"} == expected
    for path in expected:
        entry, there = staged[path], built[path]
        match entry:
            case File(digests=digests, mode=mode):
                assert bool(there.stat().st_mode & 0o100) == (mode == 0o755), path
                if not _OWN.fullmatch(path):
                    assert hashlib.sha256(there.read_bytes()).hexdigest() == digests.sha256, (
                        path
                    )
            case Symlink(target=target):
                place = str(there.readlink()).removeprefix(str(out))
                assert place == target or target.startswith("/nix/store/python/"), path
            case _:
                assert there.is_dir(), path


def _walk(directory: Path) -> list[Path]:
    """All below a directory; links are not followed."""
    found = []
    for root, directories, files in os.walk(directory):
        found += [Path(root, name) for name in (*directories, *files)]
    return found
