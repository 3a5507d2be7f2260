"""What a lock may say, and what is refused: section by section of the schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from repackage.errors import LockError
from repackage.lock import read_lock
from tests.unit.lock.accepted import ACCEPTED
from tests.unit.lock.pieces import HEAD, read
from tests.unit.lock.refused import REFUSED

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_a_lock_with_this_is_read(text: str, tmp_path: Path) -> None:
    assert read(text, tmp_path).path == tmp_path / "uv.lock"


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_lock_with_this_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(LockError) as caught:
        read(text, tmp_path)

    assert re.search(message, str(caught.value))
    assert str(tmp_path / "uv.lock") in str(caught.value)


@pytest.mark.parametrize("text", [text for text, _ in REFUSED.values()], ids=REFUSED)
def test_whatever_is_refused_there_is_a_remedy(text: str, tmp_path: Path) -> None:
    with pytest.raises(LockError) as caught:
        read(text, tmp_path)

    assert [problem for problem in caught.value.problems if not problem.advice] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "click==8\n"),
        ("poetry.lock", '[[package]]\nname = "a"\n[metadata]\nlock-version = "2.0"\n'),
        ("Pipfile.lock", '{"_meta": {}}'),
    ],
)
def test_of_other_kinds_of_locks_it_is_said_what_is_read_instead(
    name: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    with pytest.raises(LockError, match=r"only uv\.lock and pylock\.toml are read"):
        read_lock(path)


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml", "tool.py.lock"])
def test_a_merge_conflict_is_called_by_its_name(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(f"{HEAD}<<<<<<< ours\n=======\n>>>>>>> theirs\n", encoding="utf-8")

    with pytest.raises(LockError, match="resolve the merge conflict"):
        read_lock(path)


def test_a_directory_is_no_lock(tmp_path: Path) -> None:
    with pytest.raises(LockError, match="name the file of a lock"):
        read_lock(tmp_path)


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
