"""Whatever is installed, by whomever, against a lock that uv wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from repackage.check import POLICIES
from repackage.cli import program
from repackage.cli._errors import exit_status
from tests.docs.blocks import ROOT, matches, steps
from tests.integration.applications import Application, locked_and_built, project, uv
from tests.integration.roots import TOOLS
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.integration.roots import Machine

    Check = Callable[..., tuple[int, dict[str, Any]]]
    Change = Callable[[Path, Path], None]

pytestmark = pytest.mark.network

OTHER_IDNA = "3.4"
MEMBER = "shop-shelf"


def shop(directory: Path) -> Application:
    """A workspace of two, with a dependency of pure Python and a compiled one."""
    written = project(
        directory,
        "shop",
        code="def main(): ...",
        dependencies=[MEMBER, "idna>=3", "markupsafe>=2"],
        extra=f"""\
[tool.uv.workspace]
members = ["shelf"]
[tool.uv.sources]
{MEMBER} = {{ workspace = true }}
""",
    )
    project(directory / "shelf", MEMBER, code="def main(): ...", dependencies=["markupsafe"])
    return locked_and_built(written)


@pytest.fixture(scope="session")
def application(shared: Path) -> Application:
    directory, done = shared / "shop", shared / "shop.wheel"
    with FileLock(shared / "shop.lock"):
        if not done.exists():
            directory.mkdir()
            done.write_text(str(shop(directory).wheel))
            uv("sync", "--frozen", "--no-editable", "--no-dev", directory=directory)
    return Application(project=directory, wheel=type(directory)(done.read_text()))


@pytest.fixture
def venv(application: Application, tmp_path: Path) -> Path:
    """An environment of the test's own, made by ``uv sync``."""
    copied = tmp_path / "venv"
    shutil.copytree(application.project / ".venv", copied, symlinks=True)
    return copied


