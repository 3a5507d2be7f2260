"""Maintainer scripts: compile at installation, and leave nothing behind (policy 6)."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.deb._options import Options

_POSTINST = """\
#!/bin/sh
set -e

case "$1" in
    configure|abort-upgrade|abort-remove|abort-deconfigure)
        # py3compile stops at a file that this Python cannot compile, a template say;
        # compileall goes on. Neither is a reason to leave the package unconfigured.
        # In a root that is not the running system (DPKG_ROOT) nothing can be compiled.
        if [ -z "$DPKG_ROOT" ] && command -v py3compile >/dev/null 2>&1; then
            py3compile -p {package} -V {release} /{prefix} >/dev/null 2>&1 ||
                {interpreter} -m compileall -q /{prefix}/lib >/dev/null 2>&1 ||
                true
        fi
        ;;
esac
"""

# As dh_python3 has it: for every Python 3 that the system has, and again by its hooks when
# that changes.
_POSTINST_ALONE = """\
#!/bin/sh
set -e

case "$1" in
    configure|abort-upgrade|abort-remove|abort-deconfigure)
        if [ -z "$DPKG_ROOT" ] && command -v py3compile >/dev/null 2>&1; then
            py3compile -p {package} >/dev/null 2>&1 || true
        fi
        ;;
esac
"""

_POSTINST_OF_OTHERS = """\
#!/bin/sh
set -e

case "$1" in
    configure|abort-upgrade|abort-remove|abort-deconfigure)
        # py3compile knows CPython with its lock alone: it would compile for another
        # interpreter than the one that runs this.
        # In a root that is not the running system (DPKG_ROOT) nothing can be compiled.
        if [ -z "$DPKG_ROOT" ]; then
            {interpreter} -m compileall -q /{prefix}/lib >/dev/null 2>&1 || true
        fi
        ;;
esac
"""

# debhelper's fallback needs perl; a shell is enough. No version is named, so bytecode of
# every interpreter goes, and no other file. It also serves where py3clean fails: a broken
# interpreter must not keep anybody from removing the package.
_PRERM = """\
#!/bin/sh
set -e

if [ -n "$DPKG_ROOT" ] || ! command -v py3clean >/dev/null 2>&1 || ! py3clean -p {package}; then
    dpkg -L {package} | while IFS= read -r path; do
        case "$path" in
            /{prefix}/*.py)
                directory="$DPKG_ROOT${{path%/*}}/__pycache__"
                module="${{path##*/}}"
                rm -f "$directory/${{module%.py}}."*.pyc
                rmdir "$directory" 2>/dev/null || true
                ;;
        esac
    done
fi
"""

# Beside bytecode that is shipped, which goes with the package, "python -O" leaves its own.
_PRERM_OF_SHIPPED = """\
#!/bin/sh
set -e

dpkg -L {package} | while IFS= read -r path; do
    case "$path" in
        /{prefix}/*.py)
            module="${{path##*/}}"
            rm -f "$DPKG_ROOT${{path%/*}}/__pycache__/${{module%.py}}."*.opt-[12].pyc
            ;;
    esac
done
"""


def scripts(plan: Plan[Options], tree: Tree, *, package: str) -> dict[str, bytes]:
    """Write postinst and prerm if there are modules.

    dpkg removes what it unpacked: without prerm, bytecode that ``postinst`` or a run as
    root compiled would keep the directories. It runs on upgrades too, so that modules
    that are gone leave no bytecode. ``-p`` takes the files from ``dpkg -L``: nothing that
    is not of this package is touched. Of bytecode that is shipped, dpkg itself has the list;
    what runs with ``-O`` compiled beside it goes before.
    """
    layout = plan.layout
    prefix = layout.purelib if layout.alone else layout.venv
    below = f"{prefix}/"
    modules = (f for f in tree.files if f.path.startswith(below) and f.path.endswith(".py"))
    if not plan.options.compile or next(modules, None) is None:
        return {}
    python = plan.target.python
    usual = python.implementation == "cpython" and not python.free_threaded
    postinst = _POSTINST if usual else _POSTINST_OF_OTHERS
    if layout.alone:
        postinst = _POSTINST_ALONE
    values = {
        "package": package,
        "prefix": prefix,
        "release": python.release,
        # policy wants programs found on PATH, where they are there; the scripts run as
        # root, and the path is whatever the maker of the target said
        "interpreter": quote(plan.target.interpreter.removeprefix("/usr/bin/")),
    }
    if layout.bytecode:
        return {"prerm": _PRERM_OF_SHIPPED.format(**values).encode()}
    return {
        "postinst": postinst.format(**values).encode(),
        "prerm": _PRERM.format(**values).encode(),
    }
