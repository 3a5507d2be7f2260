"""Compiles what it is sent: run by an interpreter of the target's minor version, with ``-c``.

That one may be older than those that repackage itself runs with. Each message is a length of
eight bytes, and as many bytes; an answer without any says that there is no bytecode.
"""

from __future__ import annotations

import sys

sys.path[:] = [path for path in sys.path if path]  # -c puts the working directory there

import marshal  # noqa: E402 - not what lies in the working directory
from importlib.util import MAGIC_NUMBER, source_hash  # noqa: E402 - likewise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, BinaryIO

#: PEP 552: by hash of the source, and never compared with it.
UNCHECKED_HASH = (0b01).to_bytes(4, "little")

#: Since when ``marshal`` writes the elements of sets in one order, and not that of their hashes
#: (the hash of None is where it lies in memory); and since when it can hardly be seen how many
#: objects, of which code, hold a string.
SETTLED_SINCE = (3, 11)

_SIZE = 8
#: ``marshal`` writes no references in this version of its format.
_WITHOUT_REFERENCES = 2


def bytecode(source: bytes, path: str) -> bytes:
    """Compile a module; nothing of what this Python cannot compile, a template say."""
    try:
        code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, OverflowError, MemoryError):
        return b""
    data = marshal.dumps(apart(code)) if sys.version_info >= SETTLED_SINCE else ordered(code)
    return MAGIC_NUMBER + UNCHECKED_HASH + source_hash(source) + data


def _has_sets(constant: object) -> bool:
    if isinstance(constant, tuple):
        return any(map(_has_sets, constant))
    return isinstance(constant, frozenset) or _has_sets(getattr(constant, "co_consts", ()))


def apart(constant: Any) -> Any:
    """Have each set once for each place that names it.

    Whether equal ones of several functions are one object, and so are written once, is up to
    what CPython 3.14 compiled before.
    """
    if isinstance(constant, frozenset):
        return frozenset([apart(each) for each in constant])
    if isinstance(constant, tuple):
        return tuple([apart(each) for each in constant]) if _has_sets(constant) else constant
    if _has_sets(constant):
        return constant.replace(co_consts=apart(constant.co_consts))
    return constant


def ordered(value: Any) -> bytes:
    """Write a constant as CPython 3.8 to 3.10 read it: sets in order, and no references."""
    if isinstance(value, frozenset):
        return b">" + _counted(sorted(map(ordered, value)))
    if isinstance(value, tuple):
        return b"(" + _counted(list(map(ordered, value)))
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
        return b"u" + len(text).to_bytes(4, "little") + text
    if hasattr(value, "co_consts"):
        return _code(value)
    return marshal.dumps(value, _WITHOUT_REFERENCES)


def _counted(elements: list[bytes]) -> bytes:
    return len(elements).to_bytes(4, "little") + b"".join(elements)


def _code(code: CodeType) -> bytes:
    numbers = (
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_nlocals,
        code.co_stacksize,
        code.co_flags,
    )
    objects = (
        code.co_code,
        code.co_consts,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_filename,
        code.co_name,
    )
    lines: bytes = getattr(code, "co_linetable" if sys.version_info >= (3, 10) else "co_lnotab")
    return b"".join(
        (
            b"c",
            *(number.to_bytes(4, "little") for number in numbers),
            *map(ordered, objects),
            code.co_firstlineno.to_bytes(4, "little"),
            ordered(lines),
        )
    )


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Compile one module after another, until there are no more."""
    while True:
        path = _received(asked)
        if path is None:
            return
        source = _received(asked)
        if source is None:
            return
        data = bytecode(source, path.decode("utf-8", "surrogateescape"))
        answers.write(len(data).to_bytes(_SIZE, "little") + data)
        answers.flush()


def _received(stream: BinaryIO) -> bytes | None:
    size = stream.read(_SIZE)
    return stream.read(int.from_bytes(size, "little")) if len(size) == _SIZE else None


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
