"""Temporary directories and interrupts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from repackage.scratch import temporary_directory

if TYPE_CHECKING:
    from pathlib import Path


def test_a_directory_is_gone_after_its_block_with_all_that_is_in_it(tmp_path: Path) -> None:
    with temporary_directory(tmp_path) as scratch:
        (scratch / "file").write_text("something")

        assert list(tmp_path.iterdir()) == [scratch]

    assert list(tmp_path.iterdir()) == []


def test_a_directory_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with temporary_directory(tmp_path) as scratch:
            assert scratch.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


def test_who_is_interrupted_while_a_directory_is_made_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = os.mkdir

    def interrupted(path: Path, mode: int) -> None:
        make(path, mode)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt), temporary_directory(tmp_path):
        pass

    assert list(tmp_path.iterdir()) == []


def test_two_directories_have_two_names(tmp_path: Path) -> None:
    with temporary_directory(tmp_path) as one, temporary_directory(tmp_path) as other:
        assert one != other


def test_a_directory_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), temporary_directory(tmp_path / "missing"):
        pass
