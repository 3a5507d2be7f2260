"""What holds for every lock, and for everything that is none."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from repackage.errors import LockError
from repackage.lock import read_lock
from tests.unit.lock.accepted import ACCEPTED
from tests.unit.lock.pieces import APP, DEP, HEAD, read
from tests.unit.lock.toml_writer import dump

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = (
    f'{HEAD}conflicts = [[{{ package = "app" }}, {{ package = "app", extra = "x" }}]]\n'
    f'[manifest]\nmembers = ["app"]\n{APP}dependencies = [{{ name = "dep", extra = ["e"],'
    " marker = \"python_full_version < '3.12'\" }]\n"
    f'[package.optional-dependencies]\nx = [{{ name = "dep" }}]\n{DEP}'
    "[package.optional-dependencies]\ne = []\n"
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for locks that no other test is below: they look for locks above them."""
    return tmp_path_factory.mktemp("locks")


def test_the_same_toml_in_another_layout_is_the_same_lock(tmp_path: Path) -> None:
    again = dump(tomli.loads(WHOLE))

    first, second = read(WHOLE, tmp_path), read(again, tmp_path)

    assert again != WHOLE
    assert first.packages == second.packages
    assert first.conflicts == second.conflicts


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_every_lock_means_the_same_when_it_is_written_anew(text: str, tmp_path: Path) -> None:
    first = read(text, tmp_path)
    again = read(dump(tomli.loads(text.removeprefix("\ufeff"))), tmp_path)

    assert replace(again, sha256=first.sha256) == first


def test_the_order_of_packages_changes_nothing_but_where_they_stand(tmp_path: Path) -> None:
    table = tomli.loads(WHOLE)
    table["package"].reverse()

    first, again = read(WHOLE, tmp_path), read(dump(table), tmp_path)

    assert first.by_name.keys() == again.by_name.keys()
    for identity, package in first.by_id.items():
        assert again.by_id[identity].dependencies == package.dependencies
        assert again.by_id[identity].optional_dependencies == package.optional_dependencies
    assert (first.members, first.manifest) == (again.members, again.manifest)


@given(
    key=st.from_regex(r"x-[a-z]{1,8}", fullmatch=True),
    value=st.one_of(st.integers(0, 9), st.text("ab", max_size=3), st.lists(st.booleans())),
)
def test_unknown_keys_change_nothing(key: str, value: object, directory: Path) -> None:
    table = tomli.loads(WHOLE)
    for place in (table, table["manifest"], *table["package"], *table["package"][1]["wheels"]):
        place[key] = value
    table["package"][0]["dependencies"][0][key] = value

    assert read(dump(table), directory).packages == read(WHOLE, directory).packages


@given(data=st.binary(max_size=200))
def test_whatever_is_in_the_file_there_is_a_lock_or_a_lock_error(
    data: bytes, directory: Path
) -> None:
    path = directory / "uv.lock"
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
    key: str, inner: str, value: object, directory: Path
) -> None:
    table = tomli.loads(WHOLE)
    table["package"][0][inner] = value
    with suppress(LockError):
        read(dump(table), directory)

    table[key] = value
    with suppress(LockError):
        read(dump(table), directory)
