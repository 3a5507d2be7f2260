"""Every kind of source that uv locks, fetched or built: no wheel is given but the root's."""

from __future__ import annotations

import json
import shutil
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from repackage.build import Asked, plan, request_of
from repackage.source._interpreter import probed
from tests.integration.applications import uv
from tests.integration.roots import TOOLS
from tests.integration.simple_index import serving
from tests.unit.source.projects import Source, listing, make_repository
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.roots import Machine

pytestmark = [pytest.mark.native("git"), pytest.mark.network]

PYPROJECT = """\
[project]
name = "app"
version = "1.0"
requires-python = ">=3.10"
dependencies = [
    "member", "docopt==0.6.2", "from-git", "from-url-wheel", "from-url-sdist",
    "from-path-wheel", "from-path-sdist", "from-repository-wheel", "from-tree",
]

[project.scripts]
app = "app:main"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.uv]
build-constraint-dependencies = ["hatchling==1.27.0"]

[tool.uv.workspace]
members = ["packages/*"]

[tool.uv.sources]
member = {{ workspace = true }}
from-git = {{ git = "{repository}", subdirectory = "python", tag = "v1.0" }}
from-url-wheel = {{ url = "{served}/from_url_wheel-1.0-py3-none-any.whl" }}
from-url-sdist = {{ url = "{served}/from_url_sdist-1.0.tar.gz" }}
from-path-wheel = {{ path = "archives/from_path_wheel-1.0-py3-none-any.whl" }}
from-path-sdist = {{ path = "archives/from_path_sdist-1.0.tar.gz" }}
from-repository-wheel = {{ git = "{repository}", path = "wheels/from_repository_wheel-1.0-py3-none-any.whl" }}
from-tree = {{ path = "../tree" }}
"""

MEMBER = """\
[project]
name = "member"
version = "1.0"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""

APP = """\
import docopt, from_git, from_path_sdist, from_tree, from_url_sdist, member

def main():
    print(docopt.__version__, from_git.answer, from_path_sdist.answer, from_tree.answer,
          from_url_sdist.answer, member.answer)
"""

TREE = """\
[project]
name = "from-tree"
version = "1.0"

