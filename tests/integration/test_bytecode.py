"""Bytecode that is shipped: whether Python takes it, package managers own it, and it goes."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from repackage.bytecode import compiling
from repackage.errors import TargetError
from repackage.target import Python
from tests.integration import images, roots
from tests.integration.images import debian_bases
from tests.integration.rpms import Root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application
    from tests.integration.roots import Machine

    Built = Callable[..., Application]
    Repackage = Callable[..., str]


def _has_compiler() -> bool:
    try:
        compiling(Python(major=3, minor=11))
    except TargetError:
        return False
    return True


pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(not _has_compiler(), reason="there is no Python 3.11 to compile with"),
]

INSTALL = "apt-get install -q -y --no-install-recommends"
SITE = "/usr/lib/pure-command/lib/python3.11/site-packages"
#: What Python says of each module that it loads with -v.
_CODE = re.compile(r"^# code object from '?([^'\n]+)'?$", re.MULTILINE)
#: Fails where the module does not name its place, or is not what was compiled.
TRACE = """
import traceback, sys, pure_command
def files(code):
    yield code.co_filename
    for each in code.co_consts:
        if hasattr(each, "co_consts"):
            yield from files(each)
spec = pure_command.__spec__
code = spec.loader.get_code("pure_command")
print(set(files(code)) == {spec.origin}, spec.origin)
data = open(spec.cached, "rb").read()
print(data[4:8] == b"\\1\\0\\0\\0")
"""


def loaded(said: str, below: str) -> list[str]:
    """The modules below a directory, each by the file that its code was from."""
    return [path for path in _CODE.findall(said) if path.startswith(below)]


@pytest.mark.native(*roots.TOOLS)
def test_a_deb_with_bytecode_compiles_nothing_and_leaves_nothing(
    built: Built, repackage: Repackage, bookworm: Machine, tmp_path: Path
) -> None:
    repackage(
        "--format", "deb", built("pure_command").wheel, "--target", "debian-12",
        "--arch", "x86_64", "--bytecode", "--out-dir", tmp_path,
    )  # fmt: skip
    (deb,) = tmp_path.glob("*.deb")
    before = bookworm.files()
    bookworm.run(f"{INSTALL} {bookworm.receive(deb)}")
    installed = bookworm.files()
    python = "/usr/lib/pure-command/bin/python"

    said = bookworm.run(f"{python} -v -c 'import pure_command, httpx' 2>&1", user=1000)
    paths = loaded(said, SITE)
    assert len(paths) > 20
    assert [path for path in paths if not path.endswith(".pyc")] == []
    origin = f"{SITE}/pure_command/__init__.py"
    assert bookworm.run(f"cat > /tmp/t.py <<'END'\n{TRACE}\nEND\n{python} /tmp/t.py") == (
        f"True {origin}\nTrue\n"
    )
    bookworm.run("pure-command")
    assert bookworm.files() == installed  # root's runs leave nothing either
    assert bookworm.run("dpkg -V pure-command") == ""
    assert bookworm.run("ls /var/lib/dpkg/info/pure-command.*inst* 2>/dev/null || true") == ""

    bookworm.run("apt-get purge -q -y pure-command && apt-get autoremove -q -y --purge")
    assert {path for path in bookworm.files() - before if not path.endswith(".deb")} == set()


@pytest.mark.native("rpm")
def test_an_rpm_with_bytecode_owns_it_and_takes_it_along(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    repackage(
        "--format", "rpm", built("pure_command").wheel, "--target", "el9", "--python", "3.11",
        "--arch", "x86_64", "--bytecode", "--out-dir", tmp_path,
    )  # fmt: skip
    (package,) = tmp_path.glob("*.rpm")
    root = Root(tmp_path / "root")
    root.path.mkdir()
    root.rpm("--initdb")
    before = root.files()

    root.rpm("-i", "--nodeps", package)
    assert root.rpm("-V", "--nodeps", "pure-command") == ""
    assert root.rpm("-q", "--scripts", "pure-command") == ""
    listed = set(root.rpm("-ql", "pure-command").splitlines())
    compiled = {path for path in listed if path.endswith(".cpython-311.pyc")}
    assert f"{SITE}/pure_command/__pycache__/__init__.cpython-311.pyc" in compiled
    said = subprocess.run(
        [compiling(Python(major=3, minor=11)).path, "-I", "-v", "-c",
         f"import sys; sys.path[:0] = [{str(root.path) + SITE!r}]; import httpx"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    paths = loaded(said, str(root.path))
    assert len(paths) > 20
    assert [path for path in paths if not path.endswith(".pyc")] == []
    assert root.rpm("-V", "--nodeps", "pure-command") == ""

    root.rpm("-e", "pure-command")
    assert root.files() - before == {"usr", "usr/bin", "usr/lib", "usr/share"}  # the system's


@pytest.mark.native(*images.TOOLS)
def test_an_image_with_bytecode_starts_from_it_where_nothing_can_be_written(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    repackage(
        "--format", "oci", built("pure_command").wheel, "--target", "debian-12",
        "--arch", "x86_64", "--bytecode", "--out-dir", tmp_path,
        "-C", f"oci.base=oci:{debian_bases()}:python",
    )  # fmt: skip
    (archive,) = tmp_path.glob("*.oci.tar")
    images.run("skopeo", "copy", f"oci-archive:{archive}", f"oci:{tmp_path}/layout:app")
    root = images.unpacked(tmp_path / "layout", "app", tmp_path / "bundle")
    inside = (
        'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && '
        '! touch "$0/probe" 2>/dev/null && exec chroot --userspec=65532:65532 "$0" "$@"'
    )
    (site,) = {path.parent for path in root.glob("*/*/*/httpx")} | {
        path.parent for path in root.glob("*/*/httpx")
    }
    place = f"/{site.relative_to(root)}"

    said = subprocess.run(
        ["unshare", "-m", "sh", "-c", inside, root, "/usr/bin/python3.11", "-v", "-c",
         f"import sys; sys.path[:0] = [{place!r}]; import pure_command, httpx"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip

    paths = loaded(said, place)
    assert len(paths) > 20
    assert [path for path in paths if not path.endswith(".pyc")] == []
