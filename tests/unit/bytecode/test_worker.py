from __future__ import annotations

import hashlib
import io
import marshal
import subprocess
import sys
from pathlib import Path

import pytest

from repackage.bytecode import compiling
from repackage.bytecode._worker import bytecode, ordered, serve
from repackage.bytecode._workers import Workers, program
from repackage.errors import TargetError
from repackage.target import Python
from tests.unit.bytecode.test_compiler import SOURCE


def message(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little") + data


def test_each_question_has_its_answer() -> None:
    asked = message(b"/a.py") + message(b"x = 1") + message(b"/b.py") + message(b"?")
    answers = io.BytesIO()

    serve(io.BytesIO(asked), answers)

    assert answers.getvalue() == message(bytecode(b"x = 1", "/a.py")) + message(b"")


@pytest.mark.parametrize("cut", [4, 13, 15])
def test_a_question_that_is_cut_short_has_none(cut: int) -> None:
    answers = io.BytesIO()

    serve(io.BytesIO((message(b"/a.py") + message(b"x = 1"))[:cut]), answers)

    assert answers.getvalue() == b""


def test_constants_are_written_as_marshal_reads_them_and_sets_in_order() -> None:
    value = (None, ..., True, 1, 1 << 80, 1.5, 2j, "text ä", b"bytes", (), ("a", ("b",)))

    assert marshal.loads(ordered(value)) == value
    assert marshal.loads(ordered(frozenset(value))) == frozenset(value)
    assert ordered(frozenset("abcdef")) == ordered(frozenset("fedcba"))


@pytest.mark.parametrize("minor", [9, 10, 11, 12, 13, 14])
def test_the_address_of_none_cannot_be_seen(minor: int) -> None:
    """The order of a set with ``None`` in it follows from there, before Python 3.12."""
    try:
        interpreter = compiling(Python(major=3, minor=minor))
    except TargetError:
        pytest.skip(f"there is no Python 3.{minor} here")
    digests = set()
    for _ in range(4):
        with Workers(interpreter, most=1) as workers:
            data = workers.compile(SOURCE.encode(), "/a.py")
        digests.add(hashlib.sha256(data).hexdigest())
        subprocess.run(
            [
                interpreter.path,
                "-c",
                "import marshal, sys; exec(marshal.loads(sys.stdin.buffer.read()[16:]))",
            ],
            input=data,
            check=True,
        )

    assert len(digests) == 1


def test_the_program_takes_nothing_of_repackage() -> None:
    assert "repackage" not in [
        word for line in program().splitlines() if "import" in line for word in line.split()
    ]
    assert (Path(sys.modules[bytecode.__module__].__file__ or "")).read_text() == program()
