"""Artifacts that need no network: wheelhouses, files that the lock names, members."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from repackage.errors import IncompleteError
from repackage.fetch import FetchSettings, _wheelhouse, fetch
from repackage.lock import (
    DirectUrl,
    Git,
    LocalArchive,
    LockedFile,
    RegistryPath,
    RegistryUrl,
    SourceTree,
    sha256_of,
)
from repackage.store import Store
from tests.unit.fetch.conftest import (
    BODY,
    TARGET,
    closure_of,
    locked,
    member,
    pin,
)

if TYPE_CHECKING:
    from repackage.lock import Source
    from tests.unit.fetch.conftest import DirectoryStore, Fetching
    from tests.unit.fetch.server import Server

FILENAME = "lib-1.0-py3-none-any.whl"
URL = "https://files.example/lib-1.0-py3-none-any.whl"


def write(directory: Path, *filenames: str, body: bytes = BODY) -> Path:
    directory.mkdir(exist_ok=True)
    for filename in filenames:
        (directory / filename).write_bytes(body)
    return directory


def test_a_wheelhouse_is_asked_before_the_network(
    fetching: Fetching, server: Server, tmp_path: Path
) -> None:
    wheelhouse = write(tmp_path / "wheels", FILENAME)

    found = fetching(locked(server.serve("/lib", BODY)), find_links=(wheelhouse,))

    assert found["lib"] == wheelhouse / FILENAME
    assert server.requests == []


@pytest.mark.parametrize("named", [False, True])
def test_a_wheel_is_hashed_once_and_again_when_it_has_changed(
    named: bool,  # noqa: FBT001 - a parameter
    fetching: Fetching,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It lies in a wheelhouse, or where the lock names it, and is read in place."""
    monkeypatch.setattr("repackage.store._seen.RACY", -(1 << 62))
    hashed: list[Path] = []

    def counted(path: Path) -> str:
        hashed.append(path)
        return sha256_of(path)

    monkeypatch.setattr("repackage.store._seen.sha256_of", counted)
    wheels = write(tmp_path / "wheels", FILENAME)
    pin = locked((wheels / FILENAME).as_uri() if named else URL)
    houses = () if named else (wheels,)

    fetching(pin, find_links=houses, offline=True)
    fetching(pin, find_links=houses, offline=True)
    (wheels / FILENAME).write_bytes(b"forged")
    message = fetching.fails(pin, find_links=houses, offline=True)

    assert "has other bytes than the lock says" in message
    assert hashed == [wheels / FILENAME] * 2


def test_the_store_is_asked_before_the_wheelhouse(
    fetching: Fetching, server: Server, store: DirectoryStore, tmp_path: Path
) -> None:
    fetching(locked(server.serve("/lib", BODY)))
    wheelhouse = write(tmp_path / "wheels", FILENAME)

    found = fetching(locked(URL), find_links=(wheelhouse,))

    assert found["lib"].is_relative_to(store.root)


def test_a_namesake_with_other_bytes_is_not_taken(
    fetching: Fetching, server: Server, store: DirectoryStore, tmp_path: Path
) -> None:
    wheelhouse = write(tmp_path / "wheels", FILENAME, body=b"forged")

    found = fetching(locked(server.serve("/lib", BODY)), find_links=(wheelhouse,))

    assert found["lib"].is_relative_to(store.root)


def test_offline_everything_that_is_missing_is_listed(
    fetching: Fetching, tmp_path: Path
) -> None:
    wheelhouse = write(tmp_path / "wheels", FILENAME, body=b"forged")

    message = fetching.fails(
        locked(URL),
        locked(URL, name="other"),
        member(tmp_path, "third"),
        find_links=(wheelhouse,),
        offline=True,
        error=IncompleteError,
    )

    assert message.count("\n") == 2
    assert f"{FILENAME} is not here, and {wheelhouse / FILENAME} has other bytes" in message
    assert "other-1.0-py3-none-any.whl is not here" in message
    assert "there is no wheel of 'third'" in message


def test_nothing_is_downloaded_where_a_member_is_missing(
    fetching: Fetching, server: Server, tmp_path: Path
) -> None:
    message = fetching.fails(
        member(tmp_path, "one"),
        locked(f"{server.url}/two", name="two"),
        error=IncompleteError,
    )

    assert "there is no wheel of 'one'" in message
    assert server.requests == []


