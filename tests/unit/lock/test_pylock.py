"""Locks without a graph (PEP 751): what is read, and what is refused."""

from __future__ import annotations

import hashlib
import logging
import re
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from repackage.errors import LockError
from repackage.lock import (
    DirectUrl,
    Git,
    Hash,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    SourceTree,
    read_lock,
)
from tests.unit.lock import pieces
from tests.unit.lock.pieces import SHA, name
from tests.unit.lock.pylocks import (
    ACCEPTED,
    COMMIT,
    DEP,
    EMPTY,
    HASHES,
    HEAD,
    REFUSED,
    WHEEL,
    a_vcs,
    a_wheel,
    dep,
    read_pylock,
)

if TYPE_CHECKING:
    from pathlib import Path

REVISION = (
    f'url = "ssh://git@g.example/dep", commit-id = "{COMMIT}", subdirectory = "a/b",'
    ' requested-revision = "v1"'
)


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_a_lock_with_this_is_read(text: str, tmp_path: Path) -> None:
    assert read_pylock(text, tmp_path).kind == "pylock"


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_lock_with_this_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(LockError) as caught:
        read_pylock(text, tmp_path)

    (problem,) = caught.value.problems
    assert re.search(message, str(problem), re.IGNORECASE)
    assert problem.where.startswith(str(tmp_path / "pylock.toml"))
    assert problem.advice


def test_what_the_advice_names_is_the_tool_that_wrote_the_lock(tmp_path: Path) -> None:
    with pytest.raises(LockError, match="anew with a-tool"):
        read_pylock(HEAD, tmp_path)


def test_what_is_beyond_the_validation_is_reported_at_once(tmp_path: Path) -> None:
    body = f'vcs = {{ type = "hg", url = "https://h.example/x", commit-id = "{COMMIT}" }}'

    with pytest.raises(LockError) as caught:
        read_pylock(dep(body) + f'[[packages]]\nname = "x"\n{body}\n', tmp_path)

    assert [problem.where.rpartition(": ")[2] for problem in caught.value.problems] == [
        "packages[0].vcs.type",
        "packages[1].vcs.type",
    ]


def test_the_top_level_is_read(tmp_path: Path) -> None:
    text = ACCEPTED["everything at the top"]

    lock = read_pylock(text, tmp_path)

    assert lock.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert lock.requires_python == ">=3.10"
    assert lock.supported_markers == ('sys_platform == "linux"',)
    assert (lock.extras, lock.dependency_groups) == (("a",), ("dev",))
    assert (lock.default_groups, lock.created_by) == (("default",), "a-tool")
    assert (lock.resolution_markers, lock.conflicts, lock.notes) == ((), (), ())


def test_a_newer_minor_version_is_remarked_on_and_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        lock = read_pylock(ACCEPTED["a newer minor version"], tmp_path)

    assert lock.notes == (
        "the lock has version 1.7: what that has beyond 1.0 is not understood",
    )
    assert caplog.records == []


def test_a_package_of_an_index_is_read(tmp_path: Path) -> None:
    sdist = f'{{ name = "dep-1.0.tar.gz", url = "https://f.example/x", {HASHES} }}'
    text = (
        HEAD + DEP + f'sdist = {sdist}\nmarker = "os_name == \'nt\'"\nrequires-python = "<4"\n'
    )

    (package,) = read_pylock(text, tmp_path).packages

    assert package.id.source == RegistryUrl(url="https://index.example/simple")
    assert (package.name, package.id.version) == ("dep", Version("1.0"))
    assert package.marker == 'os_name == "nt"'
    assert package.requires_python == "<4"
    (wheel,) = package.wheels
    assert wheel.filename == "dep-1.0-py3-none-any.whl"
    assert wheel.location == "https://files.example/dep-1.0-py3-none-any.whl"
    assert wheel.hash == Hash(algorithm="sha256", digest=SHA)
    assert (wheel.size, wheel.key) == (None, "packages[0].wheels[0]")
    assert package.sdist is not None
    assert (package.sdist.filename, package.sdist.key) == (
        "dep-1.0.tar.gz",
        "packages[0].sdist",
    )


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("", RegistryUrl(url="")),
        ('index = "../simple"', RegistryPath),
    ],
)
def test_an_index_may_be_left_out_or_be_a_directory(
    line: str, source: object, tmp_path: Path
) -> None:
    (package,) = read_pylock(dep(f"{line}\nwheels = [{WHEEL}]"), tmp_path).packages

    expected = (
        RegistryPath(path=tmp_path.parent / "simple") if source is RegistryPath else source
    )
    assert package.id.source == expected


def test_of_several_digests_the_one_that_the_store_goes_by_is_checked(tmp_path: Path) -> None:
    hashes = f'md5 = "{"1" * 32}", sha512 = "{"2" * 128}", SHA256 = "{"A" * 64}"'
    url = "https://f.example/dep-1.0-py3-none-any.whl"

    (package,) = read_pylock(
        a_wheel(f'url = "{url}", hashes = {{ {hashes} }}'), tmp_path
    ).packages

    assert package.wheels[0].hash == Hash(algorithm="sha256", digest="a" * 64)


def test_of_a_path_and_a_url_the_path_counts_if_the_file_is_there(tmp_path: Path) -> None:
    filename = "dep-1.0-py3-none-any.whl"
    url = f"https://f.example/{filename}"
    text = a_wheel(f'path = "wheels/{filename}", url = "{url}", {HASHES}')

    assert read_pylock(text, tmp_path).packages[0].wheels[0].location == url

    here = tmp_path / "wheels" / filename
    here.parent.mkdir()
    here.touch()
    assert read_pylock(text, tmp_path).packages[0].wheels[0].location == here


