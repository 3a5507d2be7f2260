"""A zip, or a function and its layer, read back; and what Lambda calls them by."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.archive import describe_zip, read_zip
from repackage.errors import InputError
from repackage.tree import Directory
from repackage_formats.zip._split import FUNCTION_NAME, LAYER_NAME, LAYER_PREFIX, is_split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.tree import Entry


def read_entries(artifact: Path) -> Iterator[Entry]:
    """Yield what is installed; of a function with its layer, both, as if they were one.

    Raises:
        InputError: A zip is damaged, or the two have something in common.
    """
    if not artifact.is_dir():
        yield from read_zip(artifact)
        return
    if not is_split(artifact):
        raise InputError.of(
            f"a directory without {FUNCTION_NAME} and {LAYER_NAME}", where=str(artifact)
        )
    seen: dict[str, bool] = {}
    for name, prefix in ((FUNCTION_NAME, ""), (LAYER_NAME, LAYER_PREFIX)):
        for entry in read_zip(artifact / name):
            path = entry.path.removeprefix(prefix)
            directory = isinstance(entry, Directory)
            if prefix and path == entry.path:  # of the layer, and beside its modules
                path = "" if f"{path}/" == prefix else f"../{path}"
            if not path or (directory and seen.get(path)):
                continue
            if path in seen or path.startswith("../"):
                raise InputError.of(
                    f"{entry.path!r} has no place in {name}", where=str(artifact)
                )
            seen[path] = directory
            yield replace(entry, path=path)


def read_facts(artifact: Path) -> dict[str, str]:
    """Tell how a zip is compressed, what can be run of it, and its CodeSha256."""
    facts = announced(artifact)
    if artifact.is_file():
        facts = {**describe_zip(artifact), **facts}
    return facts


def announced(artifact: Path) -> dict[str, str]:
    """The digests by which Lambda, Terraform and the CDK tell whether code has changed."""
    if artifact.is_dir():
        names = (FUNCTION_NAME, LAYER_NAME)
        return {f"{name} CodeSha256": _code_sha256(artifact / name) for name in names}
    return {"CodeSha256": _code_sha256(artifact)}


def _code_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return base64.b64encode(digest.digest()).decode("ascii")