def test_a_directory_that_cannot_be_listed_is_an_error(
    fetching: Fetching, tmp_path: Path
) -> None:
    message = fetching.fails(find_links=(tmp_path / "nowhere", tmp_path / "neither"))

    assert message.count("\n") == 1
    assert "nowhere: cannot look for wheels there: no such file or directory" in message


@pytest.mark.parametrize("as_url", [False, True])
def test_a_file_that_the_lock_names_is_used_where_it_lies(
    fetching: Fetching, tmp_path: Path, *, as_url: bool
) -> None:
    path = write(tmp_path / "flat index", FILENAME) / FILENAME
    wanted = locked(path.as_uri() if as_url else path)

    assert fetching(wanted, offline=True)["lib"] == path


def test_a_file_of_another_machine_is_not_looked_for_on_this_one(
    fetching: Fetching, tmp_path: Path
) -> None:
    path = write(tmp_path / "index", FILENAME) / FILENAME

    assert fetching(locked(f"file://localhost{path}"))["lib"] == path
    message = fetching.fails(locked(f"file://other.example{path}"))
    assert f"a URL that cannot be requested: 'file://other.example{path}'" in message


def test_a_directory_whose_name_no_system_allows_is_an_error(fetching: Fetching) -> None:
    message = fetching.fails(find_links=(Path("a\0b"),))

    assert "cannot look for wheels there: " in message
    assert "embedded null" in message


def test_a_file_that_the_lock_names_is_checked(fetching: Fetching, tmp_path: Path) -> None:
    forged = write(tmp_path / "index", FILENAME, body=b"forged") / FILENAME

    message = fetching.fails(locked(forged), locked(tmp_path / "gone.whl", name="gone"))

    assert f"{forged}: has other bytes than the lock says: expected sha256:" in message
    assert "gone.whl: cannot be read: No such file or directory" in message


def test_a_file_without_hash_is_used_where_it_lies(fetching: Fetching, tmp_path: Path) -> None:
    path = write(tmp_path / "index", FILENAME) / FILENAME
    file = LockedFile(filename=FILENAME, location=path, hash=None, size=None, key="package[0]")

    found = fetching(pin("lib", file, RegistryPath(path=path.parent)))

    assert found["lib"] == path


def test_an_artifact_without_a_place_can_only_be_given(
    fetching: Fetching, tmp_path: Path
) -> None:
    message = fetching.fails(locked(None))

    assert "has no place of its own" in message
    assert fetching(locked(None), find_links=(write(tmp_path / "w", FILENAME),))


def test_a_member_is_found_by_its_name(fetching: Fetching, tmp_path: Path) -> None:
    wheels = write(
        tmp_path / "wheels",
        "My_Lib-1.0-py3-none-any.whl",
        "other-1.0-py3-none-any.whl",
        "notes.txt",
        "broken.whl",
    )

    found = fetching(member(tmp_path, "my-lib"), find_links=(wheels,))

    assert found["my-lib"].name == "My_Lib-1.0-py3-none-any.whl"


def test_of_several_wheels_of_a_member_the_best_tag_and_build_win(
    fetching: Fetching, tmp_path: Path
) -> None:
    wheels = write(
        tmp_path / "wheels",
        "lib-1.0-py3-none-any.whl",
        "lib-1.0-cp312-abi3-manylinux_2_17_x86_64.whl",
        "lib-1.0-cp312-cp312-manylinux_2_17_x86_64.whl",
        "lib-1.0-9-cp312-cp312-manylinux_2_17_x86_64.whl",
        "lib-1.0-10-cp312-cp312-manylinux_2_17_x86_64.whl",
        "lib-1.0-cp313-cp313-manylinux_2_17_x86_64.whl",
    )

    found = fetching(member(tmp_path), find_links=(wheels,))

    assert found["lib"].name == "lib-1.0-10-cp312-cp312-manylinux_2_17_x86_64.whl"


def test_a_member_that_was_released_since_it_was_locked_is_taken(
    fetching: Fetching, tmp_path: Path
) -> None:
    wheels = write(tmp_path / "wheels", "lib-1.1-py3-none-any.whl")

    found = fetching(member(tmp_path), find_links=(wheels,))

    assert found["lib"].name == "lib-1.1-py3-none-any.whl"


def test_the_locked_version_of_a_member_is_preferred(
    fetching: Fetching, tmp_path: Path
) -> None:
    wheels = write(tmp_path / "wheels", "lib-1.1-py3-none-any.whl", "lib-1.0-py3-none-any.whl")

    found = fetching(member(tmp_path), find_links=(wheels,))

    assert found["lib"].name == "lib-1.0-py3-none-any.whl"


