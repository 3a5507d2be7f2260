from __future__ import annotations

import importlib.util
import marshal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.bytecode import Compiler, compiling
from repackage.bytecode._worker import UNCHECKED_HASH
from repackage.bytecode._workers import Workers
from repackage.errors import StageError
from repackage.target import Python
from repackage.tree import File, inline_file, read_file
from tests.unit.bytecode.pieces import KeptPieces

if TYPE_CHECKING:
    from pathlib import Path
    from types import CodeType

HERE = Python(major=3, minor=sys.version_info.minor)
TAG = f"cpython-3{HERE.minor}"
SOURCE = """
NAMES = {'b', 'a', 'c'}
def known(name, *, limit=12345678901, ratio=1.5):
    '''Say whether a name is known.'''
    if name in {'one', 'two', 'three', 4, 5.5, None, ..., (None, 'x'), b'y', True, 2j}:
        return (name, ('x', b'y'), frozenset({'p', 'q'}), 'umlaut: ä', -7, 1 << 70)
    class Inner:
        attribute: int = limit
    return [lambda n: n in {'u', 'v', 'w'} for _ in NAMES]
"""

pytestmark = pytest.mark.skipif(
    sys.implementation.name != "cpython", reason="bytecode is of CPython"
)


def module(path: str, source: str = SOURCE, origin: str = "example") -> File:
    return inline_file(path, source.encode(), mtime=1_700_000_000, origin=origin)


def compiler(directory: Path, *, root: str = "/", jobs: int = 1) -> Compiler:
    directory.mkdir(exist_ok=True)
    return Compiler(
        interpreter=compiling(HERE), pieces=KeptPieces(directory), root=root, jobs=jobs
    )


