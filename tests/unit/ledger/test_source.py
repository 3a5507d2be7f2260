from __future__ import annotations

from pathlib import Path

import pytest

from repackage.ledger import (
    FromDirectory,
    FromFile,
    FromGit,
    FromIndex,
    FromTree,
    FromUrl,
    Origin,
    origin_of,
    public_url,
)
from repackage.lock import (
    DirectUrl,
    Git,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    Source,
    SourceTree,
)

COMMIT = "c" * 40


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        (
            RegistryUrl(url="https://ann:secret@index.example:8443/simple/"),
            FromIndex(url="https://index.example:8443/simple/"),
        ),
        (RegistryUrl(url=""), FromIndex(url="")),
        (RegistryPath(path=Path("/home/me/wheels")), FromDirectory()),
        (
            Git(url="ssh://git@git.example/a.git", commit=COMMIT, subdirectory="python"),
            FromGit(url="ssh://git.example/a.git", commit=COMMIT, subdirectory="python"),
        ),
        (
            Git(url="file:///home/me/repositories/a/", commit=COMMIT),
            FromGit(url="file:a", commit=COMMIT),
        ),
        (
            DirectUrl(url="https://a.example/a-1.whl?token=secret#sha256=1"),
            FromUrl(url="https://a.example/a-1.whl"),
        ),
        (LocalArchive(path=Path("/home/me/a-1.whl")), FromFile(filename="a-1.whl")),
        (SourceTree(kind="editable", path=Path("/home/me/a")), FromTree(kind="editable")),
    ],
)
def test_a_source_is_told_without_secrets_and_local_paths(
    source: Source, origin: Origin
) -> None:
    assert origin_of(source) == origin


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://[broken", ""),
        ("/home/me/wheels", "file:wheels"),
        ("https://a@b:c@d.example/x", "https://d.example/x"),
        ("", "file:"),
    ],
)
def test_a_url_that_is_none_tells_nothing(url: str, public: str) -> None:
    assert public_url(url) == public
