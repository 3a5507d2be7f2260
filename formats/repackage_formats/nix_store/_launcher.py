"""What starts a command out of a store path, which cannot name itself.

The name of a content-addressed path follows from its bytes, so no file in it can hold that
name: a launcher finds the rest from where it lies itself. What staging made of an entry
point lies in ``libexec/<name>/bin``, and the launcher starts it. No bytecode is written,
which root could: a store that changes is a damaged one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.format import Layout
    from repackage.target import Python

_SINCE_SAFE_PATH = (3, 11)

#: With an interpreter of the store there is an environment, which its ``python`` starts.
_IN_ITS_ENVIRONMENT = '''\
#!{interpreter} -IS
"""Start the command of this name in the environment that lies beside it."""

import os
import sys

root = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
programs = os.path.join(root, {scripts!a})
python = os.path.join(programs, "python")
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
os.execv(python, [python, {isolation!a}, os.path.join(programs, {command!a}), *sys.argv[1:]])
'''

#: Without, there is the Python of the ``PATH``, which may be too old to know this syntax.
_RIGHT_VERSION = '''\
#!/usr/bin/env {program}
"""{summary}"""

import os
import sys


def check():
    """Go on with the Python that it was packaged for."""
    if sys.version_info[:2] == {version}:
        return
    import shutil

    other = shutil.which({python!a})
    if other is None or os.path.basename(sys.executable) == {python!a}:
        sys.exit(
            {command!a} + ": it was packaged for {python}, and Python %d.%d is on the PATH"
            " (install {python}, or put it before the other)" % sys.version_info[:2]
        )
    os.execv(other, [other, __file__] + sys.argv[1:])


check()
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
'''
_COMMAND = '''\
root = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
programs = os.path.join(root, {scripts!a})


def prepare():
    """See the standard library, what lies beside this file, and nothing else."""
    library = os.path.dirname(os.__file__)
    sys.path[:] = [
        path
        for path in sys.path
        if path == library or os.path.basename(path) == "lib-dynload"
    ]
    sys.dont_write_bytecode = True
    sys.executable = os.path.join(programs, "python")
    import site

    site.addsitedir(os.path.join(root, {site!a}))


prepare()
__file__ = os.path.join(programs, {command!a})
with open(__file__, "rb") as script:
    code = compile(script.read(), __file__, "exec")
exec(code)
'''
_PYTHON = """\
root = os.path.realpath(__file__)[: -len({place!a})]
paths = [os.path.join(root, {site!a}), os.environ.get("PYTHONPATH", "")]
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
os.execv(sys.executable, [sys.executable] + sys.argv[1:])
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Launchers:
    """Writes what starts commands in a layout."""

    layout: Layout
    python: Python

    def command(self, name: str) -> bytes:
        """Write what starts a command."""
        if self.layout.venv:
            safe = (self.python.major, self.python.minor) >= _SINCE_SAFE_PATH
            return _IN_ITS_ENVIRONMENT.format(
                command=name,
                interpreter=self.layout.interpreter,
                scripts=self.layout.scripts,
                isolation="-sPB" if safe else "-IB",
            ).encode()
        return self._on_the_path(
            _COMMAND,
            name,
            summary="Start the command of this name with the Python of the PATH.",
        )

    def interpreter(self) -> bytes:
        """Write what a command starts as ``sys.executable`` where there is no environment."""
        summary = "The Python of the PATH, with what lies beside this file."
        return self._on_the_path(_PYTHON, "python", summary=summary)

    def _on_the_path(self, body: str, name: str, *, summary: str) -> bytes:
        return (
            (_RIGHT_VERSION + body)
            .format(
                command=name,
                program=program(self.python),
                python=self.python.command,
                scripts=self.layout.scripts,
                place=f"/{self.layout.scripts}/python",
                site=self.layout.purelib,
                summary=summary,
                version=(self.python.major, self.python.minor),
            )
            .encode()
        )


def program(python: Python) -> str:
    """Name the program to be looked for first; the launcher looks for others by itself."""
    if python.free_threaded:
        return python.command
    return "pypy3" if python.implementation == "pypy" else "python3"
