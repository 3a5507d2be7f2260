"""Bytecode for where a zip is unpacked: nothing writes it there, since it is read-only."""

from __future__ import annotations

import importlib.util
import marshal
import sys
import warnings
from typing import TYPE_CHECKING, Final

from repackage.tree import File, inline_file, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: PEP 552: by hash of the source, and never compared with it.
_UNCHECKED_HASH: Final = (0b01).to_bytes(4, "little")


def compiled(files: Iterable[File], *, root: str) -> Iterator[File]:
    """Compile modules as the interpreter at hand would, for a root that they will lie below.

    The same source gives the same bytes, whatever the process and its hash seed. What this
    Python cannot compile, a template say, is left out.
    """
    for file in files:
        directory, _, name = file.path.rpartition("/")
        if not name.endswith(".py"):
            continue
        data = _compiled(read_file(file), f"{root}/{file.path}")
        if data is not None:
            cache = f"{directory}/__pycache__" if directory else "__pycache__"
            path = f"{cache}/{name.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
            yield inline_file(path, data, mtime=file.mtime, origin=file.origin)


def _compiled(source: bytes, path: str) -> bytes | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of strangers' escape sequences
            code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, OverflowError, MemoryError):
        return None
    digest = importlib.util.source_hash(source)
    return importlib.util.MAGIC_NUMBER + _UNCHECKED_HASH + digest + marshal.dumps(code)