[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
"""

BUILT = ("docopt", "from-git", "from-path-sdist", "from-tree", "from-url-sdist", "member")


@dataclass(frozen=True)
class Workspace:
    """A workspace with one dependency of each kind."""

    directory: Path
    wheel: Path

    @property
    def arguments(self) -> list[str]:
        directories = ["--cache-dir", str(self.directory.parent / "cache")]
        return [str(self.wheel), "--target", "debian-12", "--arch", "x86_64", *directories]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    top = tmp_path_factory.mktemp("sources")
    repository = make_repository(top / "repository")
    Source(name="from_git").write(repository.directory / "python")
    WheelFactory(repository.directory / "wheels")("from-repository-wheel")
    repository.commit()
    repository.git("tag", "v1.0")
    WheelFactory(top / "served")("from-url-wheel")
    Source(name="from_url_sdist").sdist(top / "served")
    directory = top / "workspace"
    WheelFactory(directory / "archives")("from-path-wheel")
    Source(name="from_path_sdist").sdist(directory / "archives")
    write(directory / "packages/member/pyproject.toml", MEMBER)
    write(directory / "packages/member/src/member/__init__.py", "answer = 42\n")
    write(top / "tree/pyproject.toml", TREE)
    write(top / "tree/from_tree/__init__.py", "answer = 43\n")
    write(directory / "src/app/__init__.py", APP)
    with serving(top / "served") as served:
        text = PYPROJECT.format(repository=repository.url, served=served.url)
        write(directory / "pyproject.toml", text)
        uv("lock", directory=directory)
        uv("build", "--wheel", "--package", "app", directory=directory)
        yield Workspace(directory, directory / "dist/app-1.0-py3-none-any.whl")


def test_the_plan_says_what_will_be_built_and_builds_nothing(
    workspace: Workspace, repackage: Callable[..., str]
) -> None:
    flags = {"formats": ("tar",), "target": "debian-12", "arch": "x86_64"}
    cache = workspace.directory.parent / "plan-cache"
    asked = Asked(wheel=workspace.wheel, flags=flags, cache_dir=cache)
    planned = plan(request_of(asked))

    to_build = {str(name): what for name, what in planned.to_build.items()}
    assert planned.missing == ()
    assert tuple(sorted(to_build)) == BUILT
    assert to_build["docopt"] == "the sdist docopt-0.6.2.tar.gz"
    assert to_build["member"] == (f"the source tree {workspace.directory / 'packages/member'}")
    assert to_build["from-git"].startswith("the commit ")
    assert not list(cache.rglob("built"))
    assert repackage("plan", "-f", "tar", *workspace.arguments, "--json")


def test_everything_is_fetched_or_built_and_the_trees_stay_clean(
    workspace: Workspace, repackage: Callable[..., str], tmp_path: Path
) -> None:
    trees = (workspace.directory, workspace.directory.parent / "tree")
    before = [listing(tree) for tree in trees]

    made = repackage("--format", "tar", *workspace.arguments, "-o", tmp_path)

    assert [listing(tree) for tree in trees] == before
    entries = json.loads(repackage("inspect", made.strip(), "--json"))
    text = json.dumps(entries)
    for name in (*BUILT, "from-url-wheel", "from-path-wheel", "from-repository-wheel"):
        assert f"{name.replace('-', '_')}-" in text
    cache = workspace.directory.parent / "cache"
    (member,) = cache.rglob("member-1.0-*.whl")
    with zipfile.ZipFile(member) as archive:
        assert b"hatchling 1.27.0" in archive.read("member-1.0.dist-info/WHEEL")


def test_what_was_built_once_needs_neither_network_nor_repository(
    workspace: Workspace, repackage: Callable[..., str], tmp_path: Path
) -> None:
    first = repackage("--format", "tar", *workspace.arguments, "-o", tmp_path / "1").strip()
    repository = workspace.directory.parent / "repository"
    hidden = repository.rename(repository.with_name("hidden"))
    try:
        again = repackage(
            "--format", "tar", *workspace.arguments, "--offline", "-o", tmp_path / "2"
        ).strip()
    finally:
        hidden.rename(repository)

    assert tmp_path.joinpath(first).read_bytes() == tmp_path.joinpath(again).read_bytes()


def test_another_store_gives_the_same_bytes(
    workspace: Workspace, repackage: Callable[..., str], tmp_path: Path
) -> None:
    arguments = workspace.arguments
    first = repackage("--format", "tar", *arguments, "-o", tmp_path / "1").strip()
    arguments[arguments.index("--cache-dir") + 1] = str(tmp_path / "cache")
    again = repackage("--format", "tar", *arguments, "-o", tmp_path / "2").strip()
    shutil.rmtree(tmp_path / "cache")

    assert tmp_path.joinpath(first).read_bytes() == tmp_path.joinpath(again).read_bytes()


@pytest.mark.native(*TOOLS)
def test_a_deb_of_what_was_built_is_installed_and_runs(
    workspace: Workspace, repackage: Callable[..., str], bookworm: Machine, tmp_path: Path
) -> None:
    made = repackage("--format", "deb", *workspace.arguments, "-o", tmp_path)
    deb = bookworm.receive(Path(made.strip()))

    bookworm.run(f"apt-get install -q -y --no-install-recommends {deb}")

    assert bookworm.run("app", user=1000) == "0.6.2 42 42 43 42 42\n"
    assert bookworm.run("dpkg -V app") == ""
    assert bookworm.run(f"grep -rl {workspace.directory.parent} /usr/lib/app || true") == ""


EXTENSION = """\
[project]
name = "extension"
version = "1.0"

[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
ext-modules = [{ name = "extension", sources = ["extension.c"] }]
"""

C = """\
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "extension", 0, -1, 0};
PyMODINIT_FUNC PyInit_extension(void) { return PyModule_Create(&module); }
"""


@pytest.mark.native("cc")
def test_machine_code_is_built_for_this_machine_and_refused_for_another(
    repackage: Callable[..., str], tmp_path: Path
) -> None:
    running = probed(sys.executable)
    assert running is not None
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        pytest.skip("this Python has no headers")
    write(tmp_path / "extension/pyproject.toml", EXTENSION)
    write(tmp_path / "extension/extension.c", C)
    before = listing(tmp_path / "extension")
    text = '[project]\nname = "app"\nversion = "1.0"\ndependencies = ["extension"]\n'
    text += 'requires-python = ">=3.10"\n'
    text += '[tool.uv.sources]\nextension = { path = "../extension" }\n'
    write(tmp_path / "app/pyproject.toml", f"{text}[tool.uv]\npackage = true\n")
    wheel = WheelFactory(tmp_path / "app/dist")("app", requires=["extension"])
    uv("lock", directory=tmp_path / "app")
    release = "{}.{}".format(*running.version)
    arch = running.platform.partition("-")[2]
    other = "aarch64" if arch != "aarch64" else "x86_64"

    def package(arch: str) -> str:
        tag = f"manylinux_{running.libc[1].replace('.', '_')}_{arch}"
        options = ["--python", release, "--platform", tag, "--out-dir", tmp_path]
        return repackage("--format", "tar", *options, wheel).strip()

    with tarfile.open(package(arch)) as made:
        assert [name for name in made.getnames() if name.endswith(".so")]
    with pytest.raises(AssertionError, match=r"extension 1\.0 has no wheel for .*this machine"):
        package(other)
    assert listing(tmp_path / "extension") == before