def test_a_path_alone_is_relative_to_the_lock(tmp_path: Path) -> None:
    filename = "dep-1.0-py3-none-any.whl"

    lock = read_pylock(a_wheel(f'path = "../wheels/{filename}", {HASHES}'), tmp_path)

    assert lock.packages[0].wheels[0].location == tmp_path.parent / "wheels" / filename


@pytest.mark.parametrize(
    ("entry", "source"),
    [
        (
            f'url = "https://g.example/dep", commit-id = "{COMMIT}"',
            Git(url="https://g.example/dep", commit="a" * 40),
        ),
        (
            REVISION,
            Git(
                url="ssh://git@g.example/dep",
                commit="a" * 40,
                subdirectory="a/b",
                reference="rev=v1",
            ),
        ),
    ],
)
def test_a_commit_is_read(entry: str, source: Git, tmp_path: Path) -> None:
    (package,) = read_pylock(a_vcs(f'type = "git", {entry}'), tmp_path).packages

    assert package.id.source == source
    assert (package.wheels, package.sdist) == ((), None)


def test_a_local_repository_is_one_with_a_url(tmp_path: Path) -> None:
    entry = f'type = "git", path = "../repo", commit-id = "{COMMIT}"'

    (package,) = read_pylock(a_vcs(entry), tmp_path).packages

    assert package.id.source == Git(url=(tmp_path.parent / "repo").as_uri(), commit="a" * 40)


def test_directories_are_the_members(tmp_path: Path) -> None:
    trees = (
        '[[packages]]\nname = "app"\ndirectory = { path = ".", editable = true }\n'
        '[[packages]]\nname = "lib"\ndirectory = { path = "libs", subdirectory = "lib" }\n'
    )

    lock = read_pylock(HEAD + DEP + trees, tmp_path)

    assert lock.members == ("app", "lib")
    assert [package.id.source for package in lock.packages[1:]] == [
        SourceTree(kind="editable", path=tmp_path),
        SourceTree(kind="directory", path=tmp_path / "libs/lib"),
    ]


def test_archives_are_wheels_or_sources(tmp_path: Path) -> None:
    url = "https://f.example/a/dep-1.0-py3-none-any.whl"
    text = (
        dep(f'archive = {{ url = "{url}#frag", size = 3, {HASHES} }}')
        + f'[[packages]]\nname = "src"\narchive = {{ url = "https://f.example/x.zip",'
        f' subdirectory = "y", {HASHES} }}\n'
        + f'[[packages]]\nname = "here"\narchive = {{ path = "../here.tar.gz", {HASHES} }}\n'
    )

    wheel, source, here = read_pylock(text, tmp_path).packages

    assert wheel.id.source == DirectUrl(url=url)
    assert [(file.location, file.size) for file in wheel.wheels] == [(f"{url}#frag", 3)]
    assert source.id.source == DirectUrl(url="https://f.example/x.zip", subdirectory="y")
    assert source.wheels == ()
    assert source.sdist is not None
    assert source.sdist.filename == "x.zip"
    assert here.id.source == LocalArchive(path=tmp_path.parent / "here.tar.gz")
    assert here.sdist is not None
    assert here.sdist.location == tmp_path.parent / "here.tar.gz"


def test_dependencies_are_tied_to_the_entries_that_they_describe(tmp_path: Path) -> None:
    other = DEP.replace('"1.0"', '"2.0"').replace("dep-1.0", "dep-2.0")
    app = (
        '[[packages]]\nname = "app"\ndirectory = { path = "." }\n'
        'dependencies = [{ name = "dep", version = "2.0" }, { name = "gone" }]\n'
        f'[[packages]]\nname = "lib"\nvcs = {{ type = "git", url = "https://g.example/lib",'
        f' commit-id = "{COMMIT}" }}\n'
        'dependencies = [{ name = "dep" }, { name = "lib", vcs = { url = "x" } },'
        ' { name = "lib", vcs = { url = "https://g.example/lib" } }]\n'
    )

    lock = read_pylock(HEAD + DEP + other + app, tmp_path)

    one, two, app_, lib = lock.packages
    assert [edge.target for edge in app_.dependencies] == [two.id]
    assert [edge.target for edge in lib.dependencies] == [one.id, two.id, lib.id]
    assert lock.by_name[name("dep")] == (one, two)
    assert lock.by_id[two.id] is two


def test_which_kind_a_lock_is_its_name_tells_or_what_it_holds(tmp_path: Path) -> None:
    assert read_pylock(HEAD + EMPTY, tmp_path, "pylock.app.toml").kind == "pylock"
    assert read_pylock(HEAD + EMPTY, tmp_path, "other.toml").kind == "pylock"
    assert read_pylock(pieces.HEAD, tmp_path, "other.lock").kind == "uv"
    assert read_pylock(f'{pieces.HEAD}lock-version = "1.0"\n', tmp_path, "uv.lock").kind == "uv"
    with pytest.raises(LockError, match="lock-version: missing"):
        read_pylock(pieces.HEAD, tmp_path)


def test_what_is_not_toml_is_refused_without_talk_of_uv(tmp_path: Path) -> None:
    (tmp_path / "pylock.toml").write_text("x = \n")

    with pytest.raises(LockError, match="not TOML") as caught:
        read_lock(tmp_path / "pylock.toml")

    assert "uv" not in str(caught.value).replace(str(tmp_path), "")
