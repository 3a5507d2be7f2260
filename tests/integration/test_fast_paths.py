"""What is copied, from wheels or from an earlier build, arrives whole: asked of its consumers.

dpkg can install half of a package with status 0, so every path is compared.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from repackage import registry
from repackage.tree import Directory, Entry, File, Symlink
from tests.formats.small_shares import SmallShares, make_shares_small
from tests.integration.roots import TOOLS, Machine, debian_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    Installed = dict[str, tuple[str, str, str]]

#: How payloads are compressed: gz is copied from wheels, unless it is asked to be made anew.
WAYS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "gz": ("gz", {}),
    "anew": ("gz", {f"{name}.recompress": "true" for name in ("deb", "rpm", "tar", "oci")}),
    "xz": ("xz", {}),
    "zst": ("zst", {}),
}
#: Debians, and the releases of dpkg and rpm that they have.
SUITES = [
    pytest.param(("bullseye", "1.20", "4.16"), id="debian-11"),
    pytest.param(("bookworm", "1.21", "4.18"), id="debian-12"),
    pytest.param(("trixie", "1.22", "4.20"), id="debian-13"),
    pytest.param(("sid", "1.2", "6."), id="sid"),
]
RPM = "rpm --dbpath /var/lib/rpm --noplugins"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """For each way the second release, put together from what the first has left."""
    directory = tmp_path_factory.mktemp("made")
    application = SmallShares.make(directory / "project")
    found: dict[str, dict[str, Path]] = {}
    with pytest.MonkeyPatch.context() as patch:
        make_shares_small(patch)
        for way, (codec, settings) in WAYS.items():
            cache = directory / f"cache-{way}"
            application.rebuild({"app/__init__.py": "RELEASE = 1\n"})
            first = application.build(codec, cache=cache, settings=settings)
            application.rebuild({"app/__init__.py": "RELEASE = 2\n", "app/data": bytes(9000)})
            second = application.build(codec, cache=cache, settings=settings)
            fresh = application.build(codec, cache=directory / "none" / way, settings=settings)
            assert second == fresh
            assert all(second[name] != data for name, data in first.items())
            found[way] = {}
            for name, data in second.items():
                path = directory / f"{way}-{name}"
                path.write_bytes(data)
                found[way][name.rpartition(".")[2] if ".tar." not in name else "tarball"] = path
    return found


def facts(entry: Entry) -> tuple[str, str, str]:
    """Kind, mode, and content or target."""
    match entry:
        case File(mode=mode, digests=digests):
            return ("f", f"{mode:o}", digests.sha256)
        case Directory(mode=mode):
            return ("d", f"{mode:o}", "")
        case Symlink(target=target):
            return ("l", "", target)


def staged(format_name: str, artifact: Path) -> Installed:
    """The tree, that the build has compared with these entries."""
    entries = registry.load(format_name).read(artifact)
    return {entry.path: facts(entry) for entry in entries}


#: Prints kind, mode, path and target, and then digest and path.
LISTING = r"""cd {root}
find . -mindepth 1 -printf '%y\t%m\t%P\t%l\n'
find . -type f -exec sha256sum {{}} +
"""


def listed(lines: Iterable[str]) -> Installed:
    """Read what :data:`LISTING` prints."""
    digests: dict[str, str] = {}
    found: dict[str, tuple[str, str, str]] = {}
    for line in lines:
        if "\t" not in line:
            digest, _, path = line.partition("  ./")
            digests[path] = digest
            continue
        kind, mode, path, target = line.split("\t")
        found[path] = (kind, "" if kind == "l" else mode, target)
    return {
        path: (kind, mode, digests.get(path, target))
        for path, (kind, mode, target) in found.items()
    }


def check_whole(expected: Installed, there: Installed) -> None:
    """See that all is there as it should be, and nothing else of the application."""
    expected = {path: each for path, each in expected.items() if path != "usr"}  # the root
    assert {path: there.get(path) for path in expected} == expected
    ours = {path for path in there if "lib/app" in path and "lib/dpkg" not in path}
    assert ours
    assert ours <= expected.keys()


@pytest.fixture(scope="module", params=SUITES)
def machine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Machine:
    suite, dpkg, rpm = request.param
    machine = Machine(root=debian_root(suite), scratch=tmp_path_factory.mktemp(suite))
    machine.run("apt-get install -q -y --no-install-recommends rpm >/dev/null 2>&1")
    assert f"version {dpkg}" in machine.run("dpkg --version")
    assert f"version {rpm}" in machine.run("rpm --version")
    return machine


@pytest.mark.native(*TOOLS)
@pytest.mark.network
@pytest.mark.parametrize("way", WAYS)
def test_dpkg_installs_every_path_of_every_codec(
    way: str, machine: Machine, made: dict[str, dict[str, Path]]
) -> None:
    artifact = made[way]["deb"]
    deb = machine.receive(artifact)
    listing = LISTING.format(root="/usr")
    unpack = f"dpkg --force-depends --unpack {deb} >/tmp/said 2>&1"
    if way == "zst" and machine.root.name == "bullseye":
        said = machine.run(f"{unpack} && exit 1; cat /tmp/said; dpkg -s app 2>&1 || :")
        assert "unknown compression" in said
        assert "not installed" in said
        return
    said = machine.run(f"{unpack}\ndpkg -V app\n{listing}dpkg --purge app >/dev/null 2>&1")

    there = {f"usr/{path}": facts for path, facts in listed(said.splitlines()).items()}
    check_whole(staged("deb", artifact), there)


@pytest.mark.native(*TOOLS)
@pytest.mark.network
@pytest.mark.parametrize("way", WAYS)
def test_rpm_installs_and_verifies_every_path_of_every_codec(
    way: str, machine: Machine, made: dict[str, dict[str, Path]]
) -> None:
    artifact = made[way]["rpm"]
    package = machine.receive(artifact)
    machine.run(f"{RPM} -K --nosignature {package}")
    machine.run(f"{RPM} -i --nodeps --noscripts {package}")
    verified = machine.run(f"{RPM} -V --nodeps app 2>&1 | grep -v '^rpm:' || :")
    said = machine.run(LISTING.format(root="/usr"))
    machine.run(f"{RPM} -e --nodeps --noscripts app")

    there = {f"usr/{path}": facts for path, facts in listed(said.splitlines()).items()}
    assert verified == ""
    check_whole(staged("rpm", artifact), there)


def unpacked(command: str, directory: Path) -> Installed:
    """Run a command in an empty directory; list what is there then."""
    directory.mkdir()
    script = f"set -e; umask 022; cd {directory}; {command}\n{LISTING.format(root=directory)}"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    return listed(done.stdout.splitlines())


TARS = {
    "gnu": "tar -xpf {artifact}",
    "bsd": "bsdtar -xpf {artifact}",
    "busybox": "{plain} {artifact} | busybox tar -xpf -",
}
PLAIN = {"gz": "busybox gunzip -c", "anew": "busybox gunzip -c", "xz": "busybox unxz -c"}


@pytest.mark.native("tar", "bsdtar", "busybox", "zstd", "xz")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("reader", TARS)
def test_every_tar_unpacks_every_codec(
    reader: str, way: str, made: dict[str, dict[str, Path]], tmp_path: Path
) -> None:
    artifact = made[way]["tarball"]
    command = TARS[reader].format(artifact=artifact, plain=PLAIN.get(way, "zstd -dc"))

    assert unpacked(command, tmp_path / "there") == staged("tar", artifact)


@pytest.mark.native("unzip", "bsdtar")
@pytest.mark.parametrize("command", ["unzip -q", "bsdtar -xpf"])
def test_every_zip_reader_unpacks_what_was_copied(
    command: str, made: dict[str, dict[str, Path]], tmp_path: Path
) -> None:
    artifact = made["gz"]["zip"]

    assert unpacked(f"{command} {artifact}", tmp_path / "there") == staged("zip", artifact)


@pytest.mark.native("skopeo", "tar", "umoci")
@pytest.mark.parametrize("way", ["gz", "anew", "zst"])
def test_layers_are_unpacked_whole(
    way: str, made: dict[str, dict[str, Path]], tmp_path: Path
) -> None:
    artifact = made[way]["tar"]
    copy, layout = tmp_path / "copy", tmp_path / "layout"
    run = ("skopeo", "copy", "-q", f"oci-archive:{artifact}")
    subprocess.run([*run, "--dest-decompress", f"dir:{copy}"], check=True)
    subprocess.run([*run, f"oci:{layout}:1.0"], check=True)
    extract = f"""python3 -c "
import json
for layer in json.load(open('{copy}/manifest.json'))['layers']:
    print(layer['digest'].partition(':')[2])
" | while read digest; do tar -xpf {copy}/$digest; done"""
    expected = staged("oci", artifact)

    assert unpacked(extract, tmp_path / "skopeo") == expected
    if way != "zst":  # umoci of Debian 12 has none
        subprocess.run(
            ["umoci", "unpack", "--image", f"{layout}:1.0", tmp_path / "bundle"], check=True
        )
        listing = LISTING.format(root=tmp_path / "bundle/rootfs")
        said = subprocess.run(["sh", "-c", listing], capture_output=True, text=True, check=True)
        assert listed(said.stdout.splitlines()) == expected
