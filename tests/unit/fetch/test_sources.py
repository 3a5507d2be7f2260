"""Pins without a locked wheel: given, built, or missed before work begins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from packaging.utils import canonicalize_name

from repackage.closure import FromSource
from repackage.errors import ConfigError, FetchError, IncompleteError
from repackage.fetch import Wheelhouse, fetch, survey
from repackage.fetch._indexes import index_urls
from repackage.lock import DirectUrl, Git, LocalArchive, LockedFile, RegistryUrl, SourceTree
from repackage.target import free_target
from tests.unit.fetch.conftest import TARGET, Recorder, closure_of, pin, sha256
from tests.unit.source.projects import Source, make_repository
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.closure import Pin
    from tests.unit.fetch.conftest import DirectoryStore, Fetching
    from tests.unit.fetch.server import Server

INDEX = RegistryUrl(url="https://index.example/simple")
FOREIGN = free_target(python="3.12", platform="manylinux_2_28_aarch64")


def archive(path: Path, location: str | Path | None = None, **facts: Any) -> LockedFile:
    file = LockedFile(
        filename=path.name,
        location=path if location is None else location,
        hash=sha256(path.read_bytes()),
        size=None,
        key="package[0].sdist",
    )
    return replace(file, **facts)


def from_source(
    source: Any, sdist: LockedFile | None = None, *, name: str = "lib", **facts: Any
) -> Pin:
    made = pin(
        name, FromSource(name=canonicalize_name(name), version=None, sdist=sdist), source
    )
    artifact = FromSource(name=made.name, version=made.version, sdist=sdist, **facts)
    return replace(made, artifact=artifact)


def test_an_sdist_is_downloaded_checked_and_built(
    fetching: Fetching, server: Server, tmp_path: Path
) -> None:
    sdist = Source().sdist(tmp_path / "s")
    url = server.serve("/lib-1.0.tar.gz", sdist.read_bytes())

    found = fetching(from_source(INDEX, archive(sdist, url)))

    assert found["lib"].name == "lib-1.0-py3-none-any.whl"


def test_an_sdist_with_other_bytes_is_never_built(fetching: Fetching, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    sdist = Source(before=f"open({str(ran)!r}, 'w')").sdist(tmp_path / "s")
    wrong = archive(sdist, hash=sha256(b"other"))

    message = fetching.fails(from_source(LocalArchive(path=sdist), wrong))

    assert "has other bytes than the lock says" in message
    assert not ran.exists()


def test_the_subdirectory_of_a_direct_url_is_built(fetching: Fetching, tmp_path: Path) -> None:
    sdist = Source().sdist(tmp_path / "s", below="python/")
    source = DirectUrl(url="https://a.example/lib-1.0.tar.gz", subdirectory="python")

    assert fetching(from_source(source, archive(sdist)))["lib"].exists()


def test_what_is_built_is_told(fetching: Fetching, tmp_path: Path) -> None:
    recorder = Recorder()
    tree = Source().write(tmp_path / "tree")

    fetching(from_source(SourceTree(kind="editable", path=tree)), progress=recorder)

    assert recorder.notes == [f"building lib 1.0 from the source tree {tree}"]
    assert recorder.started == {"lib 1.0": None}
    assert recorder.finished == ["lib 1.0"]


def test_a_given_wheel_goes_before_a_build(fetching: Fetching, tmp_path: Path) -> None:
    tree = Source(before="raise SystemExit").write(tmp_path / "tree")
    given = WheelFactory(tmp_path / "house")("lib")
    one = from_source(SourceTree(kind="editable", path=tree))

    assert fetching(one, find_links=(given.parent,)) == {"lib": given}


def test_a_wheel_that_must_be_built_is_not_taken_from_a_directory(
    fetching: Fetching, tmp_path: Path
) -> None:
    sdist = Source().sdist(tmp_path / "s")
    given = WheelFactory(tmp_path / "house")("lib")
    one = from_source(INDEX, archive(sdist), must_build=True)

    found = fetching(one, find_links=(given.parent,))

    assert found["lib"] != given


def test_given_wheels_of_several_versions_are_not_guessed_among(
    fetching: Fetching, tmp_path: Path
) -> None:
    tree = Source().write(tmp_path / "tree")
    factory = WheelFactory(tmp_path / "house")
    factory("lib", "2.0")
    factory("lib", "3.0")
    one = from_source(SourceTree(kind="editable", path=tree))

    message = fetching.fails(one, error=IncompleteError, find_links=(factory.directory,))

    assert "several versions of 'lib'" in message


def test_a_given_wheel_of_another_version_is_passed_over(
    fetching: Fetching, tmp_path: Path
) -> None:
    sdist = Source().sdist(tmp_path / "s")
    other = WheelFactory(tmp_path / "house")("lib", "2.0")

    found = fetching(from_source(INDEX, archive(sdist)), find_links=(other.parent,))

    assert found["lib"].name == "lib-1.0-py3-none-any.whl"


def test_without_anything_to_build_it_is_incomplete(fetching: Fetching, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    empty = from_source(SourceTree(kind="directory", path=tmp_path / "empty"), name="a")
    nothing = from_source(INDEX, name="b")

    message = fetching.fails(empty, nothing, error=IncompleteError)

    assert "there is no wheel of 'a' 1.0, and no source tree to build it from" in message
    assert "there is no wheel of 'b' 1.0" in message


def test_all_that_cannot_be_built_for_another_machine_is_said_before_any_work(
    store: DirectoryStore, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    source = Source(before=f"open({str(ran)!r}, 'w')")
    sdist = archive(source.sdist(tmp_path / "s"))
    pins = [
        from_source(INDEX, sdist, name="one", impure=True),
        from_source(INDEX, sdist, name="two", impure=True),
        from_source(INDEX, sdist),
    ]

    with pytest.raises(IncompleteError) as caught:
        fetch(closure_of(*pins, directory=tmp_path), target=FOREIGN, store=store)

    assert [problem.what.partition(",")[0] for problem in caught.value.problems] == [
        "one 1.0 has no wheel for cp312-manylinux_2_28_aarch64",
        "two 1.0 has no wheel for cp312-manylinux_2_28_aarch64",
    ]
    assert "--find-links" in caught.value.problems[0].advice
    assert not ran.exists()


def test_what_turns_out_to_be_machine_code_is_said_of_all(
    store: DirectoryStore, tmp_path: Path
) -> None:
    pins = []
    for name in ("one", "two", "three"):
        tag = "py3-none-any" if name == "two" else "cp312-cp312-linux_x86_64"
        sdist = Source(name=name, tag=tag).sdist(tmp_path / "s")
        pins.append(from_source(INDEX, archive(sdist), name=name))

    with pytest.raises(FetchError) as caught:
        fetch(closure_of(*pins, directory=tmp_path), target=FOREIGN, store=store)

    names = [problem.what.partition(" ")[0] for problem in caught.value.problems]
    assert names == ["one", "three"]


def test_a_survey_tells_what_a_build_would_do(tmp_path: Path) -> None:
    commit = "0123456789012345678901234567890123456789"
    tree = Source().write(tmp_path / "tree")
    sdist = archive(Source().sdist(tmp_path / "s"))
    pins = (
        from_source(INDEX, sdist, name="a"),
        from_source(Git(url="https://me:pw@git.example/b", commit=commit), name="b"),
        from_source(SourceTree(kind="editable", path=tree), name="c"),
        from_source(INDEX, name="d"),
    )

    found = survey(
        closure_of(*pins, directory=tmp_path), wheelhouse=Wheelhouse.of(()), target=TARGET
    )

    assert {name: str(build) for name, build in found.to_build.items()} == {
        "a": "the sdist lib-1.0.tar.gz",
        "b": "the commit 012345678901 of https://git.example/b",
        "c": f"the source tree {tree}",
    }
    assert [problem.what for problem in found.missing] == ["there is no wheel of 'd' 1.0"]
    assert found.given == {}


@pytest.mark.native("git")
def test_archives_in_repositories_are_taken_and_checked(
    fetching: Fetching, tmp_path: Path
) -> None:
    repository = make_repository(tmp_path / "repository")
    wheel = WheelFactory(repository.directory / "dist")("lib")
    sdist = Source(name="other").sdist(repository.directory / "dist")
    commit = repository.commit()
    there = Git(url=repository.url, commit=commit, path=f"dist/{wheel.name}")
    locked = replace(archive(wheel), location=None)
    as_wheel = pin("lib", locked, there)
    as_sdist = from_source(
        replace(there, path=f"dist/{sdist.name}"),
        replace(archive(sdist), location=None),
        name="other",
    )

    message = fetching.fails(pin("lib", replace(locked, hash=sha256(b"x")), there))
    found = fetching(as_wheel, as_sdist, offline=True)

    assert f"dist/{wheel.name} in the repository of lib: has other bytes" in message
    assert found["lib"].read_bytes() == wheel.read_bytes()
    assert found["other"].name == "other-1.0-py3-none-any.whl"


def test_indexes_of_the_project_are_for_its_build_requirements_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = [
        'name = "one"\nurl = "https://one.example/simple"',
        'name = "only-some"\nurl = "https://some.example/simple"\nexplicit = true',
        'name = "all"\nurl = "https://all.example/simple"\ndefault = true',
    ]
    text = "".join(f"[[tool.uv.index]]\n{table}\n" for table in tables)
    (tmp_path / "pyproject.toml").write_text(text)
    monkeypatch.setenv("UV_INDEX_ONE_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_ONE_PASSWORD", "p@ss")

    assert index_urls(tmp_path) == (
        "https://all.example/simple",
        "https://me:p%40ss@one.example/simple",
    )
    assert index_urls(None) == ()
    assert index_urls(tmp_path / "none") == ()


def test_indexes_are_found_wherever_uv_lets_them_be_written(tmp_path: Path) -> None:
    older = (
        'index-url = "https://old.example/simple"\n'
        'extra-index-url = ["https://more.example/simple", 3, "flat"]\n'
    )
    (tmp_path / "pyproject.toml").write_text(f"[tool.uv]\n{older}")
    found = ("https://old.example/simple", "https://more.example/simple")
    assert index_urls(tmp_path) == found

    new = '[[index]]\nurl = "https://new.example/simple"\ndefault = true\n'
    (tmp_path / "uv.toml").write_text(new)
    assert index_urls(tmp_path) == ("https://new.example/simple", found[1])

    (tmp_path / "uv.toml").write_text("index = 3")
    assert index_urls(tmp_path) == found

    (tmp_path / "uv.toml").write_text("index = ")
    with pytest.raises(ConfigError, match=r"uv\.toml.*cannot be read"):
        index_urls(tmp_path)


SCRIPT = """
import sys
from pathlib import Path
from repackage.fetch import FetchSettings, fetch
from repackage.store import Store
from tests.unit.fetch.conftest import TARGET, closure_of
from tests.unit.fetch.test_sources import from_source
from repackage.lock import SourceTree

directory = Path(sys.argv[1])
pins = [
    from_source(SourceTree(kind="editable", path=directory / name), name=name)
    for name in ("one", "two")
]
fetch(
    closure_of(*pins, directory=directory),
    target=TARGET,
    store=Store.open(directory / "cache"),
    settings=FetchSettings(builders=2),
)
"""


def test_an_interrupt_ends_all_builds_and_leaves_nothing(tmp_path: Path) -> None:
    for name in ("one", "two"):
        begun = f"open({str(tmp_path / name)!r} + '.pid', 'w').write(str(os.getpid()))"
        Source(name=name, before=f"{begun}; time.sleep(60)").write(tmp_path / name)
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109 - of the tests
        stderr=subprocess.PIPE,
    )
    marks = [tmp_path / "one.pid", tmp_path / "two.pid"]
    deadline = time.monotonic() + 60
    while not all(mark.exists() and mark.read_text() for mark in marks):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)

    assert b"KeyboardInterrupt" in stderr
    assert list((tmp_path / "cache/v1/scratch").iterdir()) == []
    for mark in marks:
        with pytest.raises(ProcessLookupError):
            os.kill(int(mark.read_text()), 0)
