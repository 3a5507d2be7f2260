"""From modules to bytecode: once for each distribution, place and interpreter."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import deflate

from repackage.bytecode._piece import LEVEL, Compiled, bytecode_path, piece, unpacked
from repackage.bytecode._workers import Workers, program
from repackage.tree import read_file

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from repackage.bytecode._interpreter import Interpreter
    from repackage.format import Pieces
    from repackage.tree import File


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiler:
    """Compiles modules of a tree, or finds what it compiled before."""

    interpreter: Interpreter
    pieces: Pieces
    root: str
    """Absolute path that the root of the tree will lie at; empty: it is not known."""
    jobs: int = 1
    """Processes at a time; no byte depends on it."""

    def __call__(self, modules: Sequence[File]) -> dict[str, File]:
        """Bytecode by the path of its module; what cannot be compiled has none.

        Raises:
            StageError: The interpreter ended.
            WheelError: A wheel was changed since it was verified.
        """
        shares: dict[str, list[File]] = defaultdict(list)
        for module in sorted(modules, key=lambda file: file.path):
            shares[module.origin].append(module)
        keys = {self._key(share): share for share in shares.values()}
        places = {key: self.pieces.find(key) for key in keys}
        missing = [key for key, place in places.items() if place is None]
        if missing:
            with closing(self._made([keys[key] for key in missing])) as made:
                for key, one in zip(missing, made, strict=True):
                    places[key] = self.pieces.keep(key, one)
        found: dict[str, File] = {}
        for key, place in places.items():
            if place is not None:
                found |= unpacked(place, keys[key], tag=self.interpreter.tag)
        return found

    def place_of(self, module: str) -> str:
        """Where the bytecode of a module lies, if it has any."""
        return bytecode_path(module, tag=self.interpreter.tag)

    def _made(self, shares: Sequence[Sequence[File]]) -> Generator[bytes]:
        """Compile modules, and put together those of each share."""
        with (
            ThreadPoolExecutor(self.jobs) as threads,
            Workers(self.interpreter, most=self.jobs) as workers,
        ):

            def compiled(module: File) -> Compiled:
                data = workers.compile(read_file(module), self._place(module))
                return Compiled.of(module.path, data)

            made = threads.map(compiled, [module for share in shares for module in share])
            for share in shares:
                yield piece([next(made) for _ in share])

    def _place(self, module: File) -> str:
        return f"{self.root.rstrip('/')}/{module.path}" if self.root else module.path

    def _key(self, share: Sequence[File]) -> str:
        """Digest everything that bytecode depends on, and how it is kept."""
        facts = (
            program(),
            self.interpreter.build,
            self.interpreter.tag,
            self.root,
            f"deflate {deflate.__version__} {LEVEL}",
            *(f"{module.path}\0{module.digests.sha256}" for module in share),
        )
        joined = "\0\0".join(facts).encode("utf-8", "surrogateescape")
        return hashlib.sha256(joined).hexdigest()
