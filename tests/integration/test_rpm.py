"""An rpm, as rpm, createrepo_c, dnf, cpio, bsdtar and rpmlint see it on this machine."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from repackage.testing import EPOCH, tree_of
from repackage.tree import Digests, Directory, File, Packed, Symlink, inline_file
from repackage_formats import rpm
from tests.formats.rpm.made import facts, owned, written
from tests.formats.rpm.test_package import BUFFER, Zeros
from tests.integration.rpms import Root, distribution, query, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from repackage.tree import Entry
    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = [pytest.mark.native("rpm"), pytest.mark.network]

#: What rpmlint calls an error, and why it is none.
JUSTIFIED = Path(__file__).with_name("rpmlint.toml")


def rpm_of(repackage: Repackage, application: Application, out: Path, *more: str) -> Path:
    """Make an rpm for EL 9 with Python 3.11."""
    repackage(
        "--format", "rpm", application.wheel, "--target", "el9", "--python", "3.11",
        "--arch", "x86_64", "--out-dir", out, *more,
    )  # fmt: skip
    (artifact,) = out.glob("*.rpm")
    return artifact


@pytest.fixture(scope="module")
def first(built: Built, repackage: Repackage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Version 1.0."""
    return rpm_of(repackage, built("pure_command"), tmp_path_factory.mktemp("1.0"))


