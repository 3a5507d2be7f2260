# Made by repackage: the start of an application that is one file (PEP 441).
"""Checks the interpreter, unpacks the application once if it must, and calls it.

It has to be read by Pythons that are too old for the application, so that they can say so.
"""

import os
import stat
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import zipfile
    from typing import Any

#: Says where applications are unpacked to.
VARIABLE = "REPACKAGE_PYZ_ROOT"


def run(facts: "dict[str, Any]") -> object:
    """Start the application that facts are of."""
    wrong = misfit(facts)
    if wrong:
        raise SystemExit("%s: %s" % (sys.argv[0], wrong))
    archive = os.path.dirname(os.path.abspath(__file__))
    place = archive
    if facts["unpack"]:
        place = unpacked(archive, "%s-%s" % (facts["name"], facts["digest"]))
    # Python put the file there as it was called: that is another one after a chdir.
    if sys.path and os.path.abspath(sys.path[0]) == archive:
        del sys.path[0]
    sys.path.insert(0, place)
    import importlib  # may be found in what was unpacked last

    importlib.invalidate_caches()
    found = importlib.import_module(facts["module"])
    for name in facts["attribute"].split("."):
        found = getattr(found, name)
    return found()  # type: ignore[operator]  # whatever the entry point names


def misfit(facts: "dict[str, Any]") -> str:
    """Say why this interpreter, or this machine, cannot run the application; or nothing."""
    python = tuple(facts["python"])
    here = "%s %s at %s" % (sys.implementation.name, sys.version.split()[0], sys.executable)
    if sys.version_info[:2] < python or (facts["exact"] and sys.version_info[:2] != python):
        return "it needs Python %d.%d%s, and this is %s" % (
            *python,
            "" if facts["exact"] else " or later",
            here,
        )
    native = facts["native"]
    if not native:
        return ""
    free_threaded = "t" in getattr(sys, "abiflags", "")
    if (sys.implementation.name, free_threaded) != (
        native["implementation"],
        native["free_threaded"],
    ):
        kind = "free-threaded " if native["free_threaded"] else ""
        return "it needs %s%s, and this is %s%s" % (
            kind,
            native["implementation"],
            "free-threaded " if free_threaded else "",
            here,
        )
    machine = (
        os.uname()[4] if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE")
    )
    if sys.platform != native["platform"] or machine not in native["machines"]:
        needed = "%s on %s" % (native["platform"], native["machines"][0])
        return "it is for %s, and this is %s on %s" % (needed, sys.platform, machine)
    return _another_libc(native["libc"])


def _another_libc(needed: "list[Any] | None") -> str:
    """Say why the C library is not the one that is needed, or nothing."""
    if not needed:
        return ""
    try:
        found = os.confstr("CS_GNU_LIBC_VERSION") or ""  # "glibc 2.36"
    except (AttributeError, ValueError, OSError):
        found = ""
    if needed[0] == "musl":
        return "it needs musl, and this machine has %s" % found if found else ""
    if not found:
        return "it needs glibc, and this machine has another C library"
    version = found.split()[-1]
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    if numbers < needed[1:]:
        return "it needs glibc %d.%d or later, and this machine has %s" % (
            needed[1],
            needed[2],
            version,
        )
    return ""


def unpacked(archive: str, name: str) -> str:
    """Return the directory that the application was unpacked to, now or before."""
    refusals = []
    for root in _roots():
        place = os.path.join(root, name)
        try:
            if not os.path.isdir(place):
                _make(root)
            _refuse_unsafe(root)
            if not os.path.isdir(place):
                _unpack(archive, root, name)
        except OSError as error:
            refusals.append("%s: %s" % (root, error.strerror or error))
        else:
            return place
    raise SystemExit(
        "%s: it cannot be unpacked: %s\n%s names a directory of yours for it"
        % (sys.argv[0], "; ".join(refusals), VARIABLE)
    )


