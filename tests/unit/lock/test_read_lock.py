"""What is read from a lock."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from packaging.version import Version

from repackage.lock import (
    ConflictItem,
    DirectUrl,
    Git,
    Hash,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    SourceTree,
    read_lock,
)
from tests.unit.lock.pieces import APP, DEP, GIT, HEAD, SHA, URL, name, package, read, wheel


def test_the_top_level_is_read(tmp_path: Path) -> None:
    text = (
        'version = 1\nrevision = 3\nrequires-python = ">=3.10"\n'
        "resolution-markers = [\"os_name == 'nt'\"]\n"
        "supported-markers = [\"os_name == 'posix'\"]\n"
        'conflicts = [[{ package = "App", extra = "A" }, { package = "app", group = "b" }]]\n'
        '[manifest]\nmembers = ["app", "lib"]\ndefault-groups = "all"\n'
        'requirements = [{ name = "x", specifier = ">=1" }]\n'
        '[manifest.dependency-groups]\ndev = [{ name = "y", directory = "y" }]\n'
    )

    lock = read(text, tmp_path)

    assert lock.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert lock.revision == 3
    assert lock.requires_python == ">=3.10"
    assert lock.resolution_markers == ("os_name == 'nt'",)
    assert lock.supported_markers == ("os_name == 'posix'",)
    assert lock.conflicts == (
        (
            ConflictItem(package=name("app"), extra=name("a")),
            ConflictItem(package=name("app"), group=name("b")),
        ),
    )
    assert lock.members == ("app", "lib")
    assert lock.manifest.default_groups == "all"
    assert [str(r.specifier) for r in lock.manifest.requirements] == [">=1"]
    (required,) = lock.manifest.dependency_groups[name("dev")]
    assert required.source == SourceTree(kind="directory", path=tmp_path / "y")


def test_the_only_member_is_the_package_beside_the_lock(tmp_path: Path) -> None:
    assert read(HEAD + DEP + APP, tmp_path).members == ("app",)
    assert read(HEAD + DEP, tmp_path).members == ()


def test_a_member_is_read_with_its_declarations(tmp_path: Path) -> None:
    text = (
        f'{HEAD}{APP}default-groups = ["dev"]\ndependencies = [{{ name = "dep" }}]\n'
        '[package.optional-dependencies]\nX_y = [{ name = "dep", marker = "os_name == \'nt\'" }]\n'
        "[package.dev-dependencies]\ndev = []\n"
        "[package.group-requires-python]\ndev = '>=3.12'\n"
        "[package.metadata]\nrequires-dist = ["
        '{ name = "dep", specifier = ">=1", extras = ["z"] },'
        f' {{ name = "d2", marker = "extra == \'x-y\'", git = "{GIT.partition("#")[0]}" }}]\n'
        'provides-extras = ["x-y"]\n'
        f"[package.metadata.requires-dev]\ndev = []\n{DEP}"
    )

    app, dep = read(text, tmp_path).packages

    assert app.key == "package[0]"
    assert app.default_groups == ("dev",)
    assert [edge.target for edge in app.dependencies] == [dep.id]
    assert app.optional_dependencies[name("x-y")][0].marker == "os_name == 'nt'"
    assert dict(app.dev_dependencies) == {"dev": ()}
    assert app.group_requires_python[name("dev")] == ">=3.12"
    assert app.declarations is not None
    first, second = app.declarations.requires_dist
    assert (first.name, first.extras, str(first.specifier)) == ("dep", ("z",), ">=1")
    assert isinstance(second.source, Git)
    assert app.declarations.provides_extras == ("x-y",)
    assert dep.declarations is None


def test_an_edge_follows_its_version_and_source(tmp_path: Path) -> None:
    other = DEP.replace("index.example", "other.example")
    text = (
        f"{HEAD}{APP}dependencies = ["
        '{ name = "dep", version = "1.0",'
        ' source = { registry = "https://other.example/simple" } }]\n'
        f"{DEP}{other}"
    )

    app, _, second = read(text, tmp_path).packages

    assert app.dependencies[0].target == second.id


@pytest.mark.parametrize("kind", ["directory", "editable", "virtual"])
def test_an_edge_to_a_tree_without_version_is_found(kind: str, tmp_path: Path) -> None:
    tree = f'[[package]]\nname = "dep"\nsource = {{ {kind} = "dep" }}\n'
    text = (
        f'{HEAD}{APP}dependencies = [{{ name = "dep", source = {{ {kind} = "dep" }} }}]\n'
        f"{DEP}{tree}"
    )

    app, _, second = read(text, tmp_path).packages

    assert app.dependencies[0].target == second.id


def test_every_source_is_read(tmp_path: Path) -> None:
    def source(written: str) -> object:
        return read(package(written), tmp_path).packages[0].id.source

    assert source('{ registry = "https://i.example/simple" }') == RegistryUrl(
        url="https://i.example/simple"
    )
    assert source('{ registry = "../wheels" }') == RegistryPath(path=tmp_path.parent / "wheels")
    assert source('{ url = "https://i.example/d.zip#x", subdirectory = "s" }') == DirectUrl(
        url="https://i.example/d.zip", subdirectory="s"
    )
    assert source('{ path = "./a/../d.zip" }') == LocalArchive(path=tmp_path / "d.zip")
    assert source('{ directory = "/d" }') == SourceTree(kind="directory", path=Path("/d"))
    assert source('{ virtual = "." }') == SourceTree(kind="virtual", path=tmp_path)
    assert source(
        f'{{ git = "ssh://g@git.example/x?subdirectory=a%2Fb&lfs=true&tag=v1+2#{"A" * 40}" }}'
    ) == Git(
        url="ssh://g@git.example/x",
        commit="a" * 40,
        subdirectory="a/b",
        lfs=True,
        reference="tag=v1 2",
    )


def test_files_know_where_they_are(tmp_path: Path) -> None:
    def files(source: str, more: str) -> list[tuple[str, str | Path | None]]:
        (dep,) = read(package(source, more), tmp_path).packages
        found = [*dep.wheels, *([dep.sdist] if dep.sdist else [])]
        return [(file.filename, file.location) for file in found]

    whl = "dep-1.0-py3-none-any.whl"
    digest = f'hash = "sha256:{SHA}"'
    assert files(
        '{ registry = "https://i.example/" }', f'wheels = [{{ url = "{URL}?a#b" }}]'
    ) == [(whl, f"{URL}?a#b")]
    assert files('{ registry = "https://i.example/" }', f'wheels = [{{ path = "{whl}" }}]') == [
        (whl, None)
    ]
    assert files('{ registry = "flat" }', f'wheels = [{{ path = "a/{whl}" }}]') == [
        (whl, tmp_path / "flat/a" / whl)
    ]
    assert files('{ registry = "flat" }', f'wheels = [{{ url = "{URL}" }}]') == [(whl, URL)]
    assert files(f'{{ url = "{URL}" }}', f'wheels = [{{ url = "{URL}", {digest} }}]') == [
        (whl, URL)
    ]
    assert files('{ url = "https://f.example/d.zip" }', f"sdist = {{ {digest} }}") == [
        ("d.zip", "https://f.example/d.zip")
    ]
    assert files(f'{{ path = "{whl}" }}', f'wheels = [{{ filename = "{whl}", {digest} }}]') == [
        (whl, tmp_path / whl)
    ]
    git = f'{{ git = "https://g.example/x?path=a/{whl}#{"a" * 40}" }}'
    assert files(git, f'wheels = [{{ filename = "{whl}", {digest} }}]') == [(whl, None)]


def test_a_hash_is_lower_case_and_a_size_a_number(tmp_path: Path) -> None:
    entry = f'url = "{URL}", hash = "blake2b:{"A" * 64}", size = 7'

    (file,) = read(wheel(entry), tmp_path).packages[0].wheels

    assert file.hash == Hash(algorithm="blake2b", digest="a" * 64)
    assert file.size == 7
    assert file.key == "package[0].wheels[0]"


def test_a_version_is_shared_by_text(tmp_path: Path) -> None:
    app, dep = read(HEAD + APP + DEP, tmp_path).packages

    assert app.id.version == Version("1.0")
    assert app.id.version is dep.id.version


def test_a_lock_named_through_other_directories_means_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    straight = read(HEAD + APP, tmp_path)

    around = read_lock(tmp_path / "a" / ".." / "uv.lock")

    assert around.packages == straight.packages
    assert around.members == ("app",)
    assert around.directory == tmp_path


def test_an_extra_that_its_target_does_not_have_is_dropped_as_uv_does(tmp_path: Path) -> None:
    edge = '{ name = "dep", extra = ["gone", "fast"] }'
    extras = "[package.optional-dependencies]\nfast = []\n"

    lock = read(f"{HEAD}{APP}dependencies = [{edge}]\n{DEP}{extras}", tmp_path)

    assert lock.packages[0].dependencies[0].extras == ("fast",)


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    text = f"{HEAD}{APP}{DEP}"

    assert read(text.replace("\n", "\r\n"), tmp_path).packages == read(text, tmp_path).packages
