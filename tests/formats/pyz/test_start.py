"""The start of an application that is one file: whom it refuses, and where it unpacks to."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import repackage_formats.pyz as form
from repackage_formats.pyz import _bootstrap
from tests.formats.pyz.apps import made, started

if TYPE_CHECKING:
    from pathlib import Path

ALWAYS = form.Options(unpack="always")
#: So many files that unpacking them takes a while.
MANY = {f"example/data/{number:05}.txt": f"{number}\n" * 50 for number in range(1500)}
NATIVE = {
    "implementation": sys.implementation.name,
    "free_threaded": "t" in sys.abiflags,
    "platform": sys.platform,
    "machines": [os.uname().machine],
    "libc": None,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where to unpack to; it does not exist yet."""
    return tmp_path / "below" / "root"


def place(root: Path) -> Path:
    (found,) = (path for path in root.iterdir() if path.is_dir())
    return found


# --- where it unpacks to


def test_it_is_unpacked_once_and_for_its_user_alone(tmp_path: Path, root: Path) -> None:
    app = made(tmp_path, ALWAYS, files={"example/data.txt": "x"})
    before = os.umask(0)
    try:
        done = started(app, "a", cache=root)
    finally:
        os.umask(before)

    assert done.returncode == 7, done.stderr
    assert done.stdout == f"{place(root)}\n['a'] 1.0 late\n"
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert stat.S_IMODE(place(root).joinpath("example/data.txt").stat().st_mode) == 0o644
    assert not place(root).joinpath("__main__.py").exists()

    made_at = place(root).stat().st_ino
    assert started(app, cache=root).returncode == 7
    assert place(root).stat().st_ino == made_at
    assert sorted(path.suffix for path in root.iterdir() if path.is_file()) == [".lock"]


def test_what_is_executable_stays_so(tmp_path: Path, root: Path) -> None:
    app = made(tmp_path, ALWAYS)
    started(app, cache=root)

    assert {stat.S_IMODE(path.stat().st_mode) for path in place(root).rglob("*.py")} == {0o644}


def test_another_content_has_another_place(tmp_path: Path, root: Path) -> None:
    started(made(tmp_path, ALWAYS), cache=root)
    (tmp_path / "other").mkdir()
    started(made(tmp_path / "other", ALWAYS, files={"new.py": ""}), cache=root)

    assert len([path for path in root.iterdir() if path.is_dir()]) == 2


def test_the_cache_of_the_user_is_where_it_goes_by_default(tmp_path: Path) -> None:
    app = made(tmp_path, ALWAYS)

    assert started(app, HOME=str(tmp_path / "me")).returncode == 7
    assert place(tmp_path / "me/.cache/repackage-pyz").is_dir()
    assert started(app, HOME="/nowhere", XDG_CACHE_HOME=str(tmp_path / "xdg")).returncode == 7
    assert place(tmp_path / "xdg/repackage-pyz").is_dir()


def test_a_cache_that_cannot_be_written_is_replaced_by_one_in_the_temporary_directory(
    tmp_path: Path,
) -> None:
    app = made(tmp_path, ALWAYS)
    (tmp_path / "home").write_text("no directory")
    (tmp_path / "tmp").mkdir(mode=0o700)

    done = started(app, HOME=str(tmp_path / "home"), TMPDIR=str(tmp_path / "tmp"))

    assert done.returncode == 7, done.stderr
    assert place(tmp_path / f"tmp/repackage-pyz-{os.geteuid()}").is_dir()


def test_where_nothing_can_be_written_it_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = started(made(tmp_path, ALWAYS), cache=tmp_path / "file/below")

    assert done.returncode == 1
    assert "it cannot be unpacked:" in done.stderr
    assert "REPACKAGE_PYZ_ROOT names a directory of yours for it" in done.stderr


def test_what_was_unpacked_before_is_used_from_a_directory_that_is_read_only(
    tmp_path: Path, root: Path
) -> None:
    app = made(tmp_path, ALWAYS)
    started(app, cache=root)
    for path in root.iterdir():
        if path.is_file():
            path.unlink()
    root.chmod(0o555)

    done = started(app, cache=root)

    root.chmod(0o755)
    assert done.returncode == 7, done.stderr
    assert len(list(root.iterdir())) == 1


# --- what others could do


def test_a_directory_that_others_may_write_to_is_refused(tmp_path: Path, root: Path) -> None:
    root.mkdir(parents=True)
    root.chmod(0o777)

    done = started(made(tmp_path, ALWAYS), cache=root)

    assert done.returncode == 1
    assert "others may write to it" in done.stderr
    assert list(root.iterdir()) == []


def test_a_directory_that_others_may_replace_is_refused(tmp_path: Path, root: Path) -> None:
    root.mkdir(parents=True, mode=0o700)
    root.parent.chmod(0o777)

    done = started(made(tmp_path, ALWAYS), cache=root)

    assert "others may replace it" in done.stderr


def test_a_link_in_the_temporary_directory_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir(mode=0o700)
    (tmp_path / "trap").mkdir(mode=0o700)
    (tmp_path / "home").write_text("no directory")
    link = tmp_path / f"tmp/repackage-pyz-{os.geteuid()}"
    link.symlink_to(tmp_path / "trap")

    app = made(tmp_path, ALWAYS)
    done = started(app, HOME=str(tmp_path / "home"), TMPDIR=str(tmp_path / "tmp"))

    assert done.returncode == 1
    assert "it is no directory" in done.stderr
    assert list((tmp_path / "trap").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_directory_of_somebody_else_is_refused(tmp_path: Path, root: Path) -> None:
    root.mkdir(parents=True, mode=0o755)
    os.chown(root, 12345, 12345)

    done = started(made(tmp_path, ALWAYS), cache=root)

    assert "it is somebody else's" in done.stderr


# --- many at once, and killed ones


def test_twenty_first_starts_at_once_unpack_it_once(tmp_path: Path, root: Path) -> None:
    app = made(tmp_path, ALWAYS, files=MANY)
    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(lambda _: started(app, cache=root), range(20)))

    assert {each.returncode for each in done} == {7}, [each.stderr for each in done]
    assert len({each.stdout for each in done}) == 1
    assert len([path for path in root.iterdir() if path.is_dir()]) == 1
    assert len(list(place(root).glob("example/data/*"))) == len(MANY)


