"""What starts a command out of a store path, which cannot name itself.

The name of a content-addressed path follows from its bytes, so no file in it can hold that
name: a launcher finds the rest from where it lies itself. What staging made of the entry
point lies in ``libexec/<name>/bin`` and is started by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.target import Python

_SINCE_SAFE_PATH = (3, 11)

#: With an interpreter of the store there is an environment, which its ``python`` starts.
_IN_ITS_ENVIRONMENT = '''\
#!{interpreter} -IS
"""Start the command of this name in the environment that lies beside it."""

import os
import sys

root = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
programs = os.path.join(root, "{scripts}")
python = os.path.join(programs, "python")
os.execv(python, [python, "{isolation}", os.path.join(programs, {command!a}), *sys.argv[1:]])
'''

#: Without, nothing but the standard library of whatever Python there is may be in the way.
_ON_THE_PATH = '''\
#!/usr/bin/env {program}
"""Start the command of this name with {python} of the PATH and what lies beside this."""

import os
import sys


def start():
    if sys.version_info[:2] != {version}:
        import shutil

        other = shutil.which("{python}")
        if other is None or os.path.basename(sys.executable) == "{python}":
            sys.exit(
                {command!a} + ": it was packaged for Python {release}, and this is %d.%d"
                " (put {python} on the PATH)" % sys.version_info[:2]
            )
        os.execv(other, [other, __file__] + sys.argv[1:])
    root = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    library = os.path.dirname(os.__file__)
    sys.path[:] = [
        path
        for path in sys.path
        if path == library or os.path.basename(path) == "lib-dynload"
    ]
    import site

    site.addsitedir(os.path.join(root, "{site}"))
    program = os.path.join(root, "{scripts}", {command!a})
    with open(program, "rb") as file:
        return program, compile(file.read(), program, "exec")


__file__, code = start()
exec(code)
'''


def in_its_environment(
    command: str, *, interpreter: str, scripts: str, python: Python
) -> bytes:
    """Write what starts a command with an interpreter of the store."""
    safe = (python.major, python.minor) >= _SINCE_SAFE_PATH
    return _IN_ITS_ENVIRONMENT.format(
        command=command,
        interpreter=interpreter,
        scripts=scripts,
        isolation="-sP" if safe else "-I",
    ).encode()


def on_the_path(command: str, *, scripts: str, site: str, python: Python) -> bytes:
    """Write what starts a command with the Python of the ``PATH``."""
    return _ON_THE_PATH.format(
        command=command,
        program=program(python),
        python=python.command,
        version=(python.major, python.minor),
        release=python.release,
        scripts=scripts,
        site=site,
    ).encode()


def program(python: Python) -> str:
    """Name the program to be looked for first; the launcher looks for others by itself."""
    if python.free_threaded:
        return python.command
    return "pypy3" if python.implementation == "pypy" else "python3"
