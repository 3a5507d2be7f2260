"""Launchers of ours, and the first line of the scripts that wheels bring."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.target import Python

#: A first line longer than this, ``#!`` and newline included, goes through ``/bin/sh``:
#: what pip and uv do, and what every kernel accepts (trap T1).
LONGEST_LINE = 127

#: Interpreters and what switches between them: never a command of an application (trap
#: T36). Names that merely begin so, such as ``pipx``, ``pip-audit`` and
#: ``python-argcomplete``, are commands like any other.
_RESERVED = re.compile(
    r"(?:pythonw?[0-9.]*t?d?(?:-config)?|pip[0-9.]*|(?:de)?activate(?:\..*|_this\.py)?)(?:\.exe)?",
    re.IGNORECASE,
)

_PYTHON = re.compile(rb"(?:python|pypy)w?[0-9.]*w?t?(?:\.exe)?")
#: Before the name of an interpreter that is looked for on the ``PATH``.
_ENV = "/usr/bin/env "
_ENV_SPLITS = {b"-S", b"--split-string"}
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")
_SH_EXEC = re.compile(rb"""'''exec' (?P<command>.+?) "\$0" "\$@"[ \t]*""")

_SINCE_SAFE_PATH = (3, 11)

_LAUNCHER = """\
import sys

from {module} import {name}

if __name__ == "__main__":
    sys.exit({attribute}())
"""


def reserved(name: str) -> bool:
    """Whether a name is an interpreter's, and so never that of a command."""
    return _RESERVED.fullmatch(name) is not None


def speakable(interpreter: str) -> bool:
    """Whether a first line can name an interpreter at all."""
    try:
        interpreter.encode()
    except UnicodeEncodeError:
        return False
    return not any(ord(character) < ord(" ") for character in interpreter)


def isolation(python: Python) -> str:
    """Flags that keep the user's site and the working directory out (trap T26).

    One word, because Linux passes everything after the interpreter as one argument.
    """
    return "-sP" if (python.major, python.minor) >= _SINCE_SAFE_PATH else "-I"


def launcher(
    module: str, attribute: str, *, interpreter: str, python: Python, path: str = ""
) -> bytes:
    """Write what starts an entry point; ``path`` is where modules are, if not in the site."""
    body = _LAUNCHER.format(
        module=module, name=attribute.partition(".")[0], attribute=attribute
    )
    if path:
        return _with_path(body, path, interpreter=interpreter, python=python)
    if attribute.partition(".")[0] == "sys":  # the import would hide the module
        body = body.removeprefix("import sys\n\n")
        body = body.replace("sys.exit(", "raise SystemExit(", 1)
    return first_line(interpreter, (isolation(python),)) + body.encode()


def _with_path(body: str, path: str, *, interpreter: str, python: Python) -> bytes:
    """Begin with the directory of modules; what says so to children is the environment.

    So that is not ignored, as ``-I`` would; without ``-P``, the place of the launcher's own
    directory is taken.
    """
    safe = (python.major, python.minor) >= _SINCE_SAFE_PATH
    first = f"sys.path.insert(0, {path!r})" if safe else f"sys.path[0] = {path!r}"
    body = body.replace("import sys\n", f"import sys\n\n{first}\n", 1)
    body = body.replace("sys.exit(", "raise SystemExit(", 1)  # the import may hide the module
    return first_line(interpreter, ("-sP" if safe else "-s",)) + body.encode()


def first_line(interpreter: str, arguments: tuple[str, ...], *, coding: bytes = b"") -> bytes:
    r"""Name the interpreter, directly or, where the kernel could not, through ``sh``.

    The second form is a command for ``sh`` and a string for Python: ``'''exec'`` is the
    word ``exec`` to the one and opens a string to the other, which ends before the rest
    of the file. A backslash is doubled, in quotes where ``sh`` takes one away too.
    """
    direct = " ".join([f"#!{interpreter}", *arguments]).encode() + b"\n"
    if len(direct) <= LONGEST_LINE and len(arguments) <= 1 and " " not in interpreter:
        return direct + coding
    named = interpreter.split(" ") if interpreter.startswith(_ENV) else [interpreter]
    words = [shlex.quote(word).replace("\\", "'\"\\\\\"'") for word in (*named, *arguments)]
    command = " ".join(words).encode()
    return b"#!/bin/sh\n" + coding + b"'''exec' " + command + b' "$0" "$@"\n' + b"' '''\n"


def rewritten(script: bytes, *, interpreter: str) -> bytes | None:
    """Point a Python script at our interpreter, its arguments kept (trap T3).

    None: it is no Python script, and stays as it is.
    """
    if not script.startswith(b"#!"):
        return None
    first, _, rest = script.partition(b"\n")
    if first.rstrip() == b"#!/bin/sh":
        arguments, rest = _through_sh(rest)
    else:
        arguments = _arguments(first[2:].strip())
    if arguments is None:
        return None
    second, _, after = rest.partition(b"\n")
    if _CODING.match(second):  # must stay within the first two lines (PEP 263)
        return first_line(interpreter, arguments, coding=second + b"\n") + after
    return first_line(interpreter, arguments) + rest


def _through_sh(rest: bytes) -> tuple[tuple[str, ...] | None, bytes]:
    """Take the ``sh`` form apart: arguments, and what follows it."""
    coding = b""
    line, _, after = rest.partition(b"\n")
    if _CODING.match(line):
        coding = line + b"\n"
        line, _, after = after.partition(b"\n")
    found = _SH_EXEC.fullmatch(line.rstrip(b"\r"))
    closing, _, body = after.partition(b"\n")
    if found is None or closing.strip() != b"' '''":
        return None, rest
    try:
        words = shlex.split(found["command"].decode())
    except ValueError:  # quotes that do not match; or no UTF-8
        return None, rest
    return _after_python([word.encode() for word in words]), coding + body


def _arguments(line: bytes) -> tuple[str, ...] | None:
    """Return what a first line gives to Python; None if it names another program."""
    words = line.split()
    if words and words[0].rpartition(b"/")[2] == b"env":
        words = [word for word in words[1:] if word not in _ENV_SPLITS]
    return _after_python(words)


def _after_python(words: list[bytes]) -> tuple[str, ...] | None:
    if not words or not _PYTHON.fullmatch(words[0].replace(b"\\", b"/").rpartition(b"/")[2]):
        return None
    return tuple(word.decode("utf-8", "replace") for word in words[1:])