@pytest.fixture(scope="module")
def second(
    built: Built, repackage: Repackage, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Version 1.1, without a module and a dependency of the first."""
    application = built("pure_command", version="1.1")
    return rpm_of(repackage, application, tmp_path_factory.mktemp("1.1"))


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A root with what every EL 9 has."""
    made = Root(tmp_path / "root")
    packages = tmp_path / "distribution"
    packages.mkdir()
    made.rpm("-i", *distribution(packages))
    return made


def test_rpm_lists_what_we_read(first: Path) -> None:
    listed = dict(_dumped(line) for line in query("--dump", first))
    ghosts = {path for path in listed if "__pycache__" in path}
    read = {entry.path: _expected(entry) for entry in rpm.read(first)}
    implied = {path for path, expected in read.items() if not expected[2]}

    assert implied == {"usr", "usr/bin", "usr/lib", "usr/share"}
    assert {path: listed[path] for path in listed.keys() - ghosts} == {
        path: expected for path, expected in read.items() if path not in implied
    }
    assert ghosts


Dumped = tuple[int, int, int, str, str]


def _dumped(line: str) -> tuple[str, Dumped]:
    """Read a line of ``rpm --dump``: a path, and ten fields after it."""
    path, size, mtime, digest, mode, user, group, _, _, _, target = line.rsplit(" ", 10)
    assert (user, group) == ("root", "root")
    return path[1:], (int(mode, 8), int(size), int(mtime), digest.strip("0"), target)


def _expected(entry: Entry) -> Dumped:
    match entry:
        case File(mode=mode, size=size, mtime=mtime, digests=digests):
            return stat.S_IFREG | mode, size, mtime, digests.sha256.strip("0"), "X"
        case Symlink(target=target, mtime=mtime):
            return stat.S_IFLNK | 0o777, len(target), mtime, "", target
        case Directory(mode=mode, mtime=mtime):
            return stat.S_IFDIR | mode, 0, mtime, "", "X"


def test_rpm_says_of_relations_and_scripts_what_we_say(first: Path) -> None:
    described = rpm.describe(first)
    for kind in ("provides", "requires"):
        said = [line for line in query(f"--{kind}", first) if not line.startswith("rpmlib(")]
        assert described[kind.capitalize()] == ", ".join(dict.fromkeys(said))

    assert "python(abi) = 3.11" in described["Requires"]
    assert any("compileall" in line for line in query("--scripts", first))
    assert query("--queryformat", "%{nevra}", first) == [first.name.removesuffix(".rpm")]


def test_altered_bytes_are_noticed_by_rpm_and_by_us(first: Path, tmp_path: Path) -> None:
    assert run("rpm", "-K", first).endswith("digests OK\n")
    data = first.read_bytes()
    for name, at in (("header", 4504 + 20_000), ("payload", len(data) - 1000)):
        altered = tmp_path / f"{name}.rpm"
        altered.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert "NOT OK" in run("rpm", "-K", altered, check=False)
        with pytest.raises(Exception, match=r"damaged|altered|header says"):
            list(rpm.read(altered))


def test_a_package_is_installed_verified_upgraded_and_erased_without_a_trace(
    first: Path, second: Path, root: Root
) -> None:
    before = root.files()
    root.rpm("-i", "--noscripts", first)
    assert root.rpm("-V", "pure-command") == ""
    site = root.path / "usr/lib/pure-command/lib/python3.11/site-packages"
    assert (site / "slugify").is_dir()
    compiled = site / "pure_command/__pycache__/old.cpython-311.pyc"
    compiled.parent.mkdir(exist_ok=True)
    compiled.write_bytes(b"as if a run of root had left it")

    root.rpm("-U", "--noscripts", second)
    assert root.rpm("-V", "pure-command") == ""
    assert not (site / "slugify").exists()
    assert not compiled.exists()
    (site / "pure_command/__init__.py").write_text("altered")
    assert "S.5....T." in root.rpm("-V", "pure-command", check=False)

    root.rpm("-e", "--noscripts", "pure-command")
    assert root.files() == before


@pytest.mark.native("createrepo_c", "dnf")
def test_dnf_installs_upgrades_and_removes_from_a_repository(
    first: Path, second: Path, tmp_path: Path
) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    distribution(repository)
    (repository / first.name).write_bytes(first.read_bytes())
    run("createrepo_c", "-q", repository)
    root = Root(tmp_path / "root")
    root.dnf(repository, "install", "filesystem", "bash", "python3.11")
    before = root.files()

    root.dnf(repository, "install", "pure-command")
    assert root.rpm("-V", "pure-command") == ""
    (repository / second.name).write_bytes(second.read_bytes())
    run("createrepo_c", "-q", repository)
    root.dnf(repository, "--refresh", "upgrade")
    assert root.rpm("-q", "pure-command").strip() == second.name.removesuffix(".rpm")
    root.dnf(repository, "remove", "pure-command")
    assert root.files() == before


@pytest.mark.native("rpm2cpio", "cpio", "bsdtar")
@pytest.mark.parametrize("codec", ["gzip", "xz", "zstd"])
def test_other_programs_unpack_the_same_files(codec: str, tmp_path: Path) -> None:
    tree = owned(
        tree_of(
            *(
                inline_file(f"usr/lib/demo/{number}", BUFFER, mtime=EPOCH)
                for number in range(3)
            ),
            Symlink(path="usr/lib/demo/ünusual", target="1", mtime=EPOCH),
        )
    )
    artifact = written(tmp_path, facts(tree, compression=codec))
    unpackers = {
        "cpio": f"rpm2cpio {artifact} | cpio -idm --quiet",
        "bsdtar": f"bsdtar -xf {artifact}",
    }
    for name, command in unpackers.items():
        out = tmp_path / name
        out.mkdir()
        run("sh", "-c", command, cwd=out)
        found = {path.relative_to(out).as_posix(): path for path in out.rglob("*")}
        assert {entry.path for entry in tree} == found.keys() - {"usr", "usr/lib"}
        assert found["usr/lib/demo/ünusual"].readlink().as_posix() == "1"
        assert found["usr/lib/demo/2"].read_bytes() == BUFFER
        assert found["usr/lib/demo/2"].stat().st_mtime == EPOCH


@pytest.mark.native("rpmlint")
@pytest.mark.parametrize(
    "name", ["pure_command", "compiled_service", "workspace", "tox_itself"]
)
def test_rpmlint_has_no_error_but_those_that_are_justified(
    name: str, built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    artifact = rpm_of(repackage, built(name), tmp_path)
    said = run("rpmlint", "-c", JUSTIFIED, artifact, check=False)

    assert "0 errors" in said, said


def test_a_file_of_more_than_4_gib_is_installed_and_verified(
    root: Root, tmp_path: Path
) -> None:
    size = (1 << 32) + 5
    digest = hashlib.sha256()
    for _ in range(size // len(BUFFER)):
        digest.update(BUFFER)
    digest.update(bytes(5))
    large = File(
        path="opt/large/zeros",
        mode=0o644,
        mtime=EPOCH,
        size=size,
        digests=Digests(sha256=digest.hexdigest(), md5="", crc32=0),
        content=Packed(find=lambda: Zeros(size)),  # type: ignore[arg-type, return-value]  # reads are enough
    )
    tree = tree_of(large)
    artifact = written(tmp_path, facts(tree))
    assert query("--queryformat", "[%{longfilesizes} ]%{longsize}", artifact) == [
        f"0 0 {size} {size}"
    ]

    root.rpm("-i", artifact)
    assert (root.path / "opt/large/zeros").stat().st_size == size
    assert root.rpm("-V", "demo") == ""
    root.rpm("-e", "demo")


def test_a_package_of_format_6_is_installed_verified_and_erased(
    root: Root, tmp_path: Path
) -> None:
    tree = owned(tree_of(inline_file("usr/lib/demo/a", BUFFER, mtime=EPOCH)))
    artifact = written(tmp_path, facts(tree, rpm_format=6))
    assert run("rpm", "-K", artifact).endswith("digests OK\n")

    root.rpm("-i", artifact)
    assert root.rpm("-V", "demo") == ""
    root.rpm("-e", "demo")
    assert not (root.path / "usr/lib/demo").exists()


def test_inspect_shows_what_rpm_shows(first: Path, repackage: Repackage) -> None:
    shown = json.loads(repackage("inspect", first, "--json"))["metadata"]
    asked = ("NAME", "VERSION", "RELEASE", "ARCH", "LICENSE", "SUMMARY", "SOURCERPM")
    said = query("--queryformat", "".join(f"%{{{tag}}}\n" for tag in asked), first)
    words = ("Name", "Version", "Release", "Architecture", "License", "Summary", "Source RPM")

    assert [shown[word] for word in words] == said
