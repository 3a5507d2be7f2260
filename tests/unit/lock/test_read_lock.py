"""What a lock may say, and what is refused: section by section of the schema."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from repackage.errors import LockError
from repackage.lock import (
    ConflictItem,
    DirectUrl,
    Git,
    Hash,
    LocalArchive,
    Lock,
    RegistryPath,
    RegistryUrl,
    SourceTree,
    read_lock,
)
from tests.unit.lock.toml_writer import dump

HEAD = 'version = 1\nrevision = 5\nrequires-python = ">=3.10"\n'
INDEX = 'source = { registry = "https://index.example/simple" }'
SHA = "0" * 64
URL = "https://files.example/dep-1.0-py3-none-any.whl"
APP = '[[package]]\nname = "app"\nversion = "1.0"\nsource = { editable = "." }\n'
DEP = (
    f'[[package]]\nname = "dep"\nversion = "1.0"\n{INDEX}\n'
    f'wheels = [{{ url = "{URL}", hash = "sha256:{SHA}", size = 3 }}]\n'
)
GIT = "https://git.example/dep?rev=main#" + "a" * 40


def read(text: str, tmp_path: Path) -> Lock:
    """Write a lock and read it."""
    path = tmp_path / "uv.lock"
    path.write_text(text, encoding="utf-8")
    return read_lock(path)


def package(source: str, more: str = "", *, version: str = 'version = "1.0"') -> str:
    """One package with a source."""
    return f'{HEAD}[[package]]\nname = "dep"\n{version}\nsource = {source}\n{more}\n'


def wheel(entry: str, *, source: str = '{ registry = "https://index.example/simple" }') -> str:
    """One package with one wheel."""
    return package(source, f"wheels = [{{ {entry} }}]")


ACCEPTED = {
    "no revision": 'version = 1\nrequires-python = ">=3.10"\n',
    "a revision to come": 'version = 1\nrevision = 99\nrequires-python = ">=3.10"\n',
    "any Python": 'version = 1\nrequires-python = ""\n',
    "no packages": HEAD,
    "unknown keys": (
        f"{HEAD}later = 1\n[options]\nlater = 1\n[manifest]\nlater = 1\n"
        f'{APP}later = 1\ndependencies = [{{ name = "app", later = 1 }}]\n'
    ),
    "an unknown option value": f'{HEAD}[options]\nresolution-mode = "weird"\n',
    "a byte order mark": f"\ufeff{HEAD}",
    "Windows line ends": HEAD.replace("\n", "\r\n"),
    "comments and dotted keys": f'# note\n{HEAD}manifest.members = ["app"]\n{APP}',
    "packages called distributions": HEAD + APP.replace("[[package]]", "[[distribution]]"),
    "groups under their old name": (
        f"{HEAD}{APP}[package.dependency-groups]\ndev = []\n"
        "[package.metadata.dependency-groups]\ndev = []\n"
    ),
    "names that are not normal": HEAD + APP.replace('"app"', '"A_.-pp"'),
    "an upload time under its old name": wheel(f'url = "{URL}", upload_time = "2025-01-01"'),
    "a vendor's compressed metadata": wheel(f'url = "{URL}", zstd = {{ size = 1 }}'),
    "a wheel without hash from an index": wheel(f'url = "{URL}"'),
    "an upper-case digest": wheel(f'url = "{URL}", hash = "sha256:{"A" * 64}"'),
    "a wheel with a local version": wheel(
        'url = "https://files.example/dep-1.0%2Bcu1-py3-none-any.whl#x"'
    ),
    "an equal version": wheel('url = "https://files.example/dep-1-py3-none-any.whl"'),
    "a variant label": wheel('url = "https://files.example/dep-1.0-py3-none-any-x86v3.whl"'),
    "a dynamic version": package('{ editable = "." }', version=""),
    "an unknown extra on an edge": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep", extra = ["x"] }}]\n{DEP}'
    ),
    "the same edge under two markers": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep", marker = "os_name == \'nt\'" }},'
        f' {{ name = "dep" }}]\n{DEP}'
    ),
    "conflicts": f'{HEAD}conflicts = [[{{ package = "a" }}, {{ package = "a", extra = "x" }}]]\n',
    "a libc floor": f'{HEAD}[options.minimum-libc-version]\nglibc = "2.28"\n',
    "a source of two kinds": package(f'{{ url = "{URL}", registry = "https://i.example/" }}'),
}

REFUSED = {
    "no version": ('requires-python = ">=3.10"\n', "version: missing"),
    "a version in words": ('version = "1"\n', "version: expected an integer, not a string"),
    "a boolean version": ("version = true\n", "version: expected an integer, not a boolean"),
    "another schema": ("version = 2\n", "version: unsupported schema version"),
    "a revision in words": (HEAD.replace("5", '"5"'), "revision: expected an integer"),
    "a negative revision": (HEAD.replace("5", "-1"), "revision: -1 is not a revision"),
    "no Python": ("version = 1\n", "requires-python: missing"),
    "a Python that is none": (
        'version = 1\nrequires-python = "x"\n',
        "requires-python: 'x' is not a version specifier",
    ),
    "packages as a table": (f"{HEAD}[package]\n", "package: expected an array, not a table"),
    "a package in words": (f'{HEAD}package = ["x"]\n', r"package\[0\]: expected a table"),
    "no name": (HEAD + APP.replace('name = "app"\n', ""), r"package\[0\].name: missing"),
    "a name that is none": (HEAD + APP.replace('"app"', '"-"'), r"\.name: '-' is not a name"),
    "no source": (
        HEAD + APP.replace('source = { editable = "." }', ""),
        r"package\[0\].source: missing",
    ),
    "a source in words": (package('"x"'), r"source: expected a table, not a string"),
    "an unknown source": (
        package('{ moon = "x" }'),
        "source: not a source that is known: moon",
    ),
    "an empty source": (package("{}"), "not a source that is known: empty"),
    "a direct URL that is none": (package('{ url = "x" }'), r"source.url: 'x' is not a URL"),
    "git without commit": (package('{ git = "https://g.example/x" }'), "full commit"),
    "git with a short commit": (package('{ git = "https://g.example/x#abc" }'), "full commit"),
    "git with its own scheme": (
        package('{ git = "git+https://g.example/x#' + "a" * 40 + '" }'),
        "no scheme that git",
    ),
    "git with two commits": (
        package(f'{{ git = "https://g.example/x?rev={"b" * 40}#{"a" * 40}" }}'),
        "two different commits",
    ),
    "git with a path that is no archive": (
        package('{ git = "https://g.example/x?path=a.txt#' + "a" * 40 + '" }'),
        "'a.txt' is not an archive",
    ),
    "an index package without version": (
        package('{ registry = "https://i.example/" }', version=""),
        r"package\[0\].version: missing",
    ),
    "a version that is none": (
        package('{ editable = "." }', version='version = "x"'),
        "'x' is not a version",
    ),
    "a wheel in words": (
        package("{ registry = 'a' }", "wheels = [1]"),
        r"wheels\[0\]: expected",
    ),
    "a wheel without location": (wheel("size = 1"), r"wheels\[0\]: needs one of"),
    "a wheel of another project": (
        wheel('url = "https://f.example/other-1.0-py3-none-any.whl"'),
        "is a wheel of 'other'",
    ),
    "a wheel of another version": (
        wheel('url = "https://f.example/dep-2.0-py3-none-any.whl"'),
        "not a wheel of version 1.0",
    ),
    "a file that is no wheel": (wheel('url = "https://f.example/dep.zip"'), "name of a wheel"),
    "a wheel of no version": (wheel('url = "https://f.example/dep-x-py3-none-any.whl"'), "'x'"),
    "a wheel with too few parts": (
        wheel('url = "https://f.example/dep-1.0-any.whl"'),
        "name of",
    ),
    "a negative size": (wheel(f'url = "{URL}", size = -1'), r"wheels\[0\].size: -1"),
    "a bare digest": (wheel(f'url = "{URL}", hash = "{SHA}"'), r"wheels\[0\].hash: "),
    "sha1": (wheel(f'url = "{URL}", hash = "sha1:{"0" * 40}"'), "not a hash of a kind"),
    "a short digest": (wheel(f'url = "{URL}", hash = "sha256:00"'), "64 hexadecimal digits"),
    "a digest of other letters": (
        wheel(f'url = "{URL}", hash = "sha256:{"g" * 64}"'),
        "64 hexadecimal digits",
    ),
    "a direct URL without hash": (
        wheel(f'url = "{URL}"', source=f'{{ url = "{URL}" }}'),
        "hash: missing",
    ),
    "a local archive without hash": (
        package('{ path = "dep-1.0.tar.gz" }', "sdist = {}"),
        r"sdist.hash: missing",
    ),
    "a source tree with hash": (
        package('{ directory = "dep" }', f'sdist = {{ hash = "sha256:{SHA}" }}'),
        "a source tree cannot have one",
    ),
    "a package twice": (f"{HEAD}{DEP}{DEP}", r"package\[1\]: 'dep' is there twice"),
    "a package twice, spelt otherwise": (
        HEAD + DEP + DEP.replace('version = "1.0"', 'version = "1"'),
        "'dep' is there twice",
    ),
    "an edge to nothing": (
        f'{HEAD}{APP}dependencies = [{{ name = "dpe" }}]\n{DEP}',
        r"package\[0\].dependencies\[0\]: 'dpe' is no package.*did you mean 'dep'",
    ),
    "an edge without name": (
        f"{HEAD}{APP}dependencies = [{{}}]\n",
        r"dependencies\[0\].name: missing",
    ),
    "an edge to another version": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep", version = "2" }}]\n{DEP}',
        "not in this lock with that version",
    ),
    "an ambiguous edge": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep" }}]\n{DEP}'
        + DEP.replace("1.0", "2.0").replace("dep-1.0", "dep-2.0"),
        "'dep' is ambiguous",
    ),
    "an edge twice": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep" }}, {{ name = "dep" }}]\n{DEP}',
        r"dependencies\[1\]: 'dep' is there twice",
    ),
    "an edge under no marker": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep", marker = "x" }}]\n{DEP}',
        r"dependencies\[0\].marker: 'x' is not an environment marker",
    ),
    "an extra whose name is none": (
        f"{HEAD}{APP}[package.optional-dependencies]\n'?' = []\n",
        r"optional-dependencies: '\?' is not a name",
    ),
    "an edge of an extra to nothing": (
        f'{HEAD}{APP}[package.optional-dependencies]\nx = [{{ name = "no" }}]\n',
        r"package\[0\].optional-dependencies.x\[0\]: 'no' is no package",
    ),
    "a conflict of one": (
        f'{HEAD}conflicts = [[{{ package = "a" }}]]\n',
        "two different items",
    ),
    "a conflict with itself": (
        f'{HEAD}conflicts = [[{{ package = "a" }}, {{ package = "a" }}]]\n',
        r"conflicts\[0\]: needs two different",
    ),
    "a conflict without package": (
        f'{HEAD}conflicts = [[{{ extra = "a" }}, {{}}]]\n',
        "package",
    ),
    "a conflict of an extra and a group at once": (
        HEAD
        + 'conflicts = [[{ package = "a" }, { package = "a", extra = "x", group = "y" }]]\n',
        r"conflicts\[0\]\[1\]: names both",
    ),
    "a conflict with unknown keys": (
        f'{HEAD}conflicts = [[{{ package = "a", later = 1 }}, {{ package = "b" }}]]\n',
        r"conflicts\[0\]\[0\].later: unknown key",
    ),
    "an unknown libc": (f"{HEAD}[options.minimum-libc-version]\nx = '1'\n", "x: unknown key"),
    "unknown static metadata": (
        f"{HEAD}[[manifest.dependency-metadata]]\nlater = 1\n",
        r"manifest.dependency-metadata\[0\].later: unknown key",
    ),
    "an unknown key in a scoped override": (
        f"{HEAD}[manifest]\noverrides = [{{ package = {{ name = 'a' }}, later = 1 }}]\n",
        r"manifest.overrides\[0\].later: unknown key",
    ),
    "a group's Python that is none": (
        f"{HEAD}{APP}[package.group-requires-python]\ndev = 'x'\n",
        "group-requires-python.dev: 'x' is not a version specifier",
    ),
    "a fork marker that is none": (
        f'{HEAD}resolution-markers = ["x"]\n',
        r"resolution-markers\[0\]: 'x' is not an environment marker",
    ),
    "TOML that is none": ("version = \n", "line 1, column 11: not TOML"),
    "TOML that ends early": ('version = 1\nx = "', "not TOML"),
    "TOML nested too deeply": ("x = " + "[" * 100_000, "not TOML"),
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_a_lock_with_this_is_read(text: str, tmp_path: Path) -> None:
    assert read(text, tmp_path).path == tmp_path / "uv.lock"


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_lock_with_this_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(LockError) as caught:
        read(text, tmp_path)

    assert re.search(message, str(caught.value))
    assert str(tmp_path / "uv.lock") in str(caught.value)


def test_all_packages_that_are_wrong_are_reported_at_once(tmp_path: Path) -> None:
    text = HEAD + 2 * '[[package]]\nname = "-"\nsource = { editable = "." }\n'

    with pytest.raises(LockError) as caught:
        read(text, tmp_path)

    assert [problem.where.rpartition(" ")[2] for problem in caught.value.problems] == [
        "package[0].name",
        "package[1].name",
    ]


def test_a_lock_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "uv.lock"
    path.write_bytes(b"version = 1\n# \xff\n")

    with pytest.raises(LockError, match="line 2: not UTF-8"):
        read_lock(path)


def test_a_lock_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LockError, match="cannot be read"):
        read_lock(tmp_path / "uv.lock")


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


WHOLE = (
    f'{HEAD}conflicts = [[{{ package = "app" }}, {{ package = "app", extra = "x" }}]]\n'
    f'[manifest]\nmembers = ["app"]\n{APP}dependencies = [{{ name = "dep", extra = ["e"],'
    " marker = \"python_full_version < '3.12'\" }]\n"
    f'[package.optional-dependencies]\nx = [{{ name = "dep" }}]\n{DEP}'
    "[package.optional-dependencies]\ne = []\n"
)


def test_the_same_toml_in_another_layout_is_the_same_lock(tmp_path: Path) -> None:
    again = dump(tomli.loads(WHOLE))

    first, second = read(WHOLE, tmp_path), read(again, tmp_path)

    assert again != WHOLE
    assert first.packages == second.packages
    assert first.conflicts == second.conflicts


@given(
    key=st.from_regex(r"x-[a-z]{1,8}", fullmatch=True),
    value=st.one_of(st.integers(0, 9), st.text("ab", max_size=3), st.lists(st.booleans())),
)
def test_unknown_keys_change_nothing(
    key: str, value: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tmp_path = tmp_path_factory.getbasetemp()
    table = tomli.loads(WHOLE)
    for place in (table, table["manifest"], *table["package"], *table["package"][1]["wheels"]):
        place[key] = value
    table["package"][0]["dependencies"][0][key] = value

    assert read(dump(table), tmp_path).packages == read(WHOLE, tmp_path).packages


@given(data=st.binary(max_size=200))
def test_whatever_is_in_the_file_there_is_a_lock_or_a_lock_error(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "uv.lock"
    path.write_bytes(data)

    with pytest.raises(LockError):
        read_lock(path)


JSON = st.recursive(
    st.one_of(st.booleans(), st.integers(-2, 2), st.text("a-1.", max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.text("ab-", max_size=3), inner, max_size=2),
    ),
    max_leaves=4,
)
KEYS = [
    "resolution-markers",
    "conflicts",
    "options",
    "manifest",
    "package",
]
PACKAGE_KEYS = [
    "name",
    "version",
    "source",
    "default-groups",
    "dependencies",
    "sdist",
    "wheels",
    "optional-dependencies",
    "dev-dependencies",
    "group-requires-python",
    "metadata",
]


@given(key=st.sampled_from(KEYS), inner=st.sampled_from(PACKAGE_KEYS), value=JSON)
def test_whatever_stands_at_a_key_there_is_a_lock_or_a_lock_error(
    key: str, inner: str, value: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tmp_path = tmp_path_factory.getbasetemp()
    table = tomli.loads(WHOLE)
    table["package"][0][inner] = value
    with suppress(LockError):
        read(dump(table), tmp_path)

    table[key] = value
    with suppress(LockError):
        read(dump(table), tmp_path)


def name(text: str) -> NormalizedName:
    """A name that is normal already."""
    return canonicalize_name(text)


def test_a_version_is_shared_by_text(tmp_path: Path) -> None:
    app, dep = read(HEAD + APP + DEP, tmp_path).packages

    assert app.id.version == Version("1.0")
    assert app.id.version is dep.id.version