def killed_while_it_unpacks(app: Path, root: Path) -> bool:
    """Kill a first start in the middle; False: it was done before that."""
    environment = {**os.environ, "REPACKAGE_PYZ_ROOT": str(root)}
    first = subprocess.Popen([sys.executable, app], env=environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not list(root.glob(".*/example/__init__.py")) and time.monotonic() < deadline:
        time.sleep(0.001)
    first.send_signal(signal.SIGKILL)
    first.wait()
    return [path.name[0] for path in root.iterdir() if path.is_dir()] == ["."]


def test_a_start_that_was_killed_while_it_unpacked_is_made_good_by_the_next(
    tmp_path: Path,
) -> None:
    app = made(tmp_path, ALWAYS, files=MANY)
    # on a busy machine it may be done before anybody comes to kill it
    roots = (tmp_path / f"root{number}" for number in range(10))
    root = next(each for each in roots if killed_while_it_unpacks(app, each))
    (left,) = (path for path in root.iterdir() if path.is_dir())
    assert len(list(left.rglob("*"))) < len(MANY)

    done = started(app, cache=root)

    assert done.returncode == 7, done.stderr
    assert not left.exists()
    assert len(list(place(root).glob("example/data/*"))) == len(MANY)


def test_an_archive_that_is_damaged_leaves_nothing_behind(tmp_path: Path, root: Path) -> None:
    noise = os.urandom(1000)
    app = made(tmp_path, ALWAYS, files={"example/data.bin": noise})
    data = app.read_bytes()
    app.write_bytes(data.replace(noise, noise[::-1]))

    done = started(app, cache=root)

    assert done.returncode == 1
    assert "it is damaged: Bad CRC-32 for file 'example/data.bin'" in done.stderr
    assert [path.suffix for path in root.iterdir()] == [".lock"]


# --- whom it refuses


def test_an_older_python_is_told_what_is_needed(tmp_path: Path) -> None:
    done = started(made(tmp_path, minor=sys.version_info.minor + 1))

    assert done.returncode == 1
    assert (
        f"it needs Python 3.{sys.version_info.minor + 1} or later, and this is" in done.stderr
    )
    assert sys.executable in done.stderr


@pytest.fixture
def facts() -> dict[str, Any]:
    return {
        "python": list(sys.version_info[:2]),
        "exact": True,
        "native": dict(NATIVE),
        "module": "example",
        "attribute": "main",
        "unpack": True,
        "name": "example-1.0",
        "digest": "0",
    }


def test_the_python_that_it_was_made_for_fits(facts: dict[str, Any]) -> None:
    assert _bootstrap.misfit(facts) == ""
    assert _bootstrap.misfit({**facts, "native": None}) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"python": [3, 2]}, "it needs Python 3.2, and this is cpython"),
        ({"python": [3, 99], "exact": False}, "it needs Python 3.99 or later, and this is"),
        ({"native": {**NATIVE, "implementation": "pypy"}}, "it needs pypy, and this is"),
        (
            {"native": {**NATIVE, "free_threaded": not NATIVE["free_threaded"]}},
            "free-threaded",
        ),
        ({"native": {**NATIVE, "platform": "darwin"}}, "it is for darwin on"),
        (
            {"native": {**NATIVE, "machines": ["s390x"]}},
            "it is for linux on s390x, and this is",
        ),
    ],
)
def test_what_does_not_fit_is_told(
    facts: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    assert said in _bootstrap.misfit({**facts, **change})


def test_a_later_python_will_do_for_what_is_not_exact(facts: dict[str, Any]) -> None:
    assert _bootstrap.misfit({**facts, "python": [3, 2], "exact": False}) == ""


@pytest.mark.parametrize(
    ("here", "needed", "said"),
    [
        ("glibc 2.36", ["glibc", 2, 36], ""),
        ("glibc 2.36", ["glibc", 2, 5], ""),
        (
            "glibc 2.9",
            ["glibc", 2, 17],
            "it needs glibc 2.17 or later, and this machine has 2.9",
        ),
        ("glibc 2.36", ["musl", 1, 2], "it needs musl, and this machine has glibc 2.36"),
        ("", ["glibc", 2, 17], "it needs glibc, and this machine has another C library"),
        ("", ["musl", 1, 2], ""),
    ],
)
def test_another_c_library_is_told(
    monkeypatch: pytest.MonkeyPatch,
    facts: dict[str, Any],
    here: str,
    needed: list[Any],
    said: str,
) -> None:
    def confstr(name: str) -> str:
        if not here:
            raise ValueError(name)
        return here

    monkeypatch.setattr(os, "confstr", confstr)
    facts["native"]["libc"] = needed

    assert _bootstrap.misfit(facts) == said


def test_it_is_made_of_what_every_python_3_has() -> None:
    # nothing of ours, and nothing that is slow, before it is known to be needed
    code = f"""
import importlib.util, os, stat, sys
spec = importlib.util.spec_from_file_location("start", {_bootstrap.__file__!r})
before = set(sys.modules)
spec.loader.exec_module(importlib.util.module_from_spec(spec))
print(sorted(set(sys.modules) - before))
"""
    imported = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert imported.stdout == "[]\n"
