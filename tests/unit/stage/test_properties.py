"""What holds for any set of files."""

from __future__ import annotations

import csv
import hashlib
import posixpath
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repackage.check import read_directory
from repackage.errors import StageError
from repackage.format import app_layout, flat_layout
from repackage.stage import materialise
from repackage.target import free_target
from repackage.tree import Directory, File, Symlink, read_file
from tests.unit.stage.conftest import Staging
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


#: File names with what csv, sorting and encodings stumble over.
NAMES = st.text("ab,\"'-.é ", min_size=1, max_size=4).filter(
    lambda name: name.strip(". ") != "" and name == name.strip()
)
PLACES = st.sampled_from(
    [
        "{}",
        "pkg/{}",
        "pkg-x/{}",
        "app-1.0.data/scripts/{}",
        "app-1.0.data/data/share/{}",
        "app-1.0.data/data/etc/{}",
        "app-1.0.data/headers/{}",
        "app-1.0.data/platlib/q/{}",
    ]
)
PATHS = st.builds(lambda place, name: place.format(name), PLACES, NAMES)
FILES = st.dictionaries(PATHS, st.binary(max_size=40), min_size=1, max_size=12)

TARGET = free_target(python="3.11", platform="manylinux_2_28_x86_64")
LAYOUTS = st.sampled_from([app_layout(TARGET, prefix="usr/lib/app"), flat_layout()])

PATIENT = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def is_possible(files: dict[str, bytes]) -> bool:
    """Whether the paths are those of one tree: none both a file and a directory."""
    tops = {path.partition("/")[0] for path in files if "/" in path}
    return tops.isdisjoint(files) and not {"q", "share", "etc", "include"} & set(files)


def rows(record: File) -> dict[str, tuple[str, str]]:
    site = posixpath.dirname(posixpath.dirname(record.path))
    lines = read_file(record).decode().splitlines()
    return {
        posixpath.normpath(posixpath.join(site, path)): (hash_, size)
        for path, hash_, size in csv.reader(lines)
    }


@PATIENT
@given(files=FILES.filter(is_possible), layout=LAYOUTS)
def test_record_is_true_for_exactly_what_the_tree_holds(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], layout: object
) -> None:
    factory = WheelFactory(tmp_path_factory.mktemp("wheels"))

    tree = Staging(layout)(factory(files=files)).tree  # type: ignore[arg-type]  # str or bytes

    (record,) = [file for file in tree.files if file.path.endswith("/RECORD")]
    expected = {}
    for file in tree.files:
        digest = urlsafe_b64encode(hashlib.sha256(read_file(file)).digest()).decode()
        if file.origin:
            expected[file.path] = (f"sha256={digest.rstrip('=')}", str(file.size))
    assert rows(record) == expected | {record.path: ("", "")}


@PATIENT
@given(files=FILES.filter(is_possible), jobs=st.integers(1, 3))
def test_a_tree_on_disk_reads_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], jobs: int
) -> None:
    directory = tmp_path_factory.mktemp("any")
    layout = app_layout(TARGET, prefix="usr/lib/app")
    tree = Staging(layout)(WheelFactory(directory)(files=files)).tree

    materialise(tree, directory / "root", jobs=jobs)

    assert list(map(told, read_directory(directory / "root"))) == list(map(told, tree))
    for entry in read_directory(directory / "root"):
        if isinstance(entry, File):
            original = tree.get(entry.path)
            assert isinstance(original, File)
            assert read_file(entry) == read_file(original)


def told(entry: File | Directory | Symlink) -> tuple[object, ...]:
    """Tell everything about an entry that a disk keeps."""
    match entry:
        case File(path=path, mode=mode, mtime=mtime, digests=digests, size=size):
            return path, mode, mtime, digests, size
        case Directory(path=path, mtime=mtime):
            return path, mtime
        case Symlink(path=path, target=target, mtime=mtime):
            return path, target, mtime


@PATIENT
@given(
    shares=st.lists(FILES.filter(is_possible), min_size=2, max_size=4), shuffled=st.randoms()
)
def test_the_order_of_wheels_never_matters(
    tmp_path_factory: pytest.TempPathFactory,
    shares: list[dict[str, bytes]],
    shuffled: object,
) -> None:
    factory = WheelFactory(tmp_path_factory.mktemp("wheels"))
    wheels = [
        factory(
            f"dep{number}",
            files={
                path.replace("app-1.0", f"dep{number}-1.0"): data
                for path, data in files.items()
            },
        )
        for number, files in enumerate(shares)
    ]
    root = factory()
    staging = Staging(flat_layout())

    first = outcome(staging, root, wheels)
    shuffled.shuffle(wheels)  # type: ignore[attr-defined]  # hypothesis'

    assert outcome(staging, root, wheels) == first


def outcome(staging: Staging, root: Path, wheels: list[Path]) -> object:
    try:
        return staging(root, *wheels)
    except StageError as error:
        return error.problems