def kept(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def code_of(file: File) -> CodeType:
    code: CodeType = marshal.loads(read_file(file)[16:])
    return code


def test_bytecode_lies_beside_its_module_and_is_the_modules_owners(tmp_path: Path) -> None:
    found = compiler(tmp_path / "kept")([module("lib/a.py"), module("b.c.py", origin="other")])

    facts = {
        path: (file.path, file.mode, file.mtime, file.origin) for path, file in found.items()
    }
    assert facts == {
        "lib/a.py": (f"lib/__pycache__/a.{TAG}.pyc", 0o644, 1_700_000_000, "example"),
        "b.c.py": (f"__pycache__/b.c.{TAG}.pyc", 0o644, 1_700_000_000, "other"),
    }


def test_bytecode_is_unchecked_and_of_the_source_by_hash(tmp_path: Path) -> None:
    (file,) = compiler(tmp_path / "kept")([module("lib/a.py")]).values()

    data = read_file(file)
    assert data[:4] == importlib.util.MAGIC_NUMBER
    assert data[4:8] == UNCHECKED_HASH == b"\1\0\0\0"
    assert data[8:16] == importlib.util.source_hash(SOURCE.encode())


@pytest.mark.parametrize(
    ("root", "place"),
    [("/", "/lib/a.py"), ("/var/task", "/var/task/lib/a.py"), ("", "lib/a.py")],
)
def test_code_names_where_its_module_will_lie(tmp_path: Path, root: str, place: str) -> None:
    (file,) = compiler(tmp_path / "kept", root=root)([module("lib/a.py")]).values()

    code = code_of(file)
    inner = next(each for each in code.co_consts if hasattr(each, "co_filename"))
    assert (code.co_filename, inner.co_filename) == (place, place)


def test_bytecode_does_what_the_module_does(tmp_path: Path) -> None:
    (file,) = compiler(tmp_path / "kept")([module("a.py")]).values()
    there: dict[str, object] = {}
    exec(code_of(file), there)

    known = there["known"]
    assert callable(known)
    for name in ("one", 5.5, None, ..., (None, "x"), b"y", 1, 2j):
        assert known(name)[1:] == (
            ("x", b"y"), frozenset({"p", "q"}), "umlaut: ä", -7, 1 << 70
        )  # fmt: skip
    assert len(known("unknown")) == 3


def test_neither_jobs_nor_order_nor_the_environment_can_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = [module(f"m{number}.py", f"{SOURCE}\nx{number} = 1\n") for number in range(12)]
    modules += [module(f"n{number}.py", "import os\n", origin="b") for number in range(3)]
    first = compiler(tmp_path / "1")(modules)
    for name, value in {"HASHSEED": "7", "NODEBUGRANGES": "1", "OPTIMIZE": "2"}.items():
        monkeypatch.setenv(f"PYTHON{name}", value)
    (tmp_path / "marshal.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)

    second = compiler(tmp_path / "2", jobs=3)(modules[::-1])

    assert {p: f.digests for p, f in first.items()} == {p: f.digests for p, f in second.items()}
    assert kept(tmp_path / "1") == kept(tmp_path / "2")


def test_what_cannot_be_compiled_has_no_bytecode(tmp_path: Path) -> None:
    modules = [
        module("a.py", "x = '\\d'\n"),
        module("empty.py", ""),
        module("template.py", "{{ name }} = ?"),
        module("old.py", "print 'python 2'"),
        module("odd.py", "# coding: no-such-coding\n"),
        inline_file("null.py", b"x = 1\0", mtime=0),
        inline_file("latin.py", b"x = '\xff'\n", mtime=0),
        module("deep.py", f"x = {'(' * 5000}{')' * 5000}"),
    ]
    assert set(compiler(tmp_path / "kept")(modules)) == {"a.py", "empty.py"}


def test_what_was_compiled_once_is_not_so_again(tmp_path: Path) -> None:
    first = compiler(tmp_path / "kept")
    modules = [module("a.py"), module("b.py", origin="other")]
    made = first(modules)
    again = compiler(tmp_path / "kept")
    broken = replace(again, interpreter=replace(again.interpreter, path="/nonexistent"))

    assert broken(modules) == made
    assert broken.pieces.kept == []  # type: ignore[attr-defined]
    assert read_file(made["a.py"]) == read_file(broken(modules)["a.py"])


@pytest.mark.parametrize("what", ["source", "path", "root", "build"])
def test_whatever_bytecode_depends_on_makes_another_piece(tmp_path: Path, what: str) -> None:
    first = compiler(tmp_path / "kept")
    first([module("a.py"), module("b.py", origin="other")])
    changed = module("a.py", "x = 2\n") if what == "source" else module("a.py")
    changed = replace(changed, path="z/a.py") if what == "path" else changed
    second = compiler(tmp_path / "kept", root="/opt" if what == "root" else "/")
    if what == "build":
        second = replace(second, interpreter=replace(second.interpreter, build="another"))
    second([changed, module("b.py", origin="other")])

    shared = what in {"source", "path"}
    assert len(second.pieces.kept) == (1 if shared else 2)  # type: ignore[attr-defined]


def test_an_interpreter_that_ends_is_told_of(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nread -r line\n")
    program.chmod(0o755)
    ending = compiler(tmp_path / "kept")
    for path in (program, tmp_path / "gone"):
        broken = replace(
            ending, interpreter=replace(ending.interpreter, path=str(path)), jobs=2
        )
        with pytest.raises(StageError, match="ended while it compiled this module") as caught:
            broken([module(f"m{number}.py") for number in range(20)])
        assert caught.value.problems[0].where.startswith("/m")
    assert kept(tmp_path / "kept") == {}


def test_no_process_outlives_the_block() -> None:
    workers = Workers(compiling(HERE), most=2)
    with suppress(KeyboardInterrupt), workers:
        threads = [
            threading.Thread(target=_compile_until_it_ends, args=(workers,)) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        while len(workers._started) < 2:
            time.sleep(0.01)
        raise KeyboardInterrupt
    for thread in threads:
        thread.join(10)

    assert all(process.returncode is not None for process in workers._started)
    assert not any(thread.is_alive() for thread in threads)
    with pytest.raises(StageError):
        workers.compile(b"", "late.py")


def _compile_until_it_ends(workers: Workers) -> None:
    with suppress(StageError):
        while True:
            workers.compile(SOURCE.encode() * 50, "a.py")
