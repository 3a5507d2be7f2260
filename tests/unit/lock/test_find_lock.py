from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.errors import LockError
from repackage.lock import find_lock

if TYPE_CHECKING:
    from pathlib import Path


def test_the_nearest_lock_upwards_is_found(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").touch()
    (tmp_path / "a" / "dist").mkdir(parents=True)

    assert find_lock(tmp_path / "a" / "dist") == tmp_path / "uv.lock"

    (tmp_path / "a" / "uv.lock").touch()
    assert find_lock(tmp_path / "a" / "dist") == tmp_path / "a" / "uv.lock"


def test_the_first_start_comes_before_the_second(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "uv.lock").touch()
    (tmp_path / "empty").mkdir()

    assert find_lock(tmp_path / "b", tmp_path / "a") == tmp_path / "b" / "uv.lock"
    assert find_lock(tmp_path / "empty", tmp_path / "a") == tmp_path / "a" / "uv.lock"


def test_a_directory_named_like_a_lock_is_none(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").mkdir()

    with pytest.raises(LockError, match=r"no uv\.lock or pylock\.toml in or above"):
        find_lock(tmp_path)


def test_a_pylock_is_found_where_there_is_no_uv_lock(tmp_path: Path) -> None:
    (tmp_path / "a" / "dist").mkdir(parents=True)
    (tmp_path / "a" / "pylock.toml").touch()

    assert find_lock(tmp_path / "a" / "dist") == tmp_path / "a" / "pylock.toml"

    (tmp_path / "uv.lock").touch()
    assert find_lock(tmp_path / "a" / "dist") == tmp_path / "uv.lock"


def test_a_pylock_of_the_first_start_comes_before_a_uv_lock_of_the_second(
    tmp_path: Path,
) -> None:
    for name in ("a/pylock.toml", "b/uv.lock"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()

    assert find_lock(tmp_path / "a", tmp_path / "b") == tmp_path / "a" / "pylock.toml"


def test_a_pylock_with_a_name_of_its_own_is_not_chosen_but_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "pylock.web.toml").touch()
    (tmp_path / "pylock.app.toml").touch()

    with pytest.raises(LockError, match=r"no uv\.lock or pylock\.toml") as caught:
        find_lock(tmp_path / "dist")

    advice = caught.value.problems[0].advice
    assert advice == f"there is {tmp_path / 'pylock.app.toml'}: name it with --lock"


def test_without_a_lock_the_error_says_where_it_was_looked_for(tmp_path: Path) -> None:
    for other in ("pylock.toml.bak", "pylock.a.b.toml", "pylock-a.toml"):
        (tmp_path / other).touch()

    with pytest.raises(LockError) as caught:
        find_lock(tmp_path / "a", tmp_path)

    assert str(caught.value) == (
        f"no uv.lock or pylock.toml in or above {tmp_path / 'a'} or {tmp_path}"
        " (run 'uv lock', or name one with --lock)"
    )
