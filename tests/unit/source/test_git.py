"""Commits of repositories, checked out by the real program."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.errors import FetchError
from repackage.lock import Git
from repackage.source import Commit, Directory, Repository, Runner, inside
from repackage.source._git import share_history
from tests.unit.source.projects import DATE, Repo, Source, listing, make_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.source.conftest import Building

pytestmark = pytest.mark.native("git")


@pytest.fixture
def origin(tmp_path: Path) -> Repo:
    return make_repository(tmp_path / "origin")


@pytest.fixture
def repository(building: Building, tmp_path: Path) -> Repository:
    return Repository(building.store, Runner(tmp_path / "log"))


def locked(repo: Repo, commit: str, **facts: object) -> Git:
    return replace(Git(url=repo.url, commit=commit), **facts)  # type: ignore[arg-type]  # fields


def refused(repository: Repository, git: Git, into: Path) -> str:
    with pytest.raises(FetchError) as caught:
        repository.check_out(git, into)
    return str(caught.value)


def test_the_locked_commit_is_checked_out_not_the_newest(
    repository: Repository, origin: Repo, tmp_path: Path
) -> None:
    (origin.directory / "a").write_text("old")
    first = origin.commit()
    (origin.directory / "a").write_text("new")
    origin.commit()

    repository.check_out(locked(origin, first), tmp_path / "tree")

    assert (tmp_path / "tree/a").read_text() == "old"
    assert repository.date(locked(origin, first), tmp_path / "tree") == DATE


def test_a_commit_that_no_branch_has_is_fetched_by_its_name(
    repository: Repository, origin: Repo, tmp_path: Path
) -> None:
    (origin.directory / "a").write_text("gone")
    lost = origin.commit()
    origin.git("update-ref", "refs/pull/1/head", lost)
    origin.git("checkout", "--quiet", "--orphan", "other")
    (origin.directory / "a").write_text("other")
    origin.commit()
    origin.git("branch", "--force", "main", "other")

    repository.check_out(locked(origin, lost), tmp_path / "tree")

    assert (tmp_path / "tree/a").read_text() == "gone"


def test_a_commit_that_is_in_the_mirror_needs_no_network(
    repository: Repository, building: Building, origin: Repo, tmp_path: Path
) -> None:
    (origin.directory / "a").write_text("x")
    git = locked(origin, origin.commit())
    repository.check_out(git, tmp_path / "tree")
    shutil.rmtree(origin.directory)

    offline = Repository(building.store, Runner(tmp_path / "log"), offline=True)
    offline.check_out(git, tmp_path / "again")

    assert (tmp_path / "again/a").read_text() == "x"


def test_offline_a_server_is_not_asked(building: Building, tmp_path: Path) -> None:
    offline = Repository(building.store, Runner(tmp_path / "log"), offline=True)
    git = Git(url="https://git.example/lib", commit="0" * 40)

    message = refused(offline, git, tmp_path / "tree")

    assert "fetch once without --offline" in message
    assert "transport 'https' not allowed" in message


def test_a_commit_that_is_not_there_is_said_with_what_git_says(
    repository: Repository, origin: Repo, tmp_path: Path
) -> None:
    origin.commit()

    message = refused(repository, locked(origin, "0" * 40), tmp_path / "tree")

    assert f"the commit {'0' * 40} cannot be checked out: git ended with status" in message
    assert "is the commit still there?" in message
    assert "git says:" in message


def test_credentials_of_a_url_are_not_shown(repository: Repository, tmp_path: Path) -> None:
    git = Git(url="file://me:secret@nowhere.example/lib", commit="0" * 40)

    where = refused(repository, git, tmp_path / "tree").partition(": ")[0]

    assert where == "file://nowhere.example/lib"


def test_a_protocol_that_runs_programs_is_not_spoken(
    repository: Repository, origin: Repo, tmp_path: Path
) -> None:
    git = replace(locked(origin, origin.commit()), url=f"ext::sh -c 'touch {tmp_path}/run'")

    assert "transport 'ext' not allowed" in refused(repository, git, tmp_path / "tree")
    assert not (tmp_path / "run").exists()


def test_submodules_are_checked_out_recursively(
    repository: Repository, origin: Repo, tmp_path: Path
) -> None:
    inner, middle = make_repository(tmp_path / "inner"), make_repository(tmp_path / "middle")
    (inner.directory / "deep").write_text("x")
    inner.commit()
    middle.git("submodule", "--quiet", "add", inner.url, "inner")
    middle.commit()
    origin.git("submodule", "--quiet", "add", "../middle", "middle")

    repository.check_out(locked(origin, origin.commit()), tmp_path / "tree")

    assert (tmp_path / "tree/middle/inner/deep").read_text() == "x"


def test_a_repository_of_a_server_has_no_submodules_of_this_machine(
    repository: Repository, origin: Repo
) -> None:
    served = replace(locked(origin, "0" * 40), url="https://git.example/lib")

    assert repository._allowed(served) == "https:http:ssh"


def test_settings_of_the_user_change_no_byte(
    repository: Repository,
    origin: Repo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (origin.directory / "a").write_bytes(b"one\ntwo\n")
    (origin.directory / "run").write_bytes(b"#!/bin/sh\n")
    (origin.directory / "run").chmod(0o755)
    git = locked(origin, origin.commit())
    repository.check_out(git, tmp_path / "plain")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (hooks / "post-checkout").chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f"[core]\nautocrlf = true\nhooksPath = {hooks}\nsymlinks = false\nfileMode = false\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))

    repository.check_out(git, tmp_path / "set")

    def files(tree: str) -> dict[str, tuple[int, bytes]]:
        found = listing(tmp_path / tree)
        return {name: found[name][:2] for name in ("a", "run")}

    assert files("set") == files("plain")
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.native("git-lfs")
def test_large_files_are_fetched_when_the_lock_says_so(
    repository: Repository, origin: Repo, tmp_path: Path
) -> None:
    origin.git("lfs", "install", "--local")
    origin.git("lfs", "track", "*.bin")
    (origin.directory / "large.bin").write_bytes(bytes(range(256)))
    git = locked(origin, origin.commit())

    repository.check_out(git, tmp_path / "pointer")
    repository.check_out(replace(git, lfs=True), tmp_path / "whole")

    assert (tmp_path / "pointer/large.bin").read_bytes().startswith(b"version https://git-lfs")
    assert (tmp_path / "whole/large.bin").read_bytes() == bytes(range(256))


@pytest.mark.parametrize(("name", "lfs"), [("git", False), ("git-lfs", True)])
def test_a_missing_program_is_named_with_its_package(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    lfs: bool,  # noqa: FBT001 - a parameter
) -> None:
    git = shutil.which("git")
    assert git is not None
    programs = tmp_path / "bin"
    programs.mkdir()
    if lfs:
        (programs / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(programs))

    message = refused(
        repository, Git(url="file:///nowhere", commit="0" * 40, lfs=lfs), tmp_path / "tree"
    )

    assert f"the program {name!r} is needed, and not installed" in message
    assert f"apt-get install {name}" in message


def test_a_path_in_a_tree_never_leads_out_of_it(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "out").symlink_to(tmp_path)
    (tree / "loop").symlink_to("loop")

    assert inside(tree, "sub", what="it") == tree / "sub"
    assert inside(tree, "", what="it") == tree
    for below in ("..", "out", "/etc", "sub/../.."):
        with pytest.raises(FetchError, match="leads out of it"):
            inside(tree, below, what="it")
    for below in ("nothing", "loop", "a\0b"):
        with pytest.raises(FetchError, match="there is no"):
            inside(tree, below, what="it")


def test_a_commit_becomes_a_wheel_of_its_date(
    building: Building, origin: Repo, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    before = f"open({str(runs)!r}, 'a').write('x')"
    Source(before=before).write(origin.directory / "python")
    git = locked(origin, origin.commit(), subdirectory="python")

    first, again = building(Commit(git=git)), building(Commit(git=git))

    assert first.newest == DATE
    assert first.sha256 == again.sha256
    assert runs.read_text() == "x"
    assert "there is no 'other'" in building.fails(
        Commit(git=replace(git, subdirectory="other"))
    )


def test_a_back_end_sees_the_tags(building: Building, origin: Repo, tmp_path: Path) -> None:
    told = tmp_path / "told"
    before = (
        "import subprocess; "
        f"open({str(told)!r}, 'w').write(subprocess.check_output(['git', 'describe']).decode())"
    )
    Source(before=before).write(origin.directory)
    commit = origin.commit()
    origin.git("tag", "--annotate", "--message", "x", "v1.0")

    building(Commit(git=locked(origin, commit)))

    assert told.read_text().strip() == "v1.0"
    assert os.environ.get("GIT_DIR") is None


def test_a_back_end_sees_the_tags_of_a_tree_of_another_user(
    building: Building, origin: Repo, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a tree away")
    told = tmp_path / "told"
    before = (
        "import subprocess; "
        f"open({str(told)!r}, 'w').write(subprocess.check_output(['git', 'describe']).decode())"
    )
    Source(before=before).write(origin.directory)
    origin.commit()
    origin.git("tag", "--annotate", "--message", "x", "v1.0")
    for path in (origin.directory, *origin.directory.rglob("*")):
        os.chown(path, 1234, 1234)

    building(Directory(path=origin.directory))

    assert told.read_text().strip() == "v1.0"


def test_every_tag_is_part_of_what_a_tree_is_built_from(origin: Repo, tmp_path: Path) -> None:
    """A back end may look for tags of a kind only, and the nearest one may be of another."""
    Source().write(origin.directory)
    origin.commit()
    origin.git("tag", "nightly")
    histories = set()
    for number, tag in enumerate(("v1.0", "v2.0")):
        origin.git("tag", tag)
        copy = tmp_path / str(number) / "copy"
        copy.mkdir(parents=True)
        histories.add(share_history(origin.directory, copy, runner=Runner(tmp_path / "log")))

    assert len(histories) == 2
    assert "" not in histories


def test_a_work_tree_does_not_tell_the_password_of_its_repository(
    repository: Repository, origin: Repo, tmp_path: Path
) -> None:
    """What the mirror has needs no server, so that this one need not be there."""
    (origin.directory / "a").write_text("a")
    git = Git(url="https://me:secret@git.example/a", commit=origin.commit())
    with repository.store.mirror(git.url) as mirror:
        mirror.parent.mkdir(parents=True, exist_ok=True)
        origin.git("clone", "--quiet", "--mirror", origin.url, str(mirror))

    repository.check_out(git, tmp_path / "tree")

    found = (tmp_path / "tree/.git/config").read_text()
    assert "https://git.example/a" in found
    assert "secret" not in found
