"""Disks that are full, directories that cannot be written, readers that go away."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.bad_input.user import User

#: A mount namespace of one's own, with the rights to mount there for those who lack them.
PRIVATE = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))

MOUNTS = pytest.mark.native("unshare", "mount")


def mounted(directory: Path, *mounts: str) -> tuple[str, ...]:
    """Wrap a command: ``{}`` in the mounts is the directory, which others never see mounted."""
    directory.mkdir()
    if subprocess.run([*PRIVATE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespaces here")
    script = " && ".join([f"mount {mount.format(directory)}" for mount in mounts])
    return (*PRIVATE, "sh", "-c", f'{script} && exec "$@"', "sh")


@MOUNTS
@pytest.mark.parametrize("form", ["deb", "tar"])
def test_an_output_directory_on_a_full_disk(user: User, form: str) -> None:
    user.have_much_to_write(1 << 20)
    full = mounted(user.project.out, "-t tmpfs -o size=512k none {}")
    left = ["sh", "-c", '"$@"; status=$?; ls -A "$0" >&2; exit $status', str(user.project.out)]

    said = user.refused(8, command=[*left, *user.command(formats=[form])], wrapper=full)

    assert f"{user.project.out}: cannot be written: no space left on device" in said
    assert "free some space, or choose another disk with --out-dir" in said


@MOUNTS
@pytest.mark.parametrize("limits", ["size=8k", "size=1m,nr_inodes=4", "size=4k"])
def test_a_cache_on_a_full_disk(user: User, limits: str) -> None:
    full = mounted(user.project.cache, f"-t tmpfs -o {limits} none {{}}")

    said = user.refused(9, wrapper=full)

    assert "the cache cannot be used: No space left on device" in said
    assert "run 'repackage cache prune', or name another directory with --cache-dir" in said


READ_ONLY = ("--bind {0} {0}", "-o remount,ro,bind {0}")


@MOUNTS
def test_an_output_directory_that_is_not_writable(user: User) -> None:
    read_only = mounted(user.project.out, *READ_ONLY)

    said = user.refused(8, wrapper=read_only)

    assert f"{user.project.out}/" in said
    assert "cannot be written: read-only file system" in said
    assert "choose another directory with --out-dir" in said


@MOUNTS
def test_a_cache_that_is_not_writable(user: User) -> None:
    read_only = mounted(user.project.cache, *READ_ONLY)

    said = user.refused(9, wrapper=read_only)

    assert "the cache cannot be used: Read-only file system" in said
    assert "name a writable directory with --cache-dir or REPACKAGE_CACHE_DIR" in said


@MOUNTS
def test_a_full_directory_of_temporary_files_is_not_needed(user: User) -> None:
    user.have_much_to_write(1 << 20)
    temporary = user.project.directory / "tmp"
    full = mounted(temporary, "-t tmpfs -o ro,size=4k none {}")
    user.environment["TMPDIR"] = str(temporary)

    done = user.run(user.command(), wrapper=full)

    assert (done.status, done.err) == (0, "")


def test_a_limit_on_the_size_of_files(user: User) -> None:
    user.have_much_to_write(1 << 20)

    said = user.refused(8, wrapper=("sh", "-c", 'ulimit -f 512; exec "$@"', "sh"))

    assert "cannot be written: file too large" in said
    assert "see 'ulimit -f'" in said


@pytest.mark.parametrize("below", ["", "/below"])
def test_an_output_directory_that_is_a_file(user: User, below: str) -> None:
    user.project.out.write_text("precious")

    said = user.refused(8, "--out-dir", f"{user.project.out}{below}")

    assert "--out-dir names a directory" in said
    assert user.project.out.read_text() == "precious"


def test_a_cache_that_is_a_file(user: User) -> None:
    user.project.cache.write_text("precious")

    said = user.refused(9)

    assert "the cache cannot be used: Not a directory" in said
    assert user.project.cache.read_text() == "precious"


def test_a_reader_who_goes_away(user: User) -> None:
    """The artifacts are complete: only nobody wants to hear of them."""
    script = '"$@" | head -n 0; exit ${PIPESTATUS[0]}'

    done = user.run(user.command(), wrapper=("bash", "-c", script, "bash"))

    assert (done.status, done.out, done.err) == (141, "", "")
    assert len(user.project.left_behind()) == 2