@pytest.fixture
def check(application: Application, capsys: pytest.CaptureFixture[str]) -> Check:
    """Check something against the lock; return the status and what was found."""

    def run(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        lock = () if "--lock" in options else ("--lock", str(application.lock))
        status = exit_status(program, ["check", str(path), "--json", *lock, *options])
        captured = capsys.readouterr()
        assert captured.out, captured.err
        return status, json.loads(captured.out)

    return run


def pip(venv: Path, *arguments: str | Path) -> None:
    """Run ``uv pip`` on an environment."""
    command, *rest = map(str, arguments)
    environment = {key: value for key, value in os.environ.items() if key[:3] != "UV_"}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "uv",
            "pip",
            command,
            "--python",
            str(venv / "bin/python"),
            *rest,
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def verdicts(found: dict[str, Any], name: str) -> set[str]:
    return {each["verdict"] for each in found["findings"] if each["name"] == name}


def failing(found: dict[str, Any]) -> dict[str, set[str]]:
    """The verdicts that are errors, by distribution."""
    errors: dict[str, set[str]] = {}
    for each in found["findings"]:
        if each["severity"] == "error":
            errors.setdefault(each["name"], set()).add(each["verdict"])
    return errors


def nothing(_venv: Path, _scratch: Path) -> None:
    """Leave it as uv made it."""


def other_version(venv: Path, _scratch: Path) -> None:
    pip(venv, "install", f"idna=={OTHER_IDNA}")


def another_build(venv: Path, tmp_path: Path) -> None:
    wheels = WheelFactory(tmp_path / "cpu")
    wheels("markupsafe", f"{_version(venv, 'markupsafe')}+cpu")
    pip(
        venv,
        "install",
        "--no-index",
        "--find-links",
        tmp_path / "cpu",
        "--upgrade",
        "markupsafe",
    )


def stray(venv: Path, tmp_path: Path) -> None:
    WheelFactory(tmp_path / "stray")("stray-thing", "1.0")
    pip(venv, "install", "--no-index", "--find-links", tmp_path / "stray", "stray-thing")


def edited(venv: Path, _scratch: Path) -> None:
    (module,) = venv.glob("lib/python3.*/site-packages/idna/core.py")
    content = module.read_text()
    module.unlink()  # it may be a link into uv's cache
    module.write_text(f"{content}# fixed in place\n")


def removed(venv: Path, _scratch: Path) -> None:
    pip(venv, "uninstall", "idna")


def strangers_member(venv: Path, tmp_path: Path) -> None:
    """Take a member's name from an index, as ``uv pip install -c`` does."""
    pip(venv, "uninstall", MEMBER)
    WheelFactory(tmp_path / "index")(MEMBER, "99.0", files={"shop_shelf/__init__.py": "evil"})
    (tmp_path / "constraints.txt").write_text("idna>=3\n")
    pip(
        venv,
        *("install", "--no-index", "--find-links", tmp_path / "index"),
        *("-c", tmp_path / "constraints.txt", MEMBER),
    )


def _version(venv: Path, name: str) -> str:
    (info,) = venv.glob(f"lib/python3.*/site-packages/{name}-*.dist-info")
    return info.name.removesuffix(".dist-info").partition("-")[2]


#: The change, of what, its verdict, and the levels under which that is an error.
CHANGES: list[tuple[Change, str, str, set[str]]] = [
    (nothing, "idna", "hash-unverifiable", {"exact", "locked"}),
    (other_version, "idna", "version-differs", {"exact", "locked", "constrain"}),
    (another_build, "markupsafe", "local-differs", {"exact", "locked", "constrain"}),
    (stray, "stray-thing", "not-in-lock", {"exact", "locked"}),
    (edited, "idna", "record-mismatch", {"exact", "locked", "constrain"}),
    (removed, "idna", "missing", {"exact", "locked", "range"}),
]


@pytest.mark.parametrize(
    ("change", "name", "verdict", "levels"),
    [pytest.param(*each, id=each[0].__name__) for each in CHANGES],
)
def test_an_environment_of_uv_is_judged_under_every_level(
    venv: Path,
    check: Check,
    tmp_path: Path,
    change: Change,
    name: str,
    verdict: str,
    levels: set[str],
) -> None:
    change(venv, tmp_path)

    for policy in POLICIES:
        status, found = check(venv, "--policy", policy)
        errors = failing(found)
        assert verdict in verdicts(found, name), policy
        assert (verdict in errors.get(name, set())) == (policy in levels), policy
        missing_only = all(each == {"missing"} for each in errors.values())
        assert status == (3 if errors and missing_only else 1 if errors else 0)
        assert found["exit_status"] == status
    if change is nothing:
        assert check(venv)[0] == 0
    elif change is removed:
        assert check(venv, "--policy", "range")[0] == 3


def test_an_editable_environment_is_a_contravention_under_every_level(
    application: Application, check: Check, tmp_path: Path
) -> None:
    copied = tmp_path / "shop"
    shutil.copytree(application.project, copied, ignore=shutil.ignore_patterns(".venv"))
    uv("sync", "--frozen", "--no-dev", directory=copied)

    for policy in ("exact", "locked", "constrain", "range"):
        status, found = check(copied / ".venv", "--policy", policy)

        assert status == 1
        assert "editable" in failing(found)["shop"]


def test_a_strangers_package_with_the_name_of_a_member_is_found(
    venv: Path, check: Check, tmp_path: Path
) -> None:
    strangers_member(venv, tmp_path)

    status, found = check(venv, "--policy", "locked")
    _, lenient = check(venv)

    assert status == 1
    assert "stale-lock" in failing(found)[MEMBER]
    assert "stale-lock" in verdicts(lenient, MEMBER)


def test_the_target_is_the_environments_own_python(venv: Path, check: Check) -> None:
    _, found = check(venv)

    python = ".".join(map(str, sys.version_info[:3]))
    assert found["target"]["python"] == python


# The same root, in every box that somebody may put it into.


@pytest.fixture(scope="session")
def root(application: Application, shared: Path) -> Path:
    """An application below ``/opt``, without the environment that it was installed into."""
    made, done = shared / "root", shared / "root.done"
    with FileLock(shared / "root.lock"):
        if not done.exists():
            leftovers = shutil.ignore_patterns("__pycache__", "pyvenv.cfg", "python*", "lib64")
            shutil.copytree(
                application.project / ".venv/bin", made / "opt/shop/bin", ignore=leftovers
            )
            (site,) = application.project.glob(".venv/lib/python3.*/site-packages")
            shutil.copytree(
                site,
                made / "opt/shop/lib" / site.parent.name / site.name,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
            done.touch()
    return made


def run(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


def as_tarball(root: Path, scratch: Path) -> Iterable[Path]:
    run("tar", "-C", root, "-cJf", scratch / "root.tar.xz", ".", cwd=scratch)
    yield scratch / "root.tar.xz"


def as_zip(root: Path, scratch: Path) -> Iterable[Path]:
    run("zip", "-q", "-r", "-y", scratch / "root.zip", ".", cwd=root)
    yield scratch / "root.zip"


def as_deb(root: Path, scratch: Path) -> Iterable[Path]:
    tree = scratch / "deb"
    shutil.copytree(root, tree, symlinks=True)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(
        "Package: shop\nVersion: 1.0\nArchitecture: amd64\nMaintainer: A <a@example.org>\n"
        "Description: shop\n"
    )
    run("dpkg-deb", "--root-owner-group", "--build", tree, scratch / "shop.deb", cwd=scratch)
    yield scratch / "shop.deb"


def as_rpm(root: Path, scratch: Path) -> Iterable[Path]:
    (scratch / "shop.spec").write_text(
        "Name: shop\nVersion: 1.0\nRelease: 1\nSummary: shop\nLicense: MIT\n"
        "%description\nshop\n%install\n"
        f"cp -a {root}/. %{{buildroot}}/\n%files\n/opt/shop\n"
    )
    for codec in ("w3.zstdio", "w2.xzdio", "w6.gzdio"):
        run(
            *("rpmbuild", "-bb", "--define", f"_topdir {scratch}/{codec}"),
            *("--define", f"_binary_payload {codec}", "--define", "__os_install_post %{nil}"),
            *("--define", "_build_id_links none", "--define", "__strip /bin/true"),
            *("--nodeps", scratch / "shop.spec"),
            cwd=scratch,
        )
        yield next((scratch / codec).glob("RPMS/*/*.rpm"))


def as_image(root: Path, scratch: Path) -> Iterable[Path]:
    layout = f"{scratch}/layout"
    run("umoci", "init", "--layout", layout, cwd=scratch)
    run("umoci", "new", "--image", f"{layout}:one", cwd=scratch)
    run("umoci", "insert", "--image", f"{layout}:one", root / "opt", "/opt", cwd=scratch)
    run("umoci", "insert", "--image", f"{layout}:one", "--whiteout", "/opt/none", cwd=scratch)
    yield scratch / "layout"
    archives = {
        "oci-archive:one.tar": "one.tar",
        "docker-archive:saved.tar:shop:1": "saved.tar",
        "oci:compressed:one": "compressed",
    }
    for destination, name in archives.items():
        zstd = ["--dest-compress-format", "zstd"] if name == "compressed" else []
        run("skopeo", "copy", "-q", *zstd, f"oci:{layout}:one", destination, cwd=scratch)
        yield scratch / name


@pytest.mark.native("tar", "zip", "dpkg-deb", "rpmbuild", "umoci", "skopeo")
@pytest.mark.parametrize("pack", [as_tarball, as_zip, as_deb, as_rpm, as_image])
def test_what_others_packed_is_judged_as_the_root_itself(
    root: Path,
    check: Check,
    tmp_path: Path,
    pack: Callable[[Path, Path], Iterable[Path]],
) -> None:
    expected = _told(check(root)[1])
    assert expected

    for packed in pack(root, tmp_path):
        status, found = check(packed)
        assert status == 0, found
        assert _told(found) == expected, packed.name
        assert found["target"]["python"].startswith(f"3.{sys.version_info.minor}.")


@pytest.mark.native("tar", "zip", "dpkg-deb", "rpmbuild", "umoci", "skopeo")
@pytest.mark.parametrize("pack", [as_tarball, as_zip, as_deb, as_rpm, as_image])
def test_what_was_changed_before_it_was_packed_is_found(
    root: Path,
    check: Check,
    tmp_path: Path,
    pack: Callable[[Path, Path], Iterable[Path]],
) -> None:
    altered = tmp_path / "altered"
    shutil.copytree(root, altered, symlinks=True)
    (module,) = altered.glob("opt/shop/lib/python3.*/site-packages/idna/core.py")
    module.write_text(f"{module.read_text()}# fixed in place\n")
    (info,) = altered.glob("opt/shop/lib/python3.*/site-packages/markupsafe-*.dist-info")
    shutil.rmtree(info)
    (tmp_path / "scratch").mkdir()

    for packed in pack(altered, tmp_path / "scratch"):
        status, found = check(packed, "--policy", "range")
        contravention, _ = check(packed)

        assert (status, contravention) == (3, 1), packed.name
        assert "record-mismatch" in verdicts(found, "idna")
        assert failing(found) == {"markupsafe": {"missing"}}


def _told(found: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(each["name"], each["verdict"], each["severity"]) for each in found["findings"]}


def test_a_wheel_by_itself_agrees_with_its_lock(application: Application, check: Check) -> None:
    status, found = check(application.wheel, "--policy", "constrain")

    assert status == 0
    assert verdicts(found, "idna") == {"missing"}
    assert verdicts(found, "shop") == {"member"}


@pytest.fixture
def flat(application: Application, tmp_path: Path) -> Path:
    """One directory, as ``uv pip install --target`` makes it."""
    requirements = tmp_path / "requirements.txt"
    uv(
        *("export", "--frozen", "--no-dev", "--no-emit-workspace", "--no-hashes"),
        *("--output-file", str(requirements)),
        directory=application.project,
    )
    uv("build", "--wheel", "--all-packages", "--out-dir", "all", directory=application.project)
    uv(
        *("pip", "install", "--target", str(tmp_path / "flat"), "-r", str(requirements)),
        *("--find-links", "all", "--no-deps", "shop", MEMBER),
        directory=application.project,
    )
    return tmp_path / "flat"


@pytest.mark.native("zip")
def test_a_function_of_lambda_is_judged_for_its_own_python(
    flat: Path, check: Check, tmp_path: Path
) -> None:
    (flat / "handler.py").write_text("def handle(event, context): ...\n")
    run("zip", "-q", "-r", tmp_path / "function.zip", ".", cwd=flat)

    status, found = check(tmp_path / "function.zip")

    assert status == 0, found
    assert found["target"]["python"] == f"3.{sys.version_info.minor}.0"
    assert _told(found) == _told(check(flat)[1])


def test_a_zipapp_is_judged(flat: Path, check: Check, tmp_path: Path) -> None:
    app = tmp_path / "shop.pyz"
    run(
        *(sys.executable, "-m", "zipapp", "-c", "-m", "shop:main", "-p", "/usr/bin/python3"),
        *("-o", app, flat),
        cwd=tmp_path,
    )

    status, found = check(app)

    assert status == 0, found
    assert _told(found) == _told(check(flat)[1])


@pytest.mark.native(*TOOLS, "tar", "umoci", "skopeo")
def test_what_apt_installed_is_judged_for_its_debian(
    bookworm: Machine, check: Check, tmp_path: Path
) -> None:
    written = project(
        tmp_path / "debian",
        "on-debian",
        code="def main(): ...",
        dependencies=["idna==3.3", "markupsafe==2.0.1"],
    )
    uv("lock", directory=written)
    lock = ("--lock", str(written / "uv.lock"), "--name", "on-debian")
    bookworm.run(
        "apt-get install -q -y --no-install-recommends python3-idna python3-markupsafe\n"
        "tar -C / -czf /root.tar.gz etc/os-release usr/lib/os-release usr/lib/python3 dev"
        " usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 var/lib/dpkg/status var/lib/dpkg/info"
    )
    tarball = tmp_path / "machine/upper/root.tar.gz"
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    run("tar", "-C", unpacked, "--exclude=dev", "-xzf", tarball, cwd=tmp_path)

    of_tarball, of_root = check(tarball, *lock), check(unpacked, *lock)

    assert of_tarball[1]["target"]["name"].startswith("debian-12")
    assert _told(of_tarball[1]) == _told(of_root[1])
    status, found = of_tarball
    assert status == 1
    assert failing(found) == {"markupsafe": {"external-out-of-range"}}
    assert "satisfied-external" in verdicts(found, "idna")
    assert check(tarball, *lock, "--policy", "report")[0] == 0


@pytest.mark.native("umoci", "skopeo")
def test_the_documented_commands_do_what_is_shown(
    root: Path, application: Application, tmp_path: Path
) -> None:
    altered = tmp_path / "altered"
    shutil.copytree(root, altered, symlinks=True)
    (module,) = altered.glob("opt/shop/lib/python3.*/site-packages/idna/core.py")
    module.write_text(f"{module.read_text()}# fixed in place\n")
    (tmp_path / "scratch").mkdir()
    saved = next(p for p in as_image(altered, tmp_path / "scratch") if p.name == "saved.tar")
    saved.rename(tmp_path / "shop.tar")
    shutil.copy(application.lock, tmp_path)

    shown = [
        step
        for step in steps(ROOT / "docs/how-to/check-an-image.md")
        if step.command.startswith("repackage ")
    ]
    for step in shown:
        here = step.command.replace("python3.11", f"python3.{sys.version_info.minor}")
        done = subprocess.run(
            [sys.executable, "-m", *here.split()],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        expected = 0 if "--policy range" in here else 1
        if "--python 3.12" not in here:  # which may not be the one that it was made for
            assert done.returncode == expected, f"{here}: {done.stdout}{done.stderr}"
        if step.output:
            assert matches(step.output, done.stdout), done.stdout
    assert len(shown) == 7
    assert json.loads((tmp_path / "shop.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "shop.xml").read_text().startswith("<?xml")
