from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.errors import LockError
from repackage.lock import Hash, read_lock
from repackage.source import constraint_lines

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "a" * 64


def write(directory: Path, constraints: str) -> Path:
    path = directory / "uv.lock"
    path.write_text(
        'version = 1\nrequires-python = ">=3.10"\n'
        f"[manifest]\nbuild-constraints = [{constraints}]\n"
    )
    return path


def test_build_constraints_are_read_with_their_hashes(tmp_path: Path) -> None:
    lock = read_lock(
        write(
            tmp_path,
            f'{{ name = "Hatch_ling", specifier = "<2", hashes = ["sha256:{DIGEST}"] }}',
        )
    )

    (constraint,) = lock.manifest.build_constraints
    assert constraint.declaration.name == "hatch-ling"
    assert constraint.hashes == (Hash(algorithm="sha256", digest=DIGEST),)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ('name = "a", specifier = ">=1,<2"', "a<2,>=1"),
        ('name = "a", extras = ["x", "y"], specifier = "==1"', "a[x,y]==1"),
        (
            'name = "a", specifier = "==1", marker = "os_name == \'nt\'"',
            "a==1 ; os_name == 'nt'",
        ),
        (
            f'name = "a", specifier = "==1", hashes = ["sha256:{DIGEST}"]',
            f"a==1 --hash=sha256:{DIGEST}",
        ),
        ('name = "a", url = "https://a.example/a.zip"', "a @ https://a.example/a.zip"),
        (
            'name = "a", git = "https://a.example/a?subdirectory=b&rev=v1"',
            "a @ git+https://a.example/a@v1#subdirectory=b",
        ),
        ('name = "a", git = "https://a.example/a"', "a @ git+https://a.example/a"),
    ],
)
def test_each_becomes_a_line_of_a_constraints_file(
    tmp_path: Path, written: str, line: str
) -> None:
    lock = read_lock(write(tmp_path, f"{{ {written} }}"))

    assert constraint_lines(lock.manifest) == (line,)


def test_a_path_becomes_a_file_url(tmp_path: Path) -> None:
    lock = read_lock(write(tmp_path, '{ name = "a", path = "a-1.tar.gz" }'))

    assert constraint_lines(lock.manifest) == (f"a @ {(tmp_path / 'a-1.tar.gz').as_uri()}",)


def test_a_hash_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, '{ name = "a", hashes = ["sha1:abc"] }')

    with pytest.raises(LockError, match=r"manifest.build-constraints\[0\].hashes"):
        read_lock(path)