def test_another_version_of_what_is_locked_by_url_is_reported(
    fetching: Fetching, tmp_path: Path
) -> None:
    wheels = write(tmp_path / "wheels", "lib-0.9-py3-none-any.whl")
    other = replace(
        member(tmp_path), source=DirectUrl(url="https://files.example/lib-1.0.tar.gz")
    )

    message = fetching.fails(other, find_links=(wheels,), error=IncompleteError)

    assert "the lock has 'lib' 1.0, but only lib-0.9-py3-none-any.whl is there" in message


def test_a_member_that_does_not_fit_the_target_is_reported(
    fetching: Fetching, tmp_path: Path
) -> None:
    wheels = write(tmp_path / "wheels", "lib-1.0-cp312-cp312-macosx_13_0_arm64.whl")

    message = fetching.fails(member(tmp_path), find_links=(wheels,), error=IncompleteError)

    assert f"fits {TARGET.name}: there is cp312-cp312-macosx_13_0_arm64" in message


def test_several_versions_of_a_member_without_version_are_named(
    fetching: Fetching, tmp_path: Path
) -> None:
    wheels = write(tmp_path / "wheels", "lib-1.0-py3-none-any.whl", "lib-2.0-py3-none-any.whl")

    message = fetching.fails(
        member(tmp_path, version=None), find_links=(wheels,), error=IncompleteError
    )

    assert "lib-1.0-py3-none-any.whl, lib-2.0-py3-none-any.whl" in message
    wheels.joinpath("lib-2.0-py3-none-any.whl").unlink()
    assert fetching(member(tmp_path, version=None), find_links=(wheels,))


def test_the_first_directory_with_a_name_wins(fetching: Fetching, tmp_path: Path) -> None:
    first = write(tmp_path / "first", FILENAME)
    second = write(tmp_path / "second", FILENAME)

    found = fetching(member(tmp_path), find_links=(first, second))

    assert found["lib"].parent == first


COMMIT = "0123456789012345678901234567890123456789"


@pytest.mark.parametrize(
    ("source", "recipe"),
    [
        (SourceTree(kind="editable", path=Path("/src/lib")), "uv build --wheel /src/lib"),
        (
            Git(url="https://me:secret@git.example/lib", commit=COMMIT, subdirectory="py"),
            f'"lib @ git+https://git.example/lib@{COMMIT}#subdirectory=py"',
        ),
        (DirectUrl(url="https://a.example/lib.zip"), "--no-deps https://a.example/lib.zip"),
        (LocalArchive(path=Path("/src/lib.tar.gz")), "pip wheel --no-deps /src/lib.tar.gz"),
        (RegistryUrl(url="https://index.example/simple"), "pip wheel --no-deps lib==1.0"),
    ],
)
def test_a_missing_wheel_says_how_to_build_it(
    tmp_path: Path, source: Source, recipe: str
) -> None:
    message = str(_wheelhouse.why_not(replace(member(tmp_path), source=source), TARGET))

    assert "there is no wheel of 'lib' 1.0" in message
    assert recipe in message
    assert "secret" not in message
    assert "--find-links" in message


def test_a_source_tree_that_is_not_there_is_incomplete(
    fetching: Fetching, tmp_path: Path
) -> None:
    message = fetching.fails(member(tmp_path / "gone"), error=IncompleteError)

    assert "there is no wheel of 'lib' 1.0, and no source tree to build it from" in message
    assert f"uv build --wheel {tmp_path / 'gone'}" in message


def test_an_unreadable_file_of_a_wheelhouse_is_passed_over(
    fetching: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(
        *_: object, **__: object
    ) -> str:  # root, who may run the tests, reads everything
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(_wheelhouse, "differs", unreadable)
    wheels = write(tmp_path / "wheels", FILENAME)

    assert "cannot be read" in fetching.fails(locked(URL), find_links=(wheels,), offline=True)


def test_the_real_store_takes_a_download_and_gives_it_back(
    server: Server, tmp_path: Path
) -> None:
    store = Store(directory=tmp_path / "cache")
    closure = closure_of(locked(server.serve("/lib", BODY)), directory=tmp_path)
    lib = canonicalize_name("lib")

    first = fetch(closure, target=TARGET, store=store)
    second = fetch(closure, target=TARGET, store=store, settings=FetchSettings(offline=True))

    assert first[lib].read_bytes() == BODY
    assert first == second
    assert len(server.requests) == 1
