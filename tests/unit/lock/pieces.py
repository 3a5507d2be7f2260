"""Pieces of locks, and reading what is put together of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from repackage.lock import Lock, read_lock

if TYPE_CHECKING:
    from pathlib import Path

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


def name(text: str) -> NormalizedName:
    """A name that is normal already."""
    return canonicalize_name(text)