def _roots() -> "list[str]":
    """Where to look for what was unpacked: where the user says, or in the cache, or in /tmp."""
    told = os.environ.get(VARIABLE)
    if told:
        return [os.path.realpath(told)]
    import tempfile  # slow

    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    user = os.geteuid() if hasattr(os, "geteuid") else "user"
    found = [os.path.join(os.path.realpath(tempfile.gettempdir()), "repackage-pyz-%s" % user)]
    if os.path.isabs(cache):
        found.insert(0, os.path.join(os.path.realpath(cache), "repackage-pyz"))
    return found


def _make(root: str) -> None:
    """Make a directory for one's own, and what is missing above it."""
    above = os.path.dirname(root)
    if not os.path.isdir(above):
        os.makedirs(above, 0o700, exist_ok=True)  # another one makes it, too
    try:
        os.mkdir(root, 0o700)
    except FileExistsError:
        pass


def _refuse_unsafe(root: str) -> None:
    """Refuse a directory in which somebody else could put code for us to run."""
    found = os.lstat(root)
    if not stat.S_ISDIR(found.st_mode):
        raise OSError("it is no directory")
    if os.name != "posix":
        return
    if found.st_uid not in {os.geteuid(), 0}:
        raise OSError("it is somebody else's")
    if found.st_mode & 0o022:
        raise OSError("others may write to it")
    above = os.stat(os.path.dirname(root)).st_mode
    if above & 0o002 and not above & stat.S_ISVTX:
        raise OSError("others may replace it")


def _unpack(archive: str, root: str, name: str) -> None:
    """Unpack beside, and rename: what has the name is complete, whoever was killed."""
    import shutil  # slow, and only this once
    import tempfile

    locked = _lock(os.path.join(root, "%s.lock" % name))
    try:
        if os.path.isdir(os.path.join(root, name)):
            return  # somebody else was first
        if locked is not None:  # nobody is at work: these were killed
            for left in os.listdir(root):
                if left.startswith(".%s." % name):
                    shutil.rmtree(os.path.join(root, left), ignore_errors=True)
        scratch = tempfile.mkdtemp(prefix=".%s." % name, dir=root)
        try:
            _extract(archive, scratch)
            os.chmod(scratch, 0o755)
            try:
                os.rename(scratch, os.path.join(root, name))
            except OSError:
                if not os.path.isdir(os.path.join(root, name)):
                    raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    finally:
        if locked is not None:
            os.close(locked)


def _lock(path: str) -> "int | None":
    """Wait until nobody else unpacks the same; None where files cannot be locked."""
    try:
        import fcntl
    except ImportError:
        return None
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    opened = os.open(path, flags, 0o600)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
    except OSError:  # some network file systems; the rename is atomic all the same
        os.close(opened)
        return None
    return opened


def _extract(archive: str, directory: str) -> None:
    """Put every file where it belongs, with its mode, whatever the umask."""
    import zipfile
    import zlib

    try:
        _extract_all(zipfile.ZipFile(archive), directory)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise OSError("it is damaged: %s" % error)  # noqa: B904 - told as it is


def _extract_all(archive: "zipfile.ZipFile", directory: str) -> None:
    with archive as opened:
        for member in opened.infolist():
            parts = member.filename.rstrip("/").split("/")
            if ".." in parts or "" in parts:
                raise OSError("%r leads out of it" % member.filename)
            path = os.path.join(directory, *parts)
            above = path if member.filename.endswith("/") else os.path.dirname(path)
            if not os.path.isdir(above):
                os.makedirs(above)
            if above == path or member.filename == "__main__.py":
                continue
            with opened.open(member) as source, open(path, "wb") as target:
                while True:
                    data = source.read(1 << 20)
                    if not data:
                        break
                    target.write(data)
            os.chmod(path, 0o755 if member.external_attr >> 16 & 0o100 else 0o644)
