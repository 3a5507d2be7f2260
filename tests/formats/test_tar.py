from __future__ import annotations

import os
import subprocess
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest
from packaging.version import Version

from repackage.errors import ConfigError, FormatError, InputError
from repackage.testing import EPOCH, example_plan, example_tree, odd_tree
from repackage.tree import Directory, File, Symlink, Tree, inline_file, read_file
from repackage_formats import tar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repackage.format import Layout, Plan

    Compression = Literal["gz", "xz", "zst", "none"]


def planned(options: tar.Options | None = None, *, version: str = "1.0") -> Plan[tar.Options]:
    return example_plan(tar, options, version=version)


def emitted(
    directory: Path,
    options: tar.Options | None = None,
    *,
    staged: Callable[[Layout], Tree] = example_tree,
) -> Path:
    plan = planned(options)
    out = directory / tar.filename(plan)
    tar.emit(plan, staged(plan.layout), out)
    return out


@pytest.mark.parametrize(
    ("compression", "suffix"),
    [("gz", ".tar.gz"), ("xz", ".tar.xz"), ("zst", ".tar.zst"), ("none", ".tar")],
)
def test_the_name_tells_name_version_target_and_compression(
    compression: Compression, suffix: str
) -> None:
    plan = planned(tar.Options(compression=compression))

    assert tar.filename(plan) == f"example-1.0-debian-12-x86_64{suffix}"


def test_local_versions_and_epochs_stay_in_the_name() -> None:
    plan = planned()
    package = replace(plan.package, version=Version("1!2.0+local.1"))

    assert tar.filename(replace(plan, package=package)) == (
        "example-1!2.0+local.1-debian-12-x86_64.tar.gz"
    )


def test_the_app_layout_is_a_private_prefix() -> None:
    assert planned().layout.venv == "usr/lib/example"
    assert planned().layout.commands == "usr/bin"
    assert planned(tar.Options(prefix="opt/app")).layout.scripts == "opt/app/bin"
    assert planned(tar.Options(prefix="/opt/app")).layout.scripts == "opt/app/bin"


def test_the_flat_layout_has_no_prefix_unless_one_is_given() -> None:
    bare = planned(tar.Options(layout="flat")).layout
    moved = planned(tar.Options(layout="flat", prefix="app/lib")).layout

    assert (bare.purelib, bare.data, bare.headers) == ("", "", "include")
    assert (moved.purelib, moved.platlib) == ("app/lib", "app/lib")
    assert (moved.data, moved.headers) == ("app/lib", "app/lib/include")
    assert not moved.pth


@pytest.mark.parametrize(
    "prefix", ["//opt/app", "opt/../etc", "..", "opt//app", "opt/", "./opt", ".", "/"]
)
def test_a_prefix_that_is_not_a_plain_path_is_refused(prefix: str) -> None:
    with pytest.raises(ConfigError, match="is not a plain path"):
        tar.Options(prefix=prefix)


def test_all_problems_of_the_options_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        tar.Options(compression="xz", level=10, prefix="x/")

    assert [problem.where for problem in caught.value.problems] == ["level", "prefix"]
    assert "0 to 9" in str(caught.value)


def test_no_compression_has_no_level() -> None:
    with pytest.raises(ConfigError, match=r"'none' has no level 1 \(leave it out\)"):
        tar.Options(compression="none", level=1)


@pytest.mark.parametrize("compression", ["gz", "xz", "none"])
def test_the_standard_library_sees_root_and_dates_and_nothing_else(
    compression: Compression, tmp_path: Path
) -> None:
    path = emitted(tmp_path, tar.Options(compression=compression), staged=odd_tree)
    with tarfile.open(path) as archive:
        members = archive.getmembers()

    assert {(m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, "root", "root")}
    assert {m.mode for m in members} == {0o644, 0o755, 0o777}
    assert max(m.mtime for m in members) == EPOCH
    assert not [m.name for m in members if m.pax_headers or m.name.startswith((".", "/"))]


def test_a_higher_level_is_smaller(tmp_path: Path) -> None:
    one = emitted(tmp_path, tar.Options(level=1), staged=odd_tree).stat().st_size
    (tmp_path / "best").mkdir()
    nine = emitted(tmp_path / "best", tar.Options(level=9), staged=odd_tree).stat().st_size

    assert nine < one


def test_an_artifact_is_never_overwritten(tmp_path: Path) -> None:
    emitted(tmp_path)

    with pytest.raises(FileExistsError):
        emitted(tmp_path)


def test_a_tarball_whose_suffix_lies_is_read_all_the_same(tmp_path: Path) -> None:
    path = emitted(tmp_path, tar.Options(compression="xz"))
    renamed = path.rename(tmp_path / "x.tar.gz")

    assert Tree.of(list(tar.read(renamed)))


@pytest.mark.parametrize("compression", ["gz", "xz", "zst", "none"])
def test_a_truncated_tarball_is_refused(compression: Compression, tmp_path: Path) -> None:
    path = emitted(tmp_path, tar.Options(compression=compression))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 - 99])

    with pytest.raises(InputError, match="damaged"):
        list(tar.read(path))


def test_a_file_that_is_no_tarball_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(b"no tarball" * 100)

    with pytest.raises(InputError, match="damaged tar archive"):
        list(tar.read(path))


@pytest.mark.native("tar", "bsdtar", "xz", "zstd", "gzip")
@pytest.mark.parametrize("compression", ["gz", "xz", "zst", "none"])
@pytest.mark.parametrize("program", ["tar", "bsdtar"])
def test_native_programs_unpack_what_was_packed(
    program: str, compression: Compression, tmp_path: Path
) -> None:
    path = emitted(tmp_path, tar.Options(compression=compression), staged=odd_tree)
    root = tmp_path / "root"
    root.mkdir()
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run([program, "-xpf", path, "-C", root], check=True, env=environment)
    tree = odd_tree(planned().layout)

    assert len(list(root.rglob("*"))) == len(tree)
    for entry in tree:
        unpacked = root / entry.path
        match entry:
            case File():
                assert unpacked.read_bytes() == read_file(entry)
                assert unpacked.stat().st_mode & 0o777 == entry.mode
                assert unpacked.stat().st_mtime == entry.mtime
            case Directory():
                assert unpacked.is_dir()
            case Symlink(target=target):
                assert os.fspath(unpacked.readlink()) == target


def test_a_root_without_any_file_can_be_packed(tmp_path: Path) -> None:
    tar.emit(planned(), Tree(()), tmp_path / "x.tar.gz")

    assert list(tar.read(tmp_path / "x.tar.gz")) == []


def test_a_failure_comes_through_and_leaves_no_end(tmp_path: Path) -> None:
    short = replace(inline_file("a", b"abc", mtime=EPOCH), size=4)
    out = tmp_path / "x.tar.gz"

    with pytest.raises(FormatError, match="'a' has 3 bytes, not 4"):
        tar.emit(planned(), Tree((short,)), out)
    with pytest.raises(InputError):
        list(tar.read(out))
