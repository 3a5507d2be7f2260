"""Where a package comes from: ``source = { … }``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, urlsplit

from repackage.lock._fields import Malformed, Table, optional, required, table_of
from repackage.lock._model import (
    DirectUrl,
    Git,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    Source,
    SourceTree,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Suffixes of the archives that may lie inside a repository.
ARCHIVES = (
    ".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz",
    ".tlz", ".tar.lz", ".tar.lzma", ".tar.zst",
)  # fmt: skip

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
GIT_SCHEMES = frozenset({"https", "http", "ssh", "file"})
COMMIT = re.compile(r"[0-9a-fA-F]{40}")
Kind = Literal["registry", "git", "url", "path", "directory", "editable", "virtual"]
_KINDS: tuple[Kind, ...] = (
    "registry",
    "git",
    "url",
    "path",
    "directory",
    "editable",
    "virtual",
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Reads sources; relative paths start from the directory of the lock."""

    directory: Path

    def read(self, table: Table) -> Source:
        """Read the source of a package; of two kinds in one table the first counts."""
        for kind in _KINDS:
            if type(table.get(kind)) is str:
                try:
                    return self._of_kind(kind, required(table, kind, str), table)
                except ValueError as error:
                    raise Malformed(str(error), key=kind) from error
        raise Malformed(
            f"not a source that is known: {', '.join(table) or 'empty'}",
            advice=f"known: {', '.join(_KINDS)}; a newer repackage may read this lock",
        )

    def of(self, table: Table) -> Source | None:
        """Read the ``source`` of a package or an edge, if it has one."""
        value = table.get("source")
        if value is None:
            return None
        try:
            return self.read(table_of(value))
        except Malformed as error:
            raise error.under("source") from error

    def path(self, written: str) -> Path:
        """Make a path absolute, resolving ``..`` lexically as uv does."""
        return Path(os.path.normpath(self.directory / written))

    def _of_kind(self, kind: Kind, value: str, table: Table) -> Source:
        match kind:
            case "registry" if SCHEME.match(value):
                return RegistryUrl(url=value)
            case "registry":
                return RegistryPath(path=self.path(value))
            case "git":
                return git(value)
            case "url":
                url = value.partition("#")[0]
                if not SCHEME.match(url):
                    raise ValueError(f"{value!r} is not a URL")
                return DirectUrl(
                    url=url, subdirectory=optional(table, "subdirectory", str) or ""
                )
            case "path":
                return LocalArchive(path=self.path(value))
            case "directory" | "editable" | "virtual":
                return SourceTree(kind=kind, path=self.path(value))


def git(text: str) -> Git:
    """Read ``URL?query#commit``."""
    parts = urlsplit(text)
    if parts.scheme not in GIT_SCHEMES:
        raise ValueError(f"{text!r} has no scheme that git sources may have")
    if not COMMIT.fullmatch(parts.fragment):
        raise ValueError(f"{text!r} does not end in a full commit")
    query: Mapping[str, str] = dict(parse_qsl(parts.query, keep_blank_values=True))
    path = query.get("path", "")
    if path and not path.endswith(ARCHIVES):
        raise ValueError(f"{path!r} is not an archive")
    revision = query.get("rev", "")
    if COMMIT.fullmatch(revision) and revision.lower() != parts.fragment.lower():
        raise ValueError(f"{text!r} names two different commits")
    reference = next((f"{k}={query[k]}" for k in ("tag", "branch", "rev") if k in query), "")
    return Git(
        url=parts._replace(query="", fragment="").geturl(),
        commit=parts.fragment.lower(),
        subdirectory=query.get("subdirectory", ""),
        path=path,
        lfs=query.get("lfs", "").lower() == "true",
        reference=reference,
    )
